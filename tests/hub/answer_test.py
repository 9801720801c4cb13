"""What a hub answers, and what it says where it refuses."""

import dataclasses
import json
import os
import shutil
import time

import pytest

from exporter import storage
from exporter.storage import bundle
import model_specs
from tests import hub_server
from tests import some_exports
from tests import some_manifest
from tests import some_spec_file

_NAME, _TF1, _TF2 = some_exports.NAME, some_exports.TF1, some_exports.TF2
_LITE, _ONNX = some_exports.LITE, some_exports.ONNX
_KAGGLE = 'google/mobilenet-v1/tensorFlow2/025-128-classification/2'
_LONG = (
  'models/google/mobilenet-v1/frameworks/TensorFlow2/variations/'
  '025-128-classification/versions/2'
)
_STORAGE = 'gs://bucket/exports'


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  """Exports that nobody may change."""
  return some_exports.make(tmp_path_factory.mktemp('answer') / 'exports')


@pytest.fixture(scope='module', name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub


@pytest.fixture(name='own_exports')
def _own_exports(tmp_path):
  """Exports of one test, to be changed."""
  return some_exports.make(tmp_path / 'exports')


@pytest.fixture(name='own_hub')
def _own_hub(own_exports):
  with hub_server.serve(own_exports) as hub:
    yield hub


def test_without_a_version_it_leads_to_the_newest(own_hub, own_exports):
  for query in ('', '?tf-hub-format=compressed'):
    status, headers, _ = own_hub.ask(f'/{_NAME}{query}')
    assert (status, headers['location']) == (302, f'/{_TF2}{query}')
  some_exports.add(own_exports, f'{_NAME}/4')
  (own_exports / f'{_TF2}.json').unlink()
  assert own_hub.ask(f'/{_NAME}')[1]['location'] == f'/{_NAME}/4'
  assert own_hub.ask(f'/{_NAME}/4/')[1]['location'] == f'/{_NAME}/4'


def test_uncompressed_is_a_place_in_the_body_and_no_redirect(hub, exports):
  status, headers, body = hub.ask(f'/{_TF2}?tf-hub-format=uncompressed')
  assert (status, body.decode()) == (303, f'{hub.url}/{_TF2}')
  assert 'location' not in headers  # Clients would follow it.
  flag = f'--storage_url={_STORAGE}/'
  with hub_server.serve(exports, flag) as storage_hub:
    body = storage_hub.ask(f'/{_TF2}?tf-hub-format=uncompressed')[2]
  assert body.decode() == f'{_STORAGE}/{_TF2}'


def test_a_browser_gets_a_page_and_a_program_the_card(hub):
  status, headers, page = hub.ask(f'/{_TF2}', accept='text/html,*/*')
  assert (status, headers['content-type']) == (200, 'text/html; charset=utf-8')
  assert f'<h1>Module {_TF2}</h1>' in page.decode()
  for path in ('5.tar.gz', '5.json', '5.litert/float32.tflite'):
    assert f'href="{path}"' in page.decode()
    assert hub.ask(f'/{_NAME}/{path}')[0] == 200
  status, headers, card = hub.ask(f'/{_TF2}')
  assert headers['content-type'].startswith('text/markdown')
  assert card.decode().startswith(f'# Module {_TF2}')
  assert hub.ask(f'/{_TF2}.md')[2] == card


def test_the_index_lists_what_is_whole(own_hub, own_exports):
  (own_exports / f'{_TF1}.json').unlink()
  entries = json.loads(own_hub.ask('/index.json')[2])['exports']
  assert [entry['handle'] for entry in entries] == [_TF2, _LITE, _ONNX]
  for entry in entries:
    assert own_hub.ask(f'/{entry["download"]}')[0] == 200
  page = own_hub.ask('/', accept='text/html')[2].decode()
  assert f'href="{_TF2}"' in page
  assert f'href="{_TF1}"' not in page


def test_lite_format_is_the_converted_file(hub, exports):
  status, _, body = hub.ask(f'/{_TF2}?lite-format=tflite')
  assert (status, body) == (200, (exports / _LITE).read_bytes())
  status, _, body = hub.ask(f'/{_TF1}?lite-format=tflite')
  assert status == 404
  assert b'not exported as LiteRT' in body


@pytest.mark.parametrize(
  ('path', 'says'),
  [
    (f'{_NAME}/4', f'Did you mean {_TF2}?'),
    (_NAME.replace('025', '0255'), 'Did you mean google/imagenet/mobilenet'),
    ('google', 'google is not here. /index.json lists all'),
    (f'{_TF2}/variables/x', 'its files are saved_model.pb, variables/'),
    (f'{_LITE}/x', 'is not here'),
    (f'{_TF2}.measured.json', f'{_TF2} has no .measured.json; its files are'),
    (f'{_TF2}.litert/float32.measured.json', 'its files are float32.tflite'),
    (f'{_TF2}.litert/float32', f'Did you mean {_TF2}.litert/float32.tflite?'),
  ],
)
def test_what_is_not_there_is_told_what_is(hub, path, says):
  status, headers, body = hub.ask(f'/{path}')
  assert status == 404
  assert headers['content-type'].startswith('text/plain')
  assert says in body.decode()


def test_what_is_not_there_is_missed_whatever_manifests_are(
  own_hub, own_exports
):
  """None that cannot be read holds the hub up, or makes it answer 503."""
  (own_exports / f'{_TF1}.json').unlink()
  os.mkfifo(own_exports / f'{_TF1}.json')
  (own_exports / f'{_LITE}').with_suffix('.json').write_text('{')
  for name in (f'{_NAME}/4', 'a/b/c/d/5', 'google', f'{_NAME}s', f'{_TF2}/x'):
    assert own_hub.ask(f'/{name}')[0] == 404
  shutil.rmtree(own_exports / _TF2)
  assert f'Did you mean {_TF2}' not in own_hub.ask(f'/{_TF2}5')[2].decode()


@pytest.mark.parametrize(
  'alias',
  [
    _KAGGLE,
    _KAGGLE.replace('tensorFlow2', 'TensorFlow2'),
    f'models/{_KAGGLE}',
    _LONG,
    _LONG.replace('TensorFlow2', 'tensorflow2'),
  ],
)
def test_an_alias_is_answered_as_its_handle_is(hub, alias):
  for part in (
    '',
    '?tf-hub-format=compressed',
    '?tf-hub-format=uncompressed',
    '?lite-format=tflite',
    '.tar.gz',
    '.json',
    '.md',
    '/saved_model.pb',
    '/variables/variables.index',
    '/nothing',
    '?tf-hub-format=zip',
  ):
    expected = hub.ask(f'/{_TF2}{part}')
    and_more = '&' if '?' in part else '?'
    for suffix in ('', f'{and_more}tfhub-redirect=true'):
      status, headers, body = hub.ask(f'/{alias}{part}{suffix}')
      assert (status, body) == (expected[0], expected[2]), part
      assert headers.get('etag') == expected[1].get('etag')


def test_an_alias_without_a_version_leads_to_the_newest(own_hub, own_exports):
  name = _KAGGLE.removesuffix('/2')
  for query in ('', '?tf-hub-format=compressed'):
    status, headers, _ = own_hub.ask(f'/{name}{query}')
    assert (status, headers['location']) == (302, f'/{_TF2}{query}')
  name = name.replace('tensorFlow2', 'tensorFlow1')
  assert own_hub.ask(f'/models/{name}')[1]['location'] == f'/{_TF1}'
  (own_exports / f'{_TF1}.json').unlink()
  while own_hub.ask(f'/{name}')[0] == 302:  # For less than a second.
    time.sleep(0.05)
  assert f'It is {_TF1}, which was not' in own_hub.ask(f'/{name}')[2].decode()


def test_the_alias_of_a_conversion_is_its_file(hub, exports):
  name = _KAGGLE.replace('tensorFlow2', 'tfLite')
  for path in (name, f'{name}/float32.tflite', f'models/{name}'):
    assert hub.ask(f'/{path}')[::2] == (200, (exports / _LITE).read_bytes())
  expected = hub.ask(f'/{_TF2}.litert/float32.json')[2]
  assert hub.ask(f'/{name}.json')[2] == expected
  assert hub.ask(f'/{name.removesuffix("/2")}')[1]['location'] == f'/{_LITE}'


def test_a_browser_is_led_from_an_alias_to_the_handle(hub):
  for path, handle in {
    f'models/{_KAGGLE}?tfhub-redirect=true': _TF2,
    _KAGGLE.removesuffix('/2'): _TF2,
    f'{_KAGGLE}.tar.gz': f'{_TF2}.tar.gz',
    _KAGGLE.replace('tensorFlow2', 'tfLite'): _LITE,
  }.items():
    status, headers, _ = hub.ask(f'/{path}', accept='text/html')
    assert (status, headers['location']) == (302, f'/{handle}')
    assert hub.ask(f'/{handle}', accept='text/html')[0] == 200


def test_a_handle_has_its_path_whatever_others_declare(tmp_path):
  exports = tmp_path / 'exports'
  own = model_specs.Handle(
    some_spec_file.model(
      also_known_as={_TF1: 'classification/2', 'acme/v7': 'classification/2'}
    ),
    'classification',
    2,
    'acme',
  )
  place = storage.place(exports, own)
  place.artifact.mkdir(parents=True)
  (place.artifact / 'saved_model.pb').write_text('of acme')
  manifest = dataclasses.replace(
    some_manifest.make(own, files=storage.hash_files(place.artifact)),
    model=storage.spec_table(own),
  )
  place.manifest.write_text(manifest.to_json())
  with hub_server.serve(exports) as hub:
    assert hub.ask('/acme/v7/saved_model.pb')[2] == b'of acme'
    assert hub.ask(f'/{_TF1}/saved_model.pb')[0] == 404
    some_exports.add(exports, _TF1)
    assert b'of acme' not in hub.ask(f'/{_TF1}/saved_model.pb')[2]


def test_what_is_exported_later_has_its_aliases_without_a_restart(tmp_path):
  exports = tmp_path / 'exports'
  exports.mkdir()
  with hub_server.serve(exports) as hub:
    assert hub.ask(f'/{_KAGGLE}')[0] == 404
    some_exports.add(exports, _TF2)
    while hub.ask(f'/{_KAGGLE}')[0] == 404:  # For about a second.
      time.sleep(0.05)
    assert hub.ask(f'/{_KAGGLE}')[0] < 400


@pytest.mark.parametrize('name', [_TF2, _LITE])
def test_what_is_being_written_is_not_served(own_hub, own_exports, name):
  (own_exports / name).with_suffix('.json').unlink()
  query = '' if name == _LITE else '?tf-hub-format=compressed'
  status, headers, body = own_hub.ask(f'/{name}{query}')
  assert (status, headers['retry-after']) == (404, '5')
  assert b'is being written' in body


def test_what_is_being_replaced_is_not_served_half(own_hub, own_exports):
  """The new artifact is in its place, and the old manifest still is."""
  path = f'/{_TF2}?tf-hub-format=compressed'
  manifest = own_exports / f'{_TF2}.json'
  old = manifest.read_text()
  new_manifest = some_exports.add(own_exports, _TF2, 'new')
  new = manifest.read_text()
  manifest.write_text(old)
  status, headers, body = own_hub.ask(path)
  assert (status, headers['retry-after']) == (503, '5')
  assert b'being replaced' in body
  manifest.write_text(new)
  status, headers, _ = own_hub.ask(path)
  assert status == 200
  assert (
    headers['etag']
    == f'"{bundle.bundle_key(new_manifest)}{bundle.BUNDLE_SUFFIX}"'
  )


def test_what_is_ready_is_served_while_it_is_replaced(own_hub, own_exports):
  path = f'/{_TF2}?tf-hub-format=compressed'
  old = own_hub.ask(path)[2]
  (own_exports / _TF2 / 'saved_model.pb').write_text('the new one')
  assert own_hub.ask(path)[2] == old


def test_a_damaged_manifest_is_no_traceback(own_hub, own_exports):
  (own_exports / f'{_TF2}.json').write_text('{')
  status, _, body = own_hub.ask(f'/{_TF2}')
  assert (status, b'is left out' in body) == (404, True)
  assert own_hub.ask(f'/{_TF1}')[0] == 200
  index = json.loads(own_hub.ask('/index.json')[2])
  assert index['left_out'] == [_TF2]
  assert _TF1 in [entry['handle'] for entry in index['exports']]
