"""Lets only those ask a hub whom its file of tokens names."""

from starlette import datastructures
from starlette import responses
from starlette import types

from exporter.hub import refusal
from exporter.hub import tokens

_LACKS = 'this hub asks for a token: Authorization: Bearer TOKEN\n'
_OTHER = 'this token is not for this path\n'


class Guard:
  """Answers 401 or 403 for the application, or lets it answer."""

  def __init__(self, app: types.ASGIApp, access: tokens.Access):
    self._app = app
    self._access = access

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Answers a request."""
    if scope['type'] != 'http':
      await self._app(scope, receive, send)
      return
    authorization = datastructures.Headers(scope=scope).get('authorization', '')
    state = scope.setdefault('state', {})
    state['user'] = self._access.name(authorization)
    # A browser asks by OPTIONS, without a token, whether it may ask at all.
    may = scope['method'] == 'OPTIONS' or self._access.allows(
      scope['path'], authorization
    )
    app = self._app if may else self._refusal(state['user'])
    await app(scope, receive, _private(send))

  @staticmethod
  def _refusal(user: str) -> types.ASGIApp:
    """The same for every path, so that nobody learns which there are."""
    if user:
      return responses.PlainTextResponse(_OTHER, 403)
    refused = responses.PlainTextResponse(_LACKS, 401)
    for scheme in ('Bearer', 'Basic'):
      refused.headers.append('www-authenticate', f'{scheme} realm="slimhub"')
    return refused


def _private(send: types.Send) -> types.Send:
  """Keeps caches from handing the answer to one client to another."""

  async def sent(message: types.Message) -> None:
    if message['type'] == 'http.response.start':
      headers = datastructures.MutableHeaders(scope=message)
      headers.add_vary_header('authorization')
      kept = headers.get('cache-control', 'no-cache')
      is_kept = message['status'] < refusal.LEAST and 'no-store' not in kept
      headers['cache-control'] = f'{kept}, private' if is_kept else 'no-store'
    await send(message)

  return sent
