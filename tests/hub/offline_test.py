"""Unchanged code of users, with a seeded cache and without a network.

The models are the tiny network, as these programs load each many times.
"""

import functools
import pathlib
import re
import shutil
import subprocess

import pytest

from exporter.cli import entry
from tests import artifacts_made as artifacts
from tests import conversions_made as conversions
from tests import shared
from tests import some_exports
from tests.consumers import environments

_PREVIEWED = 'mobilenet_v2_100_224/feature_vector/5'
_TF1, _TF2 = f'{artifacts.V1}/classification/3', conversions.V1
_TFHUB = 'https://tfhub.dev/google'
_KAGGLE = 'https://www.kaggle.com/models/google'
_OF_TF1 = 'mobilenet-v1/tensorFlow1/025-128-classification/2'
_OF_TF2 = 'mobilenet-v1/tensorFlow2/025-128-classification/2'
_OF_PREVIEW = 'mobilenet-v2/TensorFlow2/tf2-preview-feature-vector/4'
_URLS = (
  f'{_TFHUB}/imagenet/mobilenet_v2_100_224/feature_vector/5',
  f'{_TFHUB}/imagenet/mobilenet_v2_100_224/feature-vector/5',
  f'{_TFHUB}/tf2-preview/mobilenet_v2/feature_vector/4',
  f'{_KAGGLE}/{_OF_PREVIEW}?tfhub-redirect=true',
  f'{_KAGGLE}/mobilenet-v2/frameworks/TensorFlow2/variations/'
  '100-224-feature-vector/versions/2',
)
_CODE = """
import os
import sys
import numpy as np
images = np.linspace(0, 1, 32 * 32 * 3, dtype=np.float32)
images = images.reshape([1, 32, 32, 3])
def saved_model(path):
  import tensorflow as tf
  return tf.saved_model.load(path)(tf.constant(images)).numpy()
def load(handle):
  import tensorflow as tf
  import tensorflow_hub as hub
  return hub.load(handle)(tf.constant(images)).numpy()
def layer(handle):
  import tensorflow_hub as hub
  return hub.KerasLayer(handle)(images).numpy()
def module(handle):
  import tensorflow as tf
  import tensorflow_hub as hub
  with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    output = hub.Module(handle)(images)
    session.run(tf.compat.v1.global_variables_initializer())
    return session.run(output)
def download(handle):
  import kagglehub
  folder = kagglehub.model_download(handle)
  for path in ('saved_model.pb', 'variables/variables.index'):
    file = kagglehub.model_download(handle, path=path)
    assert file == os.path.join(folder, path)
  return saved_model(folder)
def lite(path):
  from ai_edge_litert import interpreter
  runner = interpreter.Interpreter(path).get_signature_runner()
  output, = runner(inputs=images).values()
  return output
def download_lite(handle):
  import kagglehub
  folder = kagglehub.model_download(handle)
  file, = os.listdir(folder)
  assert file == os.path.basename(sys.argv[2]), file
  return lite(os.path.join(folder, file))
client, original = globals()[sys.argv[1]], sys.argv[2]
of_path = dict(download=saved_model, download_lite=lite)
expected = of_path.get(sys.argv[1], client)(original)
assert expected.shape in ((1, 5), (1, 8)), expected.shape
for handle in sys.argv[3:]:
  np.testing.assert_array_equal(client(handle), expected, handle)
  print('answered', handle)
os.environ['TFHUB_CACHE_DIR'] = os.environ['KAGGLEHUB_CACHE'] = os.getcwd()
try:
  client(handle)
except Exception as error:  # Else it was not the cache that answered.
  print('unanswered', type(error).__name__)
"""
_GONE = 'http://127.0.0.1:9'  # A proxy that nobody runs.
# A network that is absent, not one that refuses: no process gets out.
_ALONE = ('unshare', '--map-root-user', '--net')


@functools.cache
def _alone() -> tuple[str, ...]:
  """What takes the network from a process; nothing where users may not."""
  is_able = (
    shutil.which('unshare')
    and not subprocess.run(
      [*_ALONE, 'true'], capture_output=True, check=False
    ).returncode
  )
  return _ALONE if is_able else ()


def _make(folder: pathlib.Path) -> None:
  exports = folder / 'exports'
  for name in (_TF1, _TF2, _PREVIEWED):
    artifacts.stand_in(exports, f'google/imagenet/{name}')
  lite = exports / some_exports.LITE
  lite.parent.mkdir()
  shutil.copy(conversions.file(conversions.TINY, 'litert.float32'), lite)
  some_exports.describe(exports, some_exports.LITE)
  caches = [
    f'--cache_dir={folder / "tfhub"}',
    f'--kagglehub_cache={folder / "kagglehub"}',
  ]
  argv = ['slimhub', 'seed_cache', str(exports), *caches]
  assert entry.main(entry.parse(argv)) == 0


@pytest.fixture(scope='module', name='seeded')
def _seeded():
  return shared.once('hub/offline', _make)


_CLIENTS = {
  'hub.load': (environments.TODAY, 'load', _PREVIEWED, _URLS),
  'hub.KerasLayer': (environments.TODAY, 'layer', _PREVIEWED, _URLS),
  'hub.Module in TF 1.15': (
    environments.TF1,
    'module',
    _TF1,
    (
      f'{_TFHUB}/imagenet/{_TF1}',
      f'{_KAGGLE}/{_OF_TF1}',
      f'{_KAGGLE}/{_OF_TF1}?tfhub-redirect=true'.replace('tensorF', 'TensorF'),
    ),
  ),
  'kagglehub': (
    environments.TODAY,
    'download',
    _TF2,
    (f'google/{_OF_TF2}', f'google/{_OF_TF2}'.replace('tensorF', 'TensorF')),
  ),
  'kagglehub, a preview': (
    environments.TODAY,
    'download',
    _PREVIEWED,
    (f'google/{_OF_PREVIEW}',),
  ),
  'kagglehub, LiteRT': (
    environments.TODAY,
    'download_lite',
    f'{_TF2}.litert/float32.tflite',
    ('google/mobilenet-v1/tfLite/025-128-classification/2',),
  ),
}


@pytest.mark.parametrize(
  'client',
  [
    pytest.param(name, marks=pytest.mark.others)
    if environment != environments.TODAY
    else name
    for name, (environment, *_) in _CLIENTS.items()
  ],
)
def test_unchanged_code_runs_offline(client, seeded, tmp_path):
  environment, function, name, handles = _CLIENTS[client]
  original = seeded / 'exports' / 'google' / 'imagenet' / name
  legacy = {'TF_USE_LEGACY_KERAS': '1'} if function == 'layer' else {}
  done = subprocess.run(
    [
      *_alone(),
      environments.interpreter(environment),
      *('-c', _CODE, function, original, *handles),
    ],
    env=environments.variables(
      TFHUB_CACHE_DIR=str(seeded / 'tfhub'),
      KAGGLEHUB_CACHE=str(seeded / 'kagglehub'),
      HOME=str(tmp_path),
      http_proxy=_GONE,
      https_proxy=_GONE,
      **legacy,
    ),
    cwd=tmp_path,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr[-3000:]
  *answered, last = re.findall('^(?:un)?answered .*', done.stdout, re.MULTILINE)
  assert answered == [f'answered {handle}' for handle in handles]
  assert last.startswith('unanswered')
