"""Serves a hub over HTTP: Starlette answers, uvicorn listens."""

import asyncio
import errno
import logging
import os
import pathlib
import signal
import socket
import weakref

from starlette import applications
from starlette import concurrency
from starlette import exceptions
from starlette import requests
from starlette import responses
from starlette import routing
from starlette import staticfiles
import uvicorn

from exporter import environment
from exporter import errors
from exporter.hub import answer as answer_lib
from exporter.hub import connection
from exporter.hub import download
import model_specs
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
_MAX_URL = 2048
_MAX_HEADERS = 16 * 1024
_GRACE = 30  # Seconds that downloads have to end after a signal to stop.
_OF_PORTS = (errno.EADDRINUSE, errno.EACCES, errno.EPERM)
_QUEUE = 1024  # Connections that the system keeps until they are accepted.
_RETRY = {'retry-after': '5'}
_REDIRECTS = (301, 302, 307, 308)
_ERROR = 400  # All statuses from here on are of errors.


def _text(
  status: int, text: str, headers: dict[str, str] | None = None
) -> responses.Response:
  return responses.PlainTextResponse(f'{text}\n', status, headers)


def _check_size(request: requests.Request) -> None:
  """Refuses requests that are larger than any that a client of a hub sends."""
  scope = request.scope
  if len(scope['raw_path']) + len(scope['query_string']) > _MAX_URL:
    raise answer_lib.Refusal(414, f'the URL is longer than {_MAX_URL} bytes')
  if sum(len(k) + len(v) for k, v in scope['headers']) > _MAX_HEADERS:
    raise answer_lib.Refusal(
      431, f'the headers are longer than {_MAX_HEADERS} bytes'
    )
  is_chunked = 'transfer-encoding' in request.headers
  if is_chunked or request.headers.get('content-length', '0') != '0':
    raise answer_lib.Refusal(
      413, 'a request to a hub has no body', connection='close'
    )


class _Answers:
  """Answers every request from the site, if there is one, or from the hub."""

  def __init__(self, hub: answer_lib.Hub, site: pathlib.Path | None):
    self._hub = hub
    self._site = site and staticfiles.StaticFiles(directory=site, html=True)
    self._locks: weakref.WeakValueDictionary[pathlib.Path, asyncio.Lock] = (
      weakref.WeakValueDictionary()
    )
    self._makers = asyncio.Semaphore(environment.cores())

  async def answer(self, request: requests.Request) -> responses.Response:
    """The answer to a GET or HEAD request."""
    response = await self._answer(request)
    if answer_lib.may_be_page(request):
      # What a cache keeps of one client is not for all others.
      response.headers.add_vary_header('accept')
    return response

  async def _answer(self, request: requests.Request) -> responses.Response:
    """Finds the answer; errors become answers, too."""
    try:
      _check_size(request)
      page = answer_lib.wants_page(request) and await self._of_site(request)
      return page or await self._of_hub(request)
    except answer_lib.Refusal as refusal:
      page = refusal.status == 404 and await self._of_site(request)
      return page or _text(refusal.status, str(refusal), refusal.headers)
    except errors.ManifestError as error:
      _log.warning('%s', outside.shown(str(error)))
      reason = 'it is being replaced, or is damaged; try again'
      return _text(503, reason, _RETRY)
    except (errors.SlimhubError, model_specs.SpecError, OSError) as error:
      _log.error('%s', outside.shown(str(error)))
      return _text(503, 'it cannot be read; the log says why', _RETRY)

  async def health(self, request: requests.Request) -> responses.Response:
    """Whether downloads are answered, for whoever watches over the server."""
    del request
    try:
      await concurrency.run_in_threadpool(self._hub.check)
    except (errors.SlimhubError, OSError) as error:
      _log.error('%s', outside.shown(str(error)))
      return _text(503, 'no file can be sent; the log says why', _RETRY)
    return _text(200, 'ok')

  async def _of_site(
    self, request: requests.Request
  ) -> responses.Response | None:
    """The page or file of the site at the path of a request, if any."""
    if not self._site:
      return None
    path = self._site.get_path(request.scope)
    if any(part.startswith('.') for part in path.split('/')) and path != '.':
      return None  # Such as .git, or a password for whoever made the site.
    for name in (path, f'{path}.html'):  # A handle's page is HANDLE.html.
      try:
        response = await self._site.get_response(name, request.scope)
      except (exceptions.HTTPException, ValueError):
        continue
      if response.status_code in _REDIRECTS:
        return answer_lib.redirect(request, f'{path}/')
      if response.status_code < _ERROR:
        return response
    return None

  async def _of_hub(self, request: requests.Request) -> responses.Response:
    answer = await concurrency.run_in_threadpool(self._hub.find, request)
    if isinstance(answer, responses.Response):
      return answer
    if download.is_other(request.headers, answer.etag):
      raise answer_lib.Refusal(412, f'what is here has the ETag {answer.etag}')
    if download.is_known(request.headers, answer.etag):
      headers = {'etag': answer.etag, 'cache-control': 'no-cache'}
      return responses.Response(None, 304, headers)
    ready = answer.ready or await self._make(answer)
    return download.Download(
      answer.path, ready, answer.etag, answer.media_type, answer.name
    )

  async def _make(self, file: answer_lib.Sent) -> os.stat_result:
    lock = self._locks.get(file.path)
    if lock is None:
      lock = self._locks[file.path] = asyncio.Lock()
    async with lock, self._makers:  # Whoever waits occupies no thread.
      return await concurrency.run_in_threadpool(file.make)


