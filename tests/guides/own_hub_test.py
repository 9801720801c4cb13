"""What the guide to one's own hub says, with the clients that users have."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest
from tensorflow_hub import uncompressed_module_resolver

from exporter import results
from exporter.hub import pack
from exporter.hub import tfhub_cache
from exporter.storage import folder
from tests import artifacts_made as artifacts
from tests import code_blocks
from tests import hub_server
from tests import nginx
from tests import object_storage
from tests import some_exports
from tests.consumers import environments

_NAME, _TF1, _TF2 = some_exports.NAME, some_exports.TF1, some_exports.TF2
_TFHUB = 'https://tfhub.dev'
_GONE = 'http://127.0.0.1:9'  # A proxy that nobody runs: there is no network.
_GUIDE = nginx.GUIDE.read_text('utf-8')
_CLIENT = """
import sys
import numpy as np
import tensorflow as tf
import tensorflow_hub as hub
images = np.linspace(0, 1, 32 * 32 * 3, dtype=np.float32)
images = images.reshape([1, 32, 32, 3])
def load(handle):
  return hub.load(handle)(tf.constant(images)).numpy()
def layer(handle):
  return hub.KerasLayer(handle)(tf.constant(images)).numpy()
def module(handle):
  with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    output = hub.Module(handle)(images)
    session.run(tf.compat.v1.global_variables_initializer())
    return session.run(output)
client, path = locals()[sys.argv[1]], sys.argv[2]
expected = client(path)
assert expected.shape == (1, 5)
for handle in sys.argv[3:]:
  np.testing.assert_array_equal(client(handle), expected, handle)
try:
  client('https://tfhub.dev/google/imagenet/nothing/classification/5')
except Exception as error:
  assert 'rror' in str(error) or 'refused' in str(error), error
else:
  raise AssertionError('there is a network')
