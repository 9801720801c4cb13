"""`slimhub serve` in a process of its own, as users run it."""

from collections.abc import Iterator
import contextlib
import http.client
import os
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

from tests import source_tree


class Server:
  """A hub that listens."""

  def __init__(self, process: subprocess.Popen, url: str):
    self.process = process
    self.url = url
    self.address = urllib.parse.urlsplit(url).netloc
    self._said: list[str] = []
    # If nobody read its output, the process would block on a full pipe.
    self._reader = threading.Thread(target=self._read, daemon=True)
    self._reader.start()

  def _read(self) -> None:
    assert self.process.stdout
    self._said.extend(self.process.stdout)

  @property
  def said(self) -> str:
    """What it has said until now."""
    return ''.join(self._said)

  def log(self) -> str:
    """The output so far, which has a line for every earlier request."""
    path = f'/{secrets.token_hex(8)}'
    self.ask(path)
    while path not in self.said:
      time.sleep(0.01)
    return self.said

  def wait(self) -> tuple[int, str]:
    """Its exit code, once it has ended, and what it said."""
    code = self.process.wait()
    self._reader.join()
    return code, self.said

  def connect(self) -> http.client.HTTPConnection:
    """A connection whose requests send a path exactly as it is given."""
    return http.client.HTTPConnection(self.address, timeout=60)

  def open(self) -> socket.socket:
    """A connection for what is no HTTP, or not the whole of a request."""
    host, port = self.address.rsplit(':', 1)
    return socket.create_connection((host, int(port)), timeout=60)

  def ask(
    self,
    path: str,
    method: str = 'GET',
    body: bytes | None = None,
    **headers: str,
  ) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body; no redirect is followed."""
    with contextlib.closing(self.connect()) as connection:
      named = {key.replace('_', '-'): value for key, value in headers.items()}
      connection.request(method, path, body, named)
      answer = connection.getresponse()
      return answer.status, answer.headers, answer.read()


def start(
  exports: pathlib.Path, *flags: str, module: str = 'exporter'
) -> subprocess.Popen:
  """Starts a hub that may fail; what it says can be read.

  Args:
    exports: What it serves.
    *flags: Of `slimhub serve`.
    module: What Python runs: the command line of slimhub, or one like it.
  """
  return subprocess.Popen(
    [sys.executable, '-m', module, 'serve', exports, *flags],
    env={**os.environ, 'PYTHONPATH': str(source_tree.ROOT)},
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
  )


@contextlib.contextmanager
def serve(
  exports: pathlib.Path, *flags: str, module: str = 'exporter'
) -> Iterator[Server]:
  """Serves while the context is open."""
  stock = exports.with_name(f'{exports.name}-stock')
  flags = ('--port=0', f'--stock_dir={stock}', *flags)
  with start(exports, *flags, module=module) as process:
    assert process.stdout
    output, match = '', None
    while not match:
      line = process.stdout.readline()
      output += line
      if not line:
        raise RuntimeError(output)
      match = re.search(r'at (https?://\S+)', line)
    hub = Server(process, match.group(1))
    try:
      yield hub
    finally:
      process.terminate()
      hub.wait()