def application(
  hub: answer_lib.Hub, site: pathlib.Path | None = None
) -> applications.Starlette:
  """The web application of a hub.

  Args:
    hub: Finds the answers from the exports.
    site: The folder of a site, whose pages are shown instead of the hub's own.

  Returns:
    An ASGI application.
  """
  answers = _Answers(hub, site)
  return applications.Starlette(
    routes=[
      routing.Route('/healthz', answers.health, methods=['GET']),
      routing.Route('/{path:path}', answers.answer, methods=['GET']),
    ]
  )


def listen(host: str, port: int) -> socket.socket:
  """Listens at a port; 0 stands for any that is free.

  Raises:
    HubError: Another program listens there, or this one may not.
  """
  family = socket.AF_INET6 if ':' in host else socket.AF_INET
  try:
    listener = socket.create_server((host, port), family=family)
  except (OSError, UnicodeError) as error:
    # The resolver's errors, and UnicodeError, are of names that no machine has.
    number = error.errno if isinstance(error, OSError) else None
    advice = 'name another --host, which is an address of this machine'
    if number in _OF_PORTS:
      advice = 'stop what listens there, or name another --port'
    reason = getattr(error, 'strerror', None) or error
    raise errors.HubError(
      f'cannot listen at {host}, port {port}: {reason}; {advice}'
    ) from error
  # Accepted connections inherit it. Without it the system keeps the end of an
  # answer back until the client confirms its beginning, which takes 40 ms.
  listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
  return listener


def url(listener: socket.socket) -> str:
  """The URL at which a listening socket is reached from this machine."""
  host, port, *_ = listener.getsockname()
  return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'


class _Server(uvicorn.Server):
  """Accepts a few connections at a time, for which many may queue up.

  uvicorn has one number for both.
  """

  async def startup(self, sockets: list[socket.socket] | None = None) -> None:
    """Is called by uvicorn to listen."""
    await super().startup(sockets)
    for listener in sockets or ():
      listener.listen(_QUEUE)


def run_server(app: applications.Starlette, listener: socket.socket) -> None:
  """Serves until a signal asks to stop, then lets running downloads end.

  Raises:
    HubError: This process may open too few files for any connection.
  """
  config = uvicorn.Config(
    app,
    # It reads requests with h11, as the other parsers do not limit the size of
    # headers.
    http=connection.Connection,
    loop='asyncio',  # Others accept more connections at a time than are asked.
    backlog=connection.AT_ONCE,
    limit_concurrency=connection.most(),
    # No browser takes a file for something other than its type says.
    headers=[('x-content-type-options', 'nosniff')],
    server_header=False,
    timeout_graceful_shutdown=_GRACE,
  )
  # uvicorn obeys the signal and, once it has stopped, raises it again. Then it
  # must not kill this process, which ends with an exit code of its own.
  signal.signal(signal.SIGTERM, lambda *_: None)
  with listener:
    _Server(config).run(sockets=[listener])
