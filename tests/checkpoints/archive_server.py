"""A real HTTP server on loopback that serves archives, well or badly."""

from collections.abc import Iterator
import contextlib
import dataclasses
from http import server
import os
import pathlib
import re
import ssl
import threading
import time
from typing import cast
from unittest import mock

ETAG = '"the first"'


@dataclasses.dataclass(frozen=True)
class Answer:
  """How one request is answered; by default as it should be."""

  status: int = 200
  body: bytes | None = None  # None: the file that is asked for.
  headers: dict[str, str] = dataclasses.field(default_factory=dict)
  announced: int | None = None  # Content-Length, where it is a lie.
  chunked: bool = False  # No Content-Length at all.
  sent: int | None = None  # Bytes after which nothing more comes.
  stalls: bool = False  # Does not even close the connection then.
  pause: float = 0.0  # Seconds between two bytes.
  ranges: bool = True
  etag: str = ETAG
  content_range: str = ''  # Where it is a lie.


@dataclasses.dataclass
class Archives:
  """What the server has, how it behaves, and what it was asked."""

  files: dict[str, bytes] = dataclasses.field(default_factory=dict)
  answers: list[Answer] = dataclasses.field(default_factory=list)
  always: Answer = Answer()  # What comes after the answers.
  asked: list[tuple[str, dict[str, str]]] = dataclasses.field(
    default_factory=list
  )
  url: str = ''
  released: threading.Event = dataclasses.field(default_factory=threading.Event)

  def ranges(self) -> list[str | None]:
    """The range that each request asked for."""
    return [headers.get('Range') for _, headers in self.asked]


class _Handler(server.BaseHTTPRequestHandler):
  protocol_version = 'HTTP/1.1'

  def log_message(self, *_: object) -> None:
    """Tests have no use for it."""

  def do_GET(self) -> None:  # The base class asks for it.
    archives = cast('_Server', self.server).archives
    archives.asked.append((self.path, dict(self.headers)))
    answer = archives.answers.pop(0) if archives.answers else archives.always
    body = answer.body
    if body is None:
      body = archives.files.get(self.path.rsplit('/', 1)[-1])
    if body is None:
      answer, body = Answer(404), b'nothing'
    self._answer(answer, body)
    if answer.stalls:
      archives.released.wait()
    self.close_connection = True

  def _answer(self, answer: Answer, body: bytes) -> None:
    status, start = answer.status, 0
    wanted_range = re.fullmatch(r'bytes=(\d+)-', self.headers.get('Range', ''))
    is_same = self.headers.get('If-Range') == answer.etag
    if wanted_range and answer.ranges and is_same and status == 200:
      status, start = 206, int(wanted_range[1])
    self.send_response(status)
    if status == 206:
      span = f'bytes {start}-{len(body) - 1}/{len(body)}'
      self.send_header('Content-Range', answer.content_range or span)
    body = body[start:]
    if answer.etag:
      self.send_header('ETag', answer.etag)
    if answer.chunked:
      self.send_header('Transfer-Encoding', 'chunked')
      body = b'%x\r\n%s\r\n0\r\n\r\n' % (len(body), body)
    else:
      length = len(body) if answer.announced is None else answer.announced
      self.send_header('Content-Length', str(length))
    for name, value in answer.headers.items():
      self.send_header(name, value)
    self.end_headers()
    self._send(body[: answer.sent], answer.pause)

  def _send(self, body: bytes, pause: float) -> None:
    with contextlib.suppress(OSError):  # The client has enough.
      if not pause:
        self.wfile.write(body)
        return
      for byte in body:
        self.wfile.write(bytes([byte]))
        time.sleep(pause)


class _Server(server.ThreadingHTTPServer):
  daemon_threads = True
  archives: Archives

  def handle_error(self, *_: object) -> None:
    """A client that was killed is no news."""


@contextlib.contextmanager
def serve(
  certificate: pathlib.Path | None = None, /, **files: bytes
) -> Iterator[Archives]:
  """Serves while the context is open; a proxy of the machine is left aside.

  Args:
    certificate: A certificate with its key, for https.
    **files: What there is, by name.
  """
  direct = dict.fromkeys(('no_proxy', 'NO_PROXY'), '127.0.0.1')
  with (
    mock.patch.dict(os.environ, direct),
    _Server(('127.0.0.1', 0), _Handler) as http,
  ):
    protocol = 'http'
    if certificate:
      protocol = 'https'
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(certificate)
      http.socket = context.wrap_socket(http.socket, server_side=True)
    http.archives = Archives(files)
    http.archives.url = f'{protocol}://127.0.0.1:{http.server_port}'
    thread = threading.Thread(target=http.serve_forever, args=[0.01])
    thread.start()
    try:
      yield http.archives
    finally:
      http.archives.released.set()
      http.shutdown()
      thread.join()
