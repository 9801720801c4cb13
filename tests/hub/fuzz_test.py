"""Whatever a client asks for, it gets what is exported or an error in words."""

import contextlib

import hypothesis
from hypothesis import strategies
import pytest

from exporter.hub import address
from tests import fuzz
from tests import hub_server
from tests import some_exports

_SECRET = 'what nobody exported'
_WORDS = strategies.sampled_from(
  [
    *some_exports.TF2.split('/'),
    *('..', '.', '', '%2e%2e', '%2f', '%00', '%', '..%2f..', '%c0%ae', '\\'),
    *('secret.txt', '5.json', '5.litert', 'float32.tflite', 'saved_model.pb'),
    *('.slimhub-staging', 'models', 'api', 'v1', 'index.json', '5.cdx.json'),
  ]
)
_VISIBLE = strategies.text(
  strategies.characters(min_codepoint=33, max_codepoint=126), max_size=12
)
# Parts that look like those of handles: few paths of them are malformed.
_PLAIN = strategies.sampled_from(
  [*some_exports.TF2.split('/'), '..', '.', 'a', 'secret.txt', '5.json', '1']
)
_PATHS = strategies.one_of(
  strategies.lists(strategies.one_of(_WORDS, _VISIBLE), max_size=9),
  strategies.lists(_PLAIN, min_size=3, max_size=9),
).map('/'.join)
_QUERIES = strategies.sampled_from(
  ['', '?tf-hub-format=compressed', '?lite-format=tflite', '?a=%ff&b', '?%']
)
_HEADERS = strategies.dictionaries(
  strategies.sampled_from(
    ['Range', 'If-None-Match', 'If-Range', 'Accept', 'Content-Length', 'Host']
  ),
  strategies.one_of(
    _VISIBLE,
    strategies.sampled_from(['text/html', 'bytes=0-', 'bytes=9-1', '*', '-1']),
  ),
  max_size=3,
)


@pytest.fixture(scope='module', name='hub')
def _hub(tmp_path_factory):
  exports = some_exports.make(tmp_path_factory.mktemp('fuzz') / 'exports')
  (exports.parent / 'secret.txt').write_text(_SECRET)
  # A request may announce a body that never comes.
  with hub_server.serve(exports, module='tests.hub.impatient') as hub:
    yield hub


def _answer(hub: hub_server.Server, request: bytes) -> bytes:
  """All that comes back until the connection is closed."""
  with hub.open() as client:
    client.sendall(request)
    received = b''
    with contextlib.suppress(ConnectionResetError):
      while data := client.recv(2**16):
        received += data
  return received


@fuzz.examples(150)
@hypothesis.given(_PATHS, _QUERIES, _HEADERS)
def test_a_request_is_answered_from_the_exports(hub, path, query, headers):
  all_headers = {'Host': 'a', 'Connection': 'close', **headers}
  lines = [f'GET /{path}{query} HTTP/1.1']
  lines += [f'{name}: {value}' for name, value in all_headers.items()]
  answer = _answer(hub, '\r\n'.join((*lines, '', '')).encode())
  status = int(answer.split(b' ', 2)[1])
  assert status < 500, answer
  assert _SECRET.encode() not in answer
  assert 'Traceback' not in hub.said


@fuzz.examples(100)
@hypothesis.given(
  fuzz.damaged(b'GET /index.json HTTP/1.1\r\nhost: a\r\nconnection: close\r\n')
)
def test_what_is_no_request_ends_no_hub(hub, data):
  with hub.open() as client:
    client.sendall(data + b'\r\n\r\n')
    client.shutdown(1)
    with contextlib.suppress(ConnectionResetError):
      while client.recv(2**16):
        pass
  assert 'Traceback' not in hub.said


@fuzz.examples(300)
@hypothesis.given(strategies.one_of(_PATHS, strategies.text(max_size=60)))
def test_a_path_is_taken_apart_or_refused(path):
  try:
    parsed = address.parse(path)
  except address.MalformedError:
    return
  if parsed:
    assert '..' not in parsed.export.split('/')
    assert parsed.export.count('/') <= 7
