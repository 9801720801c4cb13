"""Several processes answer as one hub: with its limits, figures and tokens."""

from concurrent import futures
import contextlib
import functools
import hashlib
import http.client
import json
import os
import pathlib
import signal
import ssl
import time

from prometheus_client import parser
import pytest

from exporter import errors
from exporter.cli import entry
from exporter.hub import server
from exporter.hub import workers
from tests import hub_server
from tests import some_exports
from tests.checkpoints import certificate_made

_JSON = f'/{some_exports.TF2}.json'
_FLAGS = ('--workers=2', '--metrics', '--log_format=json')
_REQUESTS = 60


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = some_exports.make(tmp_path_factory.mktemp('workers') / 'exports')
  (exports / some_exports.ONNX).write_bytes(os.urandom(2**25))
  some_exports.describe(exports, some_exports.ONNX)
  return exports


def _pids(hub: hub_server.Server) -> list[int]:
  """The processes that answer."""
  pid = hub.process.pid
  children = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text()
  return [int(child) for child in children.split()]


def _figures(hub: hub_server.Server) -> dict[tuple[str, ...], float]:
  status, _, body = hub.ask('/metrics')
  assert status == 200
  return {
    (sample.name, *sample.labels.values()): sample.value
    for family in parser.text_string_to_metric_families(body.decode())
    for sample in family.samples
  }


def _put(path: pathlib.Path, content: bytes) -> None:
  """Replaces a file as a whole, so that nobody reads half of it."""
  new = path.with_name('new')
  new.write_bytes(content)
  new.replace(path)


def _wait_for_all(hub: hub_server.Server, message: str, workers: int) -> None:
  """Waits until each process has told of a file that was replaced.

  Which of them answers is up to the system: that many answers in turn are new
  proves nothing of a process that was given none of the requests.
  """
  first = 1 if workers > 1 else 0  # It answers nothing, but reads files too.
  while hub.said.count(message) < workers + first:
    pass


def _insist(hub: hub_server.Server, path: str) -> int:
  """The status of an answer, whatever becomes of the process that is asked."""
  while True:
    with contextlib.suppress(OSError, http.client.HTTPException):
      return hub.ask(path)[0]


def test_what_each_process_answers_is_counted_and_logged_once(exports):
  counted = 'slimhub_requests_total', 'GET', '404'
  with hub_server.serve(exports, *_FLAGS) as hub:

    def ask(number: int) -> int:
      return hub.ask(f'/nobody/asks/{number}', user_agent='a' * 3000)[0]

    with futures.ThreadPoolExecutor(8) as pool:
      assert set(pool.map(ask, range(_REQUESTS))) == {404}
    # Both are written after the answers.
    lines: list[str] = []
    while len(lines) < _REQUESTS:
      lines = [line for line in hub.said.splitlines() if '/nobody/' in line]
    while (figures := _figures(hub)).get(counted, 0) < _REQUESTS:
      pass
    for pid in _pids(hub):
      assert figures['process_resident_memory_bytes', f'{pid}'] > 2**20
  assert figures[counted] == len(lines) == _REQUESTS
  assert {json.loads(line)['status'] for line in lines} == {404}


def test_a_process_that_is_killed_is_replaced_and_forgotten_by_nobody(exports):
  with hub_server.serve(exports, *_FLAGS) as hub:
    while len(_pids(hub)) < 2:
      pass
    for _ in range(10):
      assert hub.ask(_JSON)[0] == 200
    counted = 'slimhub_requests_total', 'GET', '200'
    while _figures(hub).get(counted, 0) < 10:
      pass  # Answers are counted after they are sent.
    before = _pids(hub)
    os.kill(before[0], signal.SIGKILL)
    message = f'process {before[0]} has ended'
    while message not in hub.said or len(_pids(hub)) < 2:
      assert _insist(hub, _JSON) == 200
    assert before[0] not in _pids(hub)
    assert before[1] in _pids(hub)
    assert _figures(hub)[counted] >= 10
  assert 'Traceback' not in hub.said


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_downloads_end_before_all_processes_do(exports, number):
  with hub_server.serve(exports, *_FLAGS) as hub, contextlib.ExitStack() as on:
    answers = []
    for _ in range(6):
      client = on.enter_context(contextlib.closing(hub.connect()))
      client.request('GET', f'/{some_exports.ONNX}')
      answers.append(client.getresponse())
    pids = _pids(hub)
    for pid in (*pids, hub.process.pid):  # As a terminal does.
      if number == signal.SIGHUP or pid == hub.process.pid:
        os.kill(pid, number)
    whole = (exports / some_exports.ONNX).read_bytes()
    assert all(answer.read() == whole for answer in answers)
    code, output = hub.wait()
  assert (code, 'Traceback' in output) == (0, False), output
  assert 'takes its place' not in output
  assert not any(pathlib.Path(f'/proc/{pid}').exists() for pid in pids)