"""


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = tmp_path_factory.mktemp('own_hub') / 'exports'
  for handle in (_TF1, _TF2):
    artifacts.stand_in(exports, handle)
  for converted in (some_exports.LITE, some_exports.TFJS):
    some_exports.add(exports, converted, 'a file')
  return exports


@pytest.fixture(scope='module', name='packed')
def _packed(exports):
  packed = exports.with_name('packed')
  assert len(list(pack.pack_exports(folder.items(exports), packed))) == 4
  return packed


@pytest.fixture(name='cache')
def _cache(exports, tmp_path):
  """A cache of tensorflow_hub, seeded with the exports."""
  seeded = tfhub_cache.seed_tfhub(folder.items(exports), tmp_path, _TFHUB)
  assert {result.status for result in seeded} == {results.SEEDED}
  return tmp_path


@pytest.fixture(scope='module', name='hubs')
def _hubs(exports, packed):
  with hub_server.serve(exports) as hub, nginx.serve(packed) as (url, _):
    yield hub.url, url


def _run(environment, cache, *command, **variables) -> None:
  done = subprocess.run(
    [environments.interpreter(environment), '-c', _CLIENT, *command],
    env=environments.variables(
      TFHUB_CACHE_DIR=str(cache),
      https_proxy=_GONE,
      no_proxy='127.0.0.1',
      **variables,
    ),
    cwd=cache,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize(
  ('environment', 'client', 'handle'),
  [
    (environments.TODAY, 'load', _TF2),
    (environments.TODAY, 'layer', _TF2),
    *(
      pytest.param(old, 'module', _TF1, marks=pytest.mark.others)
      for old in (
        environments.LAST_MODULE,
        environments.TF1,
        environments.TF1_OLD_HUB,
      )
    ),
  ],
  ids=lambda value: getattr(value, 'name', value),
)
def test_clients_load_by_url(environment, client, handle, hubs, cache):
  urls = [f'{url}/{handle}' for url in (*hubs, _TFHUB)]
  if handle == _TF2:
    urls += [f'{url}/{_NAME}' for url in hubs]
  legacy = {'TF_USE_LEGACY_KERAS': '1'} if client == 'layer' else {}
  path = cache / tfhub_cache.key(f'{_TFHUB}/{handle}')
  _run(environment, cache, client, path, *urls, **legacy)
  assert {tfhub_cache.key(url) for url in urls} <= {
    p.name for p in cache.iterdir()
  }


def test_a_client_that_reads_uncompressed_is_told_the_place(exports):
  with hub_server.serve(exports, '--storage_url=gs://bucket/exports') as hub:
    client = uncompressed_module_resolver.HttpUncompressedFileResolver()
    url = f'{hub.url}/{_TF2}?tf-hub-format=uncompressed'
    place = client._request_gcs_location(url)
  assert place == f'gs://bucket/exports/{_TF2}'


def test_both_hubs_answer_the_same_bytes(hubs):
  for path in (
    f'{_TF2}?tf-hub-format=compressed',
    f'{_NAME}?a=b&tf-hub-format=compressed',
    f'{_TF2}.tar.gz',
    f'{_TF2}.json',
    f'{_TF2}.md',
    f'{_TF2}?lite-format=tflite',
    f'{_NAME}?lite-format=tflite',
    f'{some_exports.LITE}?lite-format=tflite',
    some_exports.LITE,
    f'{_TF2}?tfjs-format=compressed',
    f'{_NAME}?tfjs-format=compressed',
    *(f'{_NAME}/{number}?tfjs-format=compressed' for number in (1, 3, 4)),
    f'{some_exports.TFJS}.tar.gz?tfjs-format=compressed',
    'index.json',
  ):
    served, packed = (
      urllib.request.urlopen(f'{url}/{path}').read() for url in hubs
    )
    if path == 'index.json':
      served, packed = json.loads(served), json.loads(packed)
    assert served == packed, path


def test_what_nginx_cannot_send_is_no_page(hubs):
  _, url = hubs
  for query in ('tf-hub-format=uncompressed', 'tfjs-format=x', 'lite-format='):
    with pytest.raises(urllib.error.HTTPError, match='404'):
      urllib.request.urlopen(f'{url}/{_TF2}?{query}')


def test_nginx_shows_pages_to_browsers(hubs):
  _, url = hubs
  for path in ('', _TF2, _NAME):
    with urllib.request.urlopen(f'{url}/{path}') as page:
      assert page.headers['content-type'].startswith('text/html')


def test_a_bucket_needs_no_rule_for_the_whole_name(packed, exports, cache):
  name = f'{_TF2}.tar.gz'
  with object_storage.serve() as bucket:
    key, data = (bucket / name).path, (packed / name).read_bytes()
    bucket.fs.pipe_file(key, data, ACL='public-read')
    url = f'{os.environ["AWS_ENDPOINT_URL"]}/bucket/{name}'
    _run(environments.TODAY, cache, 'load', exports / _TF2, url)


def test_the_rule_for_a_bucket(packed):
  (rule,) = code_blocks.find(_GUIDE, 'js')
  program = shutil.which('node')
  assert program, 'node is missing; it comes with npm: apt-get install npm'
  compressed = {'tf-hub-format': {'value': 'compressed'}}
  lite = {'lite-format': {'value': 'tflite'}}
  of_tfjs = {'tfjs-format': {'value': 'compressed'}}
  bundle, model_json = f'{_TF2}.tfjs.tar.gz', f'{_TF2}/model.json'
  cases = [
    ('/', {}, 'index.html'),
    (f'/{_TF2}', {}, f'{_TF2}.html'),
    (f'/{_NAME}', {}, f'{_NAME}.html'),
    (f'/{_TF2}', compressed, f'{_TF2}.tar.gz'),
    (f'/{_TF2}.tar.gz', compressed, f'{_TF2}.tar.gz'),
    (f'/{_TF2}', lite, some_exports.LITE),
    (f'/{some_exports.LITE}', lite, some_exports.LITE),
    (f'/{_NAME}', lite, f'{_NAME}.litert/float32.tflite'),
    (f'/{_TF2}', of_tfjs, bundle),
    (f'/{bundle}', of_tfjs, bundle),
    (f'/{_TF2}/model.json', {'tfjs-format': {'value': 'file'}}, model_json),
    (f'/{_TF2}.json', {}, f'{_TF2}.json'),
    (f'/{some_exports.LITE}', {}, some_exports.LITE),
    ('/index.json', {}, 'index.json'),
  ]
  events = [{'request': {'uri': u, 'querystring': q}} for u, q, _ in cases]
  code = f'{rule}\nconsole.log(JSON.stringify({events}.map(handler)))'
  done = subprocess.run(
    [program, '-e', code], capture_output=True, text=True, check=True
  )
  for (_, _, expected), request in zip(
    cases, json.loads(done.stdout), strict=True
  ):
    assert request['uri'] == f'/{expected}'
    assert (packed / expected).is_file()
