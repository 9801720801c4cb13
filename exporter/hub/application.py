"""The web application of a hub: pages, exports and calls, with Starlette."""

import contextlib
import logging
import pathlib
import re

from starlette import applications
from starlette import concurrency
from starlette import exceptions
from starlette import middleware
from starlette import requests
from starlette import responses
from starlette import routing
from starlette import staticfiles
from starlette import types

from exporter import errors
from exporter.hub import answer as answer_lib
from exporter.hub import calls
from exporter.hub import cors
from exporter.hub import download
from exporter.hub import limits
from exporter.hub import recent
from exporter.hub import refusal
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
_REDIRECTS = (301, 302, 307, 308)
_HOST = re.compile(r'https?://[^/]*', re.IGNORECASE)


def _text(
  status: int, text: str, headers: dict[str, str] | None = None
) -> responses.Response:
  return responses.PlainTextResponse(f'{text}\n', status, headers)


class _Answers:
  """Answers every request from the site, if there is one, or from the hub."""

  def __init__(
    self,
    hub: answer_lib.Hub,
    sender: download.Sender,
    site: pathlib.Path | None,
  ):
    self._hub = hub
    self._sender = sender
    self._site = site and staticfiles.StaticFiles(directory=site, html=True)

  async def answer(self, request: requests.Request) -> responses.Response:
    """The answer to a GET or HEAD request."""
    response = await self._answer(request)
    if answer_lib.may_be_page(request):
      # A browser gets a page here, and a program a file. A cache must not give
      # one of them the answer to the other.
      response.headers.add_vary_header('accept')
    return response

  async def _answer(self, request: requests.Request) -> responses.Response:
    """Finds the answer; errors become answers, too."""
    try:
      limits.check_size(request)
      limits.check_bodiless(request)
      page = answer_lib.wants_page(request) and await self._of_site(request)
      return page or await self._of_hub(request)
    except (refusal.Refusal, *refusal.ERRORS) as error:
      refused = refusal.of(error)
      page = None
      if refused.status == 404 and answer_lib.may_be_page(request):
        page = await self._of_site(request)
        # Refusals with headers say when to try again; they keep their text.
        if not (page or refused.headers):
          page = await self._not_found(request)
      return page or _text(refused.status, str(refused), refused.headers)

  async def health(self, request: requests.Request) -> responses.Response:
    """Whether downloads are answered, for whoever watches over the server."""
    del request
    try:
      await concurrency.run_in_threadpool(self._hub.check)
    except (errors.SlimhubError, OSError) as error:
      _log.error('%s', outside.shown(str(error)))
      return _text(503, 'no file can be sent; the log says why', refusal.RETRY)
    return _text(200, 'ok')

  async def _of_site(
    self, request: requests.Request
  ) -> responses.Response | None:
    """The page or file of the site at the path of a request, if any."""
    if not self._site:
      return None
    path = self._site.get_path(request.scope)
    if any(part.startswith('.') for part in path.split('/')) and path != '.':
      return None  # Hidden files, such as those in .git, are not for readers.
    for name in (path, f'{path}.html'):  # A handle's page is HANDLE.html.
      try:
        response = await self._site.get_response(name, request.scope)
      except (exceptions.HTTPException, ValueError):
        continue
      if response.status_code in _REDIRECTS:
        return answer_lib.redirect(request, f'{path}/')
      if response.status_code < refusal.LEAST:
        return response
    return None

  async def _not_found(
    self, request: requests.Request
  ) -> responses.Response | None:
    """The site's 404.html, for people who are where nothing is."""
    if not self._site or not answer_lib.wants_page(request):
      return None
    scope = {**request.scope, 'headers': []}  # Always whole, never a 304.
    with contextlib.suppress(exceptions.HTTPException):
      response = await self._site.get_response('404.html', scope)
      response.status_code = 404
      return response
    return None

  async def _of_hub(self, request: requests.Request) -> responses.Response:
    answer = await concurrency.run_in_threadpool(self._hub.find, request)
    if isinstance(answer, responses.Response):
      return answer
    return await self._sender.send(request, answer)


class _OwnPaths:
  """Reads the path from a request line that has a whole URL.

  Programs that use a proxy send it the whole URL. A hub may be that proxy, for
  programs that cannot reach the host in the URL.
  """

  def __init__(self, app: types.ASGIApp):
    self._app = app

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Answers a request."""
    if scope['type'] == 'http' and _HOST.match(scope['path']):
      path = _HOST.sub('', scope['path'], count=1) or '/'
      scope = {**scope, 'path': path}
    await self._app(scope, receive, send)


def application(
  hub: answer_lib.Hub,
  site: pathlib.Path | None = None,
  is_open: bool = True,
  has_nginx: bool = False,
) -> types.ASGIApp:
  """The web application of a hub.

  Args:
    hub: Finds the answers from the exports.
    site: The folder of a site, whose pages are shown instead of the hub's own.
    is_open: Whether pages of other sites may read what it sends.
    has_nginx: Whether nginx stands in front, and sends the files that the hub
      names to it.

  Returns:
    An ASGI application.
  """
  sender = download.Sender(has_nginx)
  answers = _Answers(hub, sender, site)
  app = applications.Starlette(
    routes=[
      routing.Route('/healthz', answers.health, methods=['GET']),
      *calls.Calls(hub.kaggle, sender).routes(),
      routing.Route('/{path:path}', answers.answer, methods=['GET']),
    ],
    middleware=[
      *([cors.open_to_pages()] if is_open else []),
      middleware.Middleware(_OwnPaths),
    ],
  )
  return recent.Recent(app) if has_nginx else app
