"""What every answer says to browsers and caches, unless it says so itself."""

from starlette import datastructures
from starlette import types

from exporter.hub import refusal

# For pages of a site: what MkDocs writes, WebAssembly for models that run in
# them, and nothing from elsewhere.
_OF_SITE = (
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
  "style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
  "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_OF_FILES = "default-src 'none'; frame-ancestors 'none'"


def _complete(headers: datastructures.MutableHeaders, status: int) -> None:
  is_page = headers.get('content-type', '').startswith('text/html')
  headers.setdefault(
    'content-security-policy', _OF_SITE if is_page else _OF_FILES
  )
  headers.setdefault('x-frame-options', 'DENY')
  headers.setdefault('referrer-policy', 'no-referrer')
  headers.setdefault(
    'cache-control', 'no-store' if status >= refusal.LEAST else 'no-cache'
  )


class Headers:
  """Completes the headers of all answers of an application."""

  def __init__(self, app: types.ASGIApp):
    self._app = app

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Answers a request."""

    async def completed(message: types.Message) -> None:
      if message['type'] == 'http.response.start':
        _complete(
          datastructures.MutableHeaders(scope=message), message['status']
        )
      await send(message)

    await self._app(scope, receive, completed)
