"""The calls of kagglehub over HTTP, by whoever sends what."""

import contextlib
import json
import random

import pytest

from exporter.hub import limits
from model_specs import aliases
from tests import hostile_exports as hostile
from tests import hub_server
from tests import some_exports

_SERVICE = '/api/v1/models.ModelApiService'
_LIST = f'{_SERVICE}/ListModelInstanceVersionFiles'
_DOWNLOAD = f'{_SERVICE}/DownloadModelInstanceVersion'
_BODY = {
  'ownerSlug': 'google',
  'modelSlug': 'mobilenet-v1',
  'framework': 'MODEL_FRAMEWORK_TENSOR_FLOW_2',
  'instanceSlug': '025-128-classification',
}
_PATHS = '/api/v1/models/google/mobilenet-v1/tensorFlow2/025-128-classification'


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  return some_exports.make(tmp_path_factory.mktemp('calls') / 'exports')


@pytest.fixture(scope='module', name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub
    assert 'Traceback' not in hub.said


def _post(hub, path: str, body: object, **headers: str):
  sent = body if isinstance(body, bytes) else json.dumps(body).encode()
  return hub.ask(path, 'POST', sent, **headers)


def test_a_call_is_answered_as_json(hub):
  status, headers, body = _post(hub, _LIST, _BODY)
  assert (status, headers['content-type']) == (200, 'application/json')
  assert json.loads(body)['files'][0]['name'] == 'saved_model.pb'


def test_a_download_is_at_a_path_with_its_md5(hub, exports):
  status, headers, _ = _post(
    hub, _DOWNLOAD, {**_BODY, 'path': 'saved_model.pb'}
  )
  path = f'{_PATHS}/2/download/saved_model.pb'
  assert (status, headers['location']) == (303, path)
  content = (exports / some_exports.TF2 / 'saved_model.pb').read_bytes()
  status, headers, body = hub.ask(path)
  assert (status, body) == (200, content)
  md5 = headers['x-goog-hash']
  assert md5.startswith('md5=')
  status, headers, body = hub.ask(path, range='bytes=5-')
  assert (status, body) == (206, content[5:])
  assert (headers['accept-ranges'], headers['x-goog-hash']) == ('bytes', md5)


def test_old_paths_are_answered_too(hub):
  assert json.loads(hub.ask(f'{_PATHS}/get')[2])['versionNumber'] == 2
  page = json.loads(hub.ask(f'{_PATHS}/2/files?page_size=1')[2])
  assert (len(page['files']), page['nextPageToken']) == (1, '1')
  body = hub.ask(f'{_PATHS}/2/files?page_size=1&page_token=1')[2]
  assert json.loads(body)['nextPageToken'] == ''
  assert hub.ask(f'{_PATHS}/2/download')[2][:2] == b'\x1f\x8b'
  for path in (
    '/7/files',
    '/7/download',
    '/2/download/x',
    '/2/download/../5.json',
    '/2/download/%2e%2e/5.json',
    '/2/download//etc/passwd',
  ):
    status, headers, body = hub.ask(f'{_PATHS}{path}')
    assert (status, headers['content-type']) == (404, 'application/json')
    assert json.loads(body)['code'] == 404
  assert hub.ask(f'{_PATHS}/2/files?page_size=many')[0] == 400
  for version in ('many', '-1', '1' * 300, '%D9%A2'):
    status, _, body = hub.ask(f'{_PATHS}/{version}/files')
    assert (status, json.loads(body)['code']) == (400, 400), version
  # Python makes no number of so many digits.
  assert hub.ask(f'{_PATHS}/{"1" * 5000}/files')[0] == 414
  assert hub.ask(f'{_PATHS}/2/files', content_length='5')[0] == 413


def test_what_is_not_here_is_said_where_kagglehub_shows_it(hub):
  status, _, body = _post(hub, _LIST, {**_BODY, 'versionNumber': 7})
  answer = json.loads(body)
  assert (status, answer['code']) == (400, 404)
  assert answer['message'].endswith('no version 7 here; it has 2')


@pytest.mark.parametrize(
  'path',
  [
    f'{_SERVICE}/DeleteModel',
    f'{_SERVICE}/__init__',
    '/api/v1/datasets.DatasetApiService/GetDataset',
    f'{_SERVICE}s/GetModelInstance',
  ],
)
def test_an_unknown_call_is_told_which_there_are(hub, path):
  status, _, body = _post(hub, path, _BODY)
  assert status == 404
  assert 'GetModelInstance, ListModelInstanceVersionFiles' in body.decode()


def test_other_methods_and_other_paths_take_no_body(hub):
  for method, path in (
    ('POST', f'/{some_exports.TF2}'),
    ('POST', '/'),
    ('POST', f'{_PATHS}/get'),
    ('PUT', _LIST),
    ('DELETE', _LIST),
  ):
    assert hub.ask(path, method, b'{}')[0] == 405, path
  status, headers, _ = hub.ask(_LIST)
  assert (status, headers['allow']) == (405, 'POST')
  assert hub.ask(f'/{some_exports.TF2}', 'GET', b'{}')[0] == 413


@pytest.mark.parametrize(
  ('status', 'path', 'body', 'headers'),
  [
    (413, _LIST, b' ' * (limits.MAX_BODY + 1), {}),
    (413, _LIST, b'', {'content_length': '1000000000000'}),
    (414, f'{_LIST}?{"a" * 3000}', b'{}', {}),
    (431, _LIST, b'{}', {'x': 'a' * 20000}),
    (400, _LIST, b' ' * limits.MAX_BODY, {}),
  ],
)
def test_what_is_too_large_is_refused(hub, status, path, body, headers):
  with contextlib.suppress(BrokenPipeError, ConnectionResetError):
    answer_status, _, answer_body = _post(hub, path, body, **headers)
    assert (answer_status, json.loads(answer_body)['code']) == (status, status)
  assert hub.ask('/healthz')[0] == 200


def test_a_body_without_an_end_is_cut_off(hub):
  with hub.open() as connection:
    connection.sendall(
      f'POST {_LIST} HTTP/1.1\r\nhost: a\r\n'
      'transfer-encoding: chunked\r\n\r\n'.encode()
    )
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
      while True:
        connection.sendall(b'4000\r\n' + b'a' * 0x4000 + b'\r\n')
  assert hub.ask('/healthz')[0] == 200


def test_a_body_that_breaks_off_is_no_traceback(hub):
  with hub.open() as connection:
    connection.sendall(
      f'POST {_LIST} HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n'.encode()
    )
  assert _post(hub, _LIST, _BODY)[0] == 200
  assert 'Traceback' not in hub.said


def test_what_somebody_spoiled_is_not_sent(tmp_path):
  exports = hostile.make(tmp_path / 'theirs')
  secret = hostile.SECRET.encode()
  with hub_server.serve(exports) as hub:
    for what, name in {**hostile.NAMES, 'nothing': hostile.GOOD}.items():
      kaggle_name = aliases.kaggle(some_exports.handle(name))
      path = f'/api/v1/models/{kaggle_name}'
      answers = [
        hub.ask(address)
        for address in (
          f'/models/{kaggle_name}',
          f'/models/{kaggle_name}?tf-hub-format=compressed',
          f'/{kaggle_name}/saved_model.pb',
          f'{path}/files',
          f'{path}/download',
          f'{path}/download/saved_model.pb',
        )
      ]
      assert all(secret not in body for _, _, body in answers), what
      statuses = {status for status, _, _ in answers}
      assert statuses <= {200, 404, 503}, what
      if what in hostile.MANIFESTS:
        assert statuses == {404}, what
      if what in hostile.FILES:
        assert answers[4][0] == 503, what
    assert statuses == {200}
    assert 'Traceback' not in hub.said


def test_no_body_is_answered_but_with_json(hub):
  seeds = (json.dumps(_BODY).encode(), b'{"a": [1, null, true, "\\ud800"]}')
  chosen = random.Random(0)
  values: tuple[object, ...] = (
    None,
    True,
    1e400,
    -1,
    2**70,
    '',
    'a' * 5000,
    '\ud800',
    [],
    {},
    [{}],
  )
  for number in range(400):
    if number % 2:
      changed = bytearray(chosen.choice(seeds))
      for _ in range(chosen.randint(1, 8)):
        changed[chosen.randrange(len(changed))] = chosen.randrange(256)
      body = bytes(changed)
    else:
      fields = {**_BODY, 'versionNumber': 2, 'path': 'saved_model.pb'}
      fields[chosen.choice(list(fields))] = chosen.choice(values)
      body = json.dumps(fields).encode()
    call = chosen.choice((_LIST, _DOWNLOAD, f'{_SERVICE}/GetModelInstance'))
    status, _, answer_body = _post(hub, call, body)
    assert status in (200, 303, 400), (body, answer_body)
    if status == 400:
      assert json.loads(answer_body)['message']
  assert 'Traceback' not in hub.said