def test_ctrl_c_ends_all_processes_without_a_traceback(exports):
  with hub_server.serve(exports, *_FLAGS) as hub:
    assert hub.ask('/healthz')[0] == 200
    for pid in (*_pids(hub), hub.process.pid):  # As a terminal does.
      os.kill(pid, signal.SIGINT)
    code, output = hub.wait()
  assert (code, 'Traceback' in output) == (130, False), output


def test_no_process_outlives_the_first_one(exports):
  with hub_server.serve(exports, *_FLAGS) as hub:
    assert hub.ask('/healthz')[0] == 200
    hub.process.kill()
    host, port = hub.address.split(':')
    while True:
      with contextlib.suppress(errors.HubError):
        server.listen(host, int(port)).close()
        break
      time.sleep(0.1)


def test_a_port_that_is_taken_is_named(exports):
  with hub_server.serve(exports) as hub:
    port = hub.address.split(':')[1]
    flags = (f'--port={port}', '--workers=2')
    with hub_server.start(exports, *flags) as process:
      output, _ = process.communicate()
  assert process.returncode == 1
  assert 'another --port' in output
  assert 'Traceback' not in output


@pytest.mark.parametrize('number', ['0', '-1', 'many', '2000'])
def test_a_number_of_processes_that_is_none_is_refused(number, capsys):
  with pytest.raises(SystemExit):
    entry.parse(['slimhub', 'serve', 'exports', f'--workers={number}'])
  stderr = capsys.readouterr().err
  assert f"--workers: '{number}', expected a whole number, 1 to" in stderr


def test_each_process_limits_the_connections_of_an_address(exports):
  flags = ('--workers=2', '--client_connections=3')
  with (
    hub_server.serve(exports, *flags) as hub,
    contextlib.ExitStack() as stack,
  ):
    statuses: list[bytes] = []
    while len(statuses) < 7:
      client = stack.enter_context(hub.open())
      # Nobody takes the whole answer, so that each connection stays in use.
      client.sendall(f'GET /{some_exports.ONNX} HTTP/1.1\r\n'.encode())
      client.sendall(b'host: a\r\n\r\n')
      statuses.append(client.recv(2**16).split()[1])
    assert 3 <= statuses.count(b'200') <= 6


@pytest.mark.parametrize('workers', [1, 2])
def test_tokens_are_read_anew(exports, tmp_path, workers):
  path = tmp_path / 'tokens'

  def give(name: str) -> None:
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    _put(path, f'{name} {sha256} /\n'.encode())

  def status(name: str) -> int:
    return hub.ask(_JSON, authorization=f'Bearer {name}')[0]

  give('alice')
  flags = (f'--token_file={path}', f'--workers={workers}')
  with hub_server.serve(exports, *flags) as hub:
    assert (status('alice'), status('bob')) == (200, 401)
    give('bob')
    _wait_for_all(hub, 'read anew', workers)
    assert {status('alice') for _ in range(20)} == {401}
    assert {status('bob') for _ in range(20)} == {200}
    _put(path, b'nonsense\n')
    _wait_for_all(hub, 'stays in force', workers)
    assert (status('alice'), status('bob')) == (401, 200)
    if workers > 1:  # Another process begins with what is in force.
      for pid in _pids(hub):
        os.kill(pid, signal.SIGKILL)
      assert _insist(hub, _JSON) == 401
      assert {status('alice') for _ in range(20)} == {401}
      assert {status('bob') for _ in range(20)} == {200}
  assert 'Traceback' not in hub.said


@pytest.mark.parametrize('workers', [1, 2])
def test_a_certificate_is_read_anew(exports, tmp_path, workers):
  path = certificate_made.write(tmp_path / 'both.pem')
  flags = (f'--tls_certificate={path}', f'--tls_key={path}')

  def shown() -> str:
    address = (hub.address.split(':')[0], int(hub.address.split(':')[1]))
    return ssl.get_server_certificate(address)

  with hub_server.serve(exports, *flags, f'--workers={workers}') as hub:
    first = shown()
    assert first in path.read_text()
    certificate_made.write(tmp_path / 'other.pem').replace(path)
    _wait_for_all(hub, 'read anew', workers)
    second = shown()
    assert second != first
    assert second in path.read_text()
    assert {shown() for _ in range(10)} == {second}
    _put(path, b'nonsense')
    _wait_for_all(hub, 'stays in force', workers)
    assert {shown() for _ in range(10)} == {second}
  assert 'Traceback' not in hub.said


def _obey_late(path: pathlib.Path) -> None:
  """Works as a process that has only just begun when it is told to stop."""
  path.touch()
  time.sleep(1)
  signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
  time.sleep(600)


def test_a_process_that_has_only_just_begun_ends_with_the_others(tmp_path):
  path = tmp_path / 'begun'
  processes = workers._Workers(functools.partial(_obey_late, path), 1)
  while not path.exists():
    time.sleep(0.01)
  processes.stop(60)
  assert [process.exitcode for process in processes._all] == [7]
