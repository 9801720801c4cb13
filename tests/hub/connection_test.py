"""No client takes the hub from the others by being slow, or by being many."""

import contextlib
import http.client
import os
import resource
import signal
import socket

import pytest

from exporter import errors
from exporter.hub import connection
from exporter.hub import server
from tests import hub_server
from tests import some_exports
from tests.hub import few_files

_IMPATIENT = 'tests.hub.impatient'
_FEW_FILES = 'tests.hub.few_files'
_HALF_A_BODY = (
  b'POST /api/v1/models.ModelApiService/GetModelInstance HTTP/1.1\r\n'
  b'host: a\r\ncontent-length: 60000\r\n\r\n{'
)
_HALF_A_HEAD = b'GET /healthz HTTP/1.1\r\nx: '


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = tmp_path_factory.mktemp('connection') / 'exports'
  some_exports.add(exports, some_exports.TF2)
  some_exports.add(exports, some_exports.ONNX)
  (exports / some_exports.ONNX).write_bytes(os.urandom(2**25))
  some_exports.describe(exports, some_exports.ONNX)
  return exports


@pytest.fixture(scope='module', name='impatient')
def _impatient(exports):
  with hub_server.serve(exports, module=_IMPATIENT) as hub:
    yield hub


def _drip(client: socket.socket) -> None:
  """Sends a header byte by byte, for as long as somebody listens."""
  client.settimeout(0.05)
  with contextlib.suppress(BrokenPipeError, ConnectionResetError):
    while True:
      client.sendall(b'a')
      with contextlib.suppress(TimeoutError):
        if not client.recv(2**16):
          return


def test_no_answer_waits_for_a_client_to_confirm_its_beginning():
  with (
    server.listen('127.0.0.1', 0) as listener,
    socket.create_connection(listener.getsockname()),
  ):
    accepted, _ = listener.accept()
    with accepted:
      assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize('sent', [b'', b'\r\n', _HALF_A_HEAD])
def test_who_sends_no_whole_head_is_not_waited_for(impatient, sent):
  with impatient.open() as client:
    client.sendall(sent)
    if sent:
      _drip(client)
    else:
      assert not client.recv(1)


def test_the_next_head_has_no_more_time_than_the_first(impatient):
  with impatient.open() as client:
    client.sendall(b'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
    assert client.recv(2**16).startswith(b'HTTP/1.1 200')
    client.sendall(_HALF_A_HEAD)
    _drip(client)


@pytest.mark.parametrize('begun', [b'', b'{'])
def test_who_sends_no_whole_body_is_not_waited_for(impatient, begun):
  with impatient.open() as client:
    client.sendall(_HALF_A_BODY + begun)
    _drip(client)
  assert 'Traceback' not in impatient.said


def test_who_takes_nothing_of_an_answer_is_not_waited_for(impatient):
  with contextlib.closing(impatient.connect()) as caller:
    caller.request('GET', f'/{some_exports.ONNX}')
    while 'has taken nothing' not in impatient.said:
      impatient.ask('/healthz')
    answer = caller.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
      answer.read()


@pytest.mark.parametrize('half', [_HALF_A_HEAD, _HALF_A_BODY])
def test_slow_clients_do_not_push_out_others(exports, half):
  with (
    hub_server.serve(exports, module=_FEW_FILES) as hub,
    contextlib.ExitStack() as stack,
  ):
    for _ in range(2 * few_files.FILES):
      stack.enter_context(hub.open()).sendall(half)
    for path in ('healthz', some_exports.ONNX):
      assert hub.ask(f'/{path}')[0] == 200
    for _ in range(5):  # All at once, those who ask after those who do not.
      os.kill(hub.process.pid, signal.SIGSTOP)
      for _ in range(connection.AT_ONCE - 1):
        stack.enter_context(hub.open()).sendall(half)
      with hub.open() as client:
        client.sendall(b'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
        os.kill(hub.process.pid, signal.SIGCONT)
        assert client.recv(2**16).startswith(b'HTTP/1.1 200')
    assert 'Traceback' not in hub.said


def test_too_many_downloads_are_refused_and_end_none(exports):
  request = f'GET /{some_exports.ONNX} HTTP/1.1\r\nhost: a\r\n\r\n'.encode()
  with hub_server.serve(exports, module=_FEW_FILES) as hub:
    with contextlib.ExitStack() as stack:
      statuses = []
      for _ in range(few_files.FILES):
        client = stack.enter_context(hub.open())
        client.sendall(request)
        statuses.append(client.recv(12).decode().removeprefix('HTTP/1.1 '))
      assert statuses == sorted(statuses)
      assert set(statuses) == {'200', '503'}
    while hub.ask('/healthz')[0] != 200:  # Until it sees that they are gone.
      pass
    assert 'Traceback' not in hub.said


def test_a_process_that_may_open_hardly_any_file_is_refused():
  before = resource.getrlimit(resource.RLIMIT_NOFILE)
  resource.setrlimit(resource.RLIMIT_NOFILE, (100, before[1]))
  try:
    with pytest.raises(errors.HubError, match='ulimit -n'):
      connection.most()
  finally:
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
