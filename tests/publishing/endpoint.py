"""As much of the APIs of Hugging Face and Kaggle as an upload needs.

It runs on this machine and keeps what it is sent. What sends it are the clients
that users have.
"""

import base64
from collections.abc import Iterator
import contextlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
from typing import Any

_START = '/StartBlobUpload'
_KAGGLE = '/CreateModelInstance'


class Endpoint(http.server.ThreadingHTTPServer):
  """A server that takes uploads."""

  daemon_threads = True

  def __init__(self) -> None:
    super().__init__(('localhost', 0), _Handler)
    self.url = f'http://localhost:{self.server_port}'
    self.asked: dict[str, Any] = {}  # The last body sent to each path.
    self.files: dict[str, bytes] = {}  # The uploaded files, by their paths.
    self._blobs: dict[str, tuple[str, bytes]] = {}
    self._lock = threading.Lock()

  def answer(self, path: str, body: bytes) -> dict[str, object]:
    """What a client is told that sends a body to a path."""
    with self._lock:
      if path.startswith('/blob/'):
        token = path.rpartition('/')[2]
        self._blobs[token] = (self._blobs[token][0], body)
        return {}
      if '/commit/' in path:
        return self._commit(body.decode().splitlines())
      request = self.asked[path] = json.loads(body) if body else {}
      if path.endswith(_START):
        token = f'{len(self._blobs)}'
        self._blobs[token] = (request['name'], b'')
        return {'token': token, 'createUrl': f'{self.url}/blob/{token}'}
      if path.endswith(_KAGGLE):
        self._take(request['body'], '')
      if path.endswith('/api/repos/create'):
        name = f'{request["organization"]}/{request["name"]}'
        return {'url': f'{self.url}/{name}', 'id': '1', 'name': name}
      if '/preupload/' in path:
        return {
          'files': [
            {
              'path': each['path'],
              'uploadMode': 'regular',
              'shouldIgnore': False,
            }
            for each in request['files']
          ]
        }
    return {}

  def _commit(self, lines: list[str]) -> dict[str, object]:
    for line in lines:
      entry = json.loads(line)
      if entry['key'] == 'file':
        data = base64.b64decode(entry['value']['content'])
        self.files[entry['value']['path']] = data
    return {
      'success': True,
      'commitOid': '0' * 40,
      'commitUrl': f'{self.url}/a/b/commit/0',
      'hookOutput': '',
    }

  def _take(self, folder: dict[str, Any], path: str) -> None:
    for each in folder.get('files', ()):
      name, data = self._blobs[each['token']]
      self.files[f'{path}{name}'] = data
    for each in folder.get('directories', ()):
      self._take(each, f'{path}{each["name"]}/')


class _Handler(http.server.BaseHTTPRequestHandler):
  server: Endpoint

  def _answer(self) -> None:
    body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
    if self.headers.get('Transfer-Encoding') == 'chunked':
      while size := int(self.rfile.readline(), 16):
        body += self.rfile.read(size)
        self.rfile.readline()
      self.rfile.readline()
    data = json.dumps(self.server.answer(self.path, body)).encode()
    self.send_response(200)
    self.send_header('Content-Type', 'application/json')
    self.send_header('Content-Length', f'{len(data)}')
    self.end_headers()
    self.wfile.write(data)

  do_GET = do_POST = do_PUT = _answer  # noqa: N815 - as the library asks.

  def log_message(self, *args: object) -> None:
    """Says nothing."""


@contextlib.contextmanager
def listening() -> Iterator[Endpoint]:
  """A server, while the context is open."""
  with Endpoint() as endpoint:
    thread = threading.Thread(target=endpoint.serve_forever)
    thread.start()
    try:
      yield endpoint
    finally:
      endpoint.shutdown()
      thread.join()


def run(command: str, folder: pathlib.Path, **variables: str) -> str:
  """Runs a command line as its user does, in a shell; returns what it said."""
  programs = f'{pathlib.Path(sys.executable).parent}:{os.environ["PATH"]}'
  done = subprocess.run(
    command,
    shell=True,
    cwd=folder,
    env={'PATH': programs, 'HOME': f'{folder}', **variables},
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stdout[-4000:]
  return done.stdout
