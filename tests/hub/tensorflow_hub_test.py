"""tensorflow_hub loads from a hub by whatever name a program has."""

import os
import subprocess
import sys

import pytest

from tests import artifacts_made as artifacts
from tests import hub_server
from tests import some_exports

_TF2 = some_exports.TF2
_SHORT = 'google/mobilenet-v1/TensorFlow2/025-128-classification'
_PATHS = (
  f'models/{_SHORT}/2',
  f'models/{_SHORT}/2?tfhub-redirect=true',
  f'{_SHORT.replace("TensorFlow2", "tensorFlow2")}/2',
  f'models/{_SHORT}',
  'models/google/mobilenet-v1/frameworks/TensorFlow2/variations/'
  '025-128-classification/versions/2?tfhub-redirect=true',
)
_CLIENT = """
import sys
import numpy as np
import tensorflow as tf
import tensorflow_hub as hub
images = np.linspace(0, 1, 32 * 32 * 3, dtype=np.float32)
images = tf.constant(images.reshape([1, 32, 32, 3]))
url, handle, *paths = sys.argv[1:]
expected = hub.load(f'{url}/{handle}')(images).numpy()
assert expected.shape == (1, 5)
for path in paths:
  for model in (hub.load(f'{url}/{path}'), hub.KerasLayer(f'{url}/{path}')):
    np.testing.assert_array_equal(model(images).numpy(), expected, path)
try:
  hub.load(f'{url}/models/google/mobilenet-v1/TensorFlow2/025-128-nothing/2')
except Exception as error:
  assert '404' in str(error), error
else:
  raise AssertionError('it loads nothing')
"""


@pytest.fixture(name='exports')
def _exports(tmp_path):
  artifacts.stand_in(tmp_path / 'exports', _TF2)
  return tmp_path / 'exports'


def test_all_spellings_load_the_same_model(exports, tmp_path):
  with hub_server.serve(exports) as hub:
    done = subprocess.run(
      [sys.executable, '-c', _CLIENT, hub.url, _TF2, *_PATHS],
      env={
        **os.environ,
        'TFHUB_CACHE_DIR': str(tmp_path / 'cache'),
        'TF_USE_LEGACY_KERAS': '1',
        'no_proxy': '127.0.0.1',
      },
      capture_output=True,
      text=True,
      check=False,
    )
  assert done.returncode == 0, done.stderr[-3000:]
