"""A real Ray cluster on this machine, for tests that lose a node of it."""

from collections.abc import Iterator
import contextlib
import os
import pathlib
import secrets
import signal
import subprocess
import sys
import time
from unittest import mock

from tests import object_storage

_HOST = '127.0.0.1'
_RAY = pathlib.Path(sys.executable).with_name('ray')
_LATE = 'timed out during startup'


class _LateError(Exception):
  """A node was not ready in the half minute that Ray gives it."""


class Node:
  """One node with one core: its processes are one session."""

  def __init__(self, log: pathlib.Path, *arguments: str):
    with log.open('w') as output:
      self._process = subprocess.Popen(
        [
          *(_RAY, 'start', '--block', '--num-cpus=1'),
          *(f'--node-ip-address={_HOST}', '--disable-usage-stats'),
          *arguments,
        ],
        stdout=output,
        stderr=output,
        start_new_session=True,
      )
    while 'Ray runtime started' not in log.read_text():
      if self._process.poll() is not None:
        self.kill()
        text = log.read_text()
        is_late = _LATE in text
        raise _LateError if is_late else RuntimeError(f'a node ended: {text}')
      time.sleep(0.1)

  def _pids(self, *pattern: str) -> list[int]:
    session = ('pgrep', '-s', str(self._process.pid), *pattern)
    done = subprocess.run(session, capture_output=True, text=True, check=False)
    return [int(pid) for pid in done.stdout.split()]

  @property
  def tasks(self) -> list[int]:
    """The processes that are at work on an order."""
    return self._pids('-f', 'ray::_perform')

  def kill(self) -> None:
    """Ends all its processes at once, as a power cut does."""
    for pid in self._pids():
      with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    self._process.wait()


def _start_node(log: pathlib.Path, *arguments: str) -> Node:
  """A node, however long a busy machine takes to start one."""
  while True:
    with contextlib.suppress(_LateError):
      return Node(log, *arguments)


class Cluster:
  """A head and some more nodes."""

  def __init__(self, folder: pathlib.Path, others: int):
    port = object_storage.free_port()
    self.address = f'{_HOST}:{port}'
    self.nodes = [
      _start_node(
        folder / 'head.log',
        *('--head', f'--port={port}', f'--temp-dir={folder}'),
        '--include-dashboard=false',
      )
    ]
    for number in range(others):
      log = folder / f'{number}.log'
      self.nodes.append(_start_node(log, f'--address={self.address}'))

  def stop(self) -> None:
    """Ends all nodes."""
    for node in self.nodes:
      node.kill()


@contextlib.contextmanager
def start(folder: pathlib.Path, others: int) -> Iterator[Cluster]:
  """A cluster whose files are in a folder; child processes reach it."""
  token = {'RAY_AUTH_MODE': 'token', 'RAY_AUTH_TOKEN': secrets.token_hex(32)}
  with mock.patch.dict(os.environ, token):
    cluster = Cluster(folder, others)
    try:
      yield cluster
    finally:
      cluster.stop()
