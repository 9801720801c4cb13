"""The real nginx sends what the hub decides on, as the hub itself would."""

import contextlib
import hashlib
import http.client
import os
import urllib.parse

import pytest

from exporter import errors
from exporter.hub import nginx
from tests import hub_server
from tests import nginx as nginx_server
from tests import some_exports

_TF2 = some_exports.TF2
_BUNDLE = f'/{_TF2}?tf-hub-format=compressed'
_TOKEN = 'correct horse battery'
_DATE = 'Fri, 01 Jan 2100 00:00:00 GMT'
# What differs between any two servers, and between two connections.
_OF_SERVER = {'server', 'date', 'connection', 'keep-alive'}


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  folder = tmp_path_factory.mktemp('nginx')
  folder.chmod(0o755)
  exports = some_exports.make(folder / 'exports')
  (exports / some_exports.ONNX).write_bytes(os.urandom(2**22))
  some_exports.describe(exports, some_exports.ONNX)
  sha256 = hashlib.sha256(_TOKEN.encode()).hexdigest()
  (folder / 'tokens').write_text(f'alice {sha256} /google\n')
  return folder


@pytest.fixture(scope='module', name='hub')
def _hub(folder):
  """The hub of the files that nginx sends."""
  config = f'--nginx_dir={folder / "conf"}'
  tokens = f'--token_file={folder / "tokens"}'
  with hub_server.serve(folder / 'exports', config, tokens) as hub:
    yield hub


@pytest.fixture(scope='module', name='ask')
def _ask(folder, hub):
  """Asks nginx."""
  with nginx_server.serve_hub(folder / 'conf') as (url, _):
    yield lambda path, **more: _answer(url, path, **more)


@pytest.fixture(scope='module', name='ask_plain')
def _ask_plain(folder):
  """Asks a hub that sends its files itself."""
  tokens = f'--token_file={folder / "tokens"}'
  with hub_server.serve(folder / 'exports', tokens) as hub:
    yield lambda path, **more: _answer(hub.url, path, **more)


def _answer(
  url: str, path: str, method: str = 'GET', token: str = _TOKEN, **headers: str
) -> tuple[int, dict[str, str], bytes]:
  address = urllib.parse.urlsplit(url).netloc
  named = {key.replace('_', '-'): value for key, value in headers.items()}
  named['authorization'] = f'Bearer {token}'
  client = http.client.HTTPConnection(address, timeout=60)
  with contextlib.closing(client) as connection:
    connection.request(method, path, headers=named)
    answer = connection.getresponse()
    received = {key.lower(): value for key, value in answer.getheaders()}
    kept = {k: v for k, v in received.items() if k not in _OF_SERVER}
    if answer.status == 206:  # The status itself says that ranges work.
      kept.pop('accept-ranges', None)
    return answer.status, kept, answer.read()


@pytest.mark.parametrize('method', ['GET', 'HEAD'])
@pytest.mark.parametrize(
  'path',
  [
    *('/healthz', '/nobody', f'/{_TF2}', f'/{_TF2}.json', '/google/a%20b'),
    *(_BUNDLE, f'/{_TF2}/saved_model.pb', f'/{some_exports.ONNX}'),
    *(f'/{_TF2}?lite-format=tflite', f'/{_TF2}.cdx.json'),
  ],
)
def test_all_answers_are_those_of_the_hub(ask, ask_plain, path, method):
  headers = {'method': method, 'origin': 'https://page.example'}
  expected = ask_plain(path, **headers)
  for _ in range(2):  # An answer that names a file is repeated for a moment.
    assert ask(path, **headers) == expected


@pytest.mark.parametrize(
  'headers',
  [
    {'range': 'bytes=100-'},
    {'range': 'bytes=0-0'},
    {'range': 'bytes=-10'},
    {'range': 'lines=1-2'},
    {'range': 'bytes=100-', 'if_range': 'ETAG'},
    {'range': 'bytes=100-', 'if_range': '"other"'},
    {'range': 'bytes=100-', 'if_range': _DATE},
    {'if_none_match': 'ETAG'},
    {'if_none_match': '"other"'},
    {'if_match': 'ETAG'},
    {'if_match': '"other"'},
    {'if_modified_since': _DATE},
    {'if_unmodified_since': 'Fri, 01 Jan 1999 00:00:00 GMT'},
    {'token': 'guess'},
  ],
  ids=str,
)
def test_conditions_and_parts_are_those_of_the_hub(ask, ask_plain, headers):
  etag = ask_plain(_BUNDLE)[1]['etag']
  conditions = {key: etag if v == 'ETAG' else v for key, v in headers.items()}
  assert ask(_BUNDLE, **conditions) == ask_plain(_BUNDLE, **conditions)


def test_nginx_sends_the_bytes(hub, ask, folder):
  whole = (folder / 'exports' / some_exports.ONNX).read_bytes()
  assert ask(f'/{some_exports.ONNX}')[2] == whole
  status, headers, body = _answer(hub.url, f'/{some_exports.ONNX}')
  assert (status, body) == (200, b'')
  assert headers['x-accel-redirect'].startswith(nginx.STOCK)


def test_nobody_reaches_the_files_but_through_the_hub(hub, ask):
  name = _answer(hub.url, _BUNDLE)[1]['x-accel-redirect']
  for path in (name, nginx.STOCK):
    assert ask(path)[0] == 404
  for dots in ('../tokens', '%2e%2e/tokens', '..%2ftokens'):
    assert ask(f'{nginx.STOCK}{dots}')[0] in (403, 404)
  assert ask(_BUNDLE, token='guess')[0] == 401


def test_a_path_that_nginx_would_misread_is_refused(tmp_path):
  for name in ('a"b', 'a$b', 'a\\b', 'a\nb'):
    with pytest.raises(errors.HubError, match='another --stock_dir'):
      nginx.write_nginx_config(
        tmp_path / 'conf', 'http://127.0.0.1:1', tmp_path / name
      )
  (tmp_path / 'file').touch()
  with pytest.raises(errors.HubError, match='another --nginx_dir'):
    nginx.write_nginx_config(
      tmp_path / 'file' / 'conf', 'http://127.0.0.1:1', tmp_path
    )
  assert not (tmp_path / 'conf').exists()


@pytest.mark.parametrize(
  'flags', [['--client_connections=3'], ['--tls_key=a', '--tls_certificate=b']]
)
def test_what_is_a_matter_of_nginx_is_refused(folder, flags):
  config = f'--nginx_dir={folder / "other"}'
  with (
    pytest.raises(RuntimeError, match='--nginx_dir goes with neither'),
    hub_server.serve(folder / 'exports', config, *flags),
  ):
    pass
