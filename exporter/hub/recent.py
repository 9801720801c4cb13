"""Repeats for a moment which file nginx shall send, so that many can ask."""

import time

from starlette import datastructures
from starlette import types

from exporter.hub import nginx

_MOMENT = 1.0  # Seconds after which the hub is asked again.
_MOST = 1000
# Headers of a request that change nothing of which file answers it.
_OTHERS = frozenset(
  (
    *(b'accept-encoding', b'accept-language', b'connection', b'cookie'),
    *(b'host', b'user-agent', b'x-forwarded-for', b'x-forwarded-proto'),
  )
)
_BODILESS = ('GET', 'HEAD')  # What others send in a body is no question yet.
_START, _BODY = 'http.response.start', 'http.response.body'


def _question(scope: types.Scope) -> tuple[object, ...]:
  """All of a request that may decide what answers it."""
  headers = tuple(each for each in scope['headers'] if each[0] not in _OTHERS)
  path = scope.get('root_path', ''), scope['path'], scope['query_string']
  return scope['method'], *path, headers


class Recent:
  """Gives the answer of a moment ago again, where it names a file to nginx.

  Then nginx sends the file, and to find its name takes longer than to say it.
  When an export is replaced, whoever asks in the moment after it gets the one
  before, whole.
  """

  def __init__(self, app: types.ASGIApp, seconds: float = _MOMENT):
    self._app = app
    self._seconds = seconds
    # What was asked, and when it was answered by which headers.
    self._answers: dict[
      tuple[object, ...], tuple[float, list[tuple[bytes, bytes]]]
    ] = {}

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Answers a request."""
    if scope['type'] != 'http' or scope['method'] not in _BODILESS:
      await self._app(scope, receive, send)
      return
    question = _question(scope)
    when, headers = self._answers.get(question, (0.0, []))
    if headers and time.monotonic() < when + self._seconds:
      # Whoever passes it on may complete the headers.
      start = {'type': _START, 'status': 200, 'headers': [*headers]}
      await send(start)
      await send({'type': _BODY, 'body': b''})
      return

    async def noted(message: types.Message) -> None:
      if message['type'] == _START:
        self._note(question, message)
      await send(message)

    await self._app(scope, receive, noted)

  def _note(self, question: tuple[object, ...], start: types.Message) -> None:
    """Keeps how an answer begins, if all of it is the name of a file."""
    if nginx.NAME not in datastructures.Headers(scope=start):
      return
    if len(self._answers) >= _MOST:
      self._answers.clear()
    self._answers[question] = time.monotonic(), [*start['headers']]
