"""TensorFlow.js gets its files below the handles that old pages name."""

import json
import urllib.request

import pytest

from exporter.hub import kagglehub_cache
from exporter.hub import pack
from exporter.hub import tfjs
from exporter.storage import folder
from tests import hub_server
from tests import nginx
from tests import some_exports
from tests import some_manifest

_NAME = some_exports.NAME
_FILE = 'tfjs-format=file'


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = tmp_path_factory.mktemp('tfjs') / 'exports'
  some_exports.add(exports, some_exports.TF2)
  some_exports.add(exports, some_exports.TFJS, 'new')
  some_exports.add(exports, f'{_NAME}/4.tfjs/uint8', 'old')
  return exports


@pytest.fixture(scope='module', name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub


def _content(exports, name: str, file: str = 'model.json') -> bytes:
  return (exports / name / file).read_bytes()


@pytest.mark.parametrize(
  ('path', 'name'),
  [
    *((f'{_NAME}/{n}', some_exports.TFJS) for n in (1, 2, 3, 4, 5)),
    (
      f'{_NAME.replace("google", "google/tfjs-model")}/3/default/1',
      some_exports.TFJS,
    ),
    (some_exports.TFJS, some_exports.TFJS),
    (f'{_NAME}/4.tfjs/uint8', f'{_NAME}/4.tfjs/uint8'),
    ('models/google/mobilenet-v1/tfJs/025-128-classification/2',) * 2,
  ],
)
def test_files_are_below_every_name(hub, exports, path, name):
  if name.startswith('models/'):
    name = some_exports.TFJS
  for file, media_type in (
    ('model.json', 'application/json'),
    ('group1-shard1of1.bin', 'application/octet-stream'),
  ):
    status, headers, body = hub.ask(f'/{path}/{file}?{_FILE}')
    assert (status, headers['content-type']) == (200, media_type)
    assert body == _content(exports, name, file)


def test_the_whole_folder_is_one_download(hub):
  expected = hub.ask(f'/{some_exports.TFJS}.tar.gz')
  answer = hub.ask(f'/{_NAME}/1?tfjs-format=compressed')
  assert answer[0] == expected[0] == 200
  assert answer[2] == expected[2]


@pytest.mark.parametrize(
  ('path', 'status', 'says'),
  [
    (f'{_NAME}/6/model.json?{_FILE}', 404, 'is not here'),
    (f'{_NAME}/5/other.json?{_FILE}', 404, 'its files are'),
    (f'{_NAME}/5/model.json?tfjs-format=x', 400, 'expected one of'),
    (f'{_NAME}/5/model.json', 404, 'its files are saved_model.pb'),
  ],
)
def test_what_is_not_there_is_refused(hub, path, status, says):
  answer = hub.ask(f'/{path}')
  assert answer[0] == status
  assert says in answer[2].decode()


def test_it_says_how_to_export_what_is_missing(tmp_path):
  exports = tmp_path / 'exports'
  some_exports.add(exports, some_exports.TF2)
  with hub_server.serve(exports) as hub:
    status, _, body = hub.ask(f'/{_NAME}/5/model.json?{_FILE}')
  assert status == 404
  assert '--formats=tfjs' in body.decode()


def test_a_page_describes_the_folder(hub):
  page = hub.ask(f'/{some_exports.TFJS}', accept='text/html')[2].decode()
  assert '.tar.gz">TensorFlow.js</a>' in page
  assert 'hub.load' not in page
  listed = json.loads(hub.ask('/index.json')[2])['exports']
  assert f'{some_exports.TFJS}.tar.gz' in {e['download'] for e in listed}


def _make_manifest(name: str):
  return some_manifest.make(some_exports.handle(name))


def test_one_of_the_best_kind_answers_for_each_version():
  names = [
    some_exports.TFJS,
    f'{_NAME}/4.tfjs/uint8',
    f'{_NAME}/4.tfjs/float16',
  ]
  manifests = tfjs.by_handle(map(_make_manifest, names))
  assert {manifest.handle for manifest in manifests.values()} == {
    some_exports.TFJS
  }
  assert [*sorted(manifests)] == [f'{_NAME}/{n}' for n in (1, 2, 3, 4, 5)]
  manifests = tfjs.by_handle([_make_manifest(names[1])])
  assert [*sorted(manifests)] == [f'{_NAME}/{n}' for n in (1, 2, 3, 4)]
  assert tfjs.by_handle([_make_manifest(some_exports.TF2)]) == {}


def test_versions_that_were_never_published_answer_for_themselves():
  assert tfjs.answering([]) == {}
  assert tfjs.answering([7]) == {**dict.fromkeys((1, 2, 3, 4, 5), 7), 7: 7}


def test_a_seeded_cache_has_the_folder(exports, tmp_path):
  items = folder.items(exports)
  cache = tmp_path / 'cache'
  assert list(kagglehub_cache.seed_kagglehub(items, cache))
  name = 'models/google/mobilenet-v1/tfJs/025-128-classification/2'
  for file in ('model.json', 'group1-shard1of1.bin'):
    expected = _content(exports, some_exports.TFJS, file)
    assert (cache / name / file).read_bytes() == expected


def test_nginx_serves_them_too(exports, tmp_path):
  packed = tmp_path / 'packed'
  for _ in range(2):  # A second run keeps what is there.
    assert list(pack.pack_exports(folder.items(exports), packed))
  with nginx.serve(packed) as (url, _):
    for number in (1, 2, 5):
      for file in ('model.json', 'group1-shard1of1.bin'):
        address = f'{url}/{_NAME}/{number}/{file}?{_FILE}'
        with urllib.request.urlopen(address) as answer:
          assert answer.headers['access-control-allow-origin'] == '*'
          assert answer.read() == _content(exports, some_exports.TFJS, file)
    before = urllib.request.Request(f'{url}/{_NAME}/1/x', method='OPTIONS')
    with urllib.request.urlopen(before) as answer:
      assert answer.status == 204
      assert answer.headers['access-control-allow-headers'] == '*'


def test_the_newest_version_answers_for_older_ones():
  assert tfjs.answering([4, 5])[1] == 5
  assert tfjs.answering([4, 5])[4] == 4
