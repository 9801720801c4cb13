"""Repeats for a moment which file nginx shall send, so that many can ask."""

import asyncio
import dataclasses
import time

from starlette import datastructures
from starlette import types

from exporter.hub import nginx

_MOMENT = 0.5  # Seconds after which the hub is asked again.
_MOST = 1000
# Headers of a request that change nothing of which file answers it.
_OTHERS = frozenset(
  (
    *(b'accept-encoding', b'accept-language', b'connection', b'cookie'),
    *(b'host', b'user-agent', b'x-forwarded-for', b'x-forwarded-proto'),
  )
)
# Other methods have a body, which would be a part of the question.
_BODILESS = ('GET', 'HEAD')
_START, _BODY = 'http.response.start', 'http.response.body'


def _question(scope: types.Scope) -> tuple[object, ...]:
  """All of a request that may decide what answers it."""
  headers = tuple(each for each in scope['headers'] if each[0] not in _OTHERS)
  path = scope.get('root_path', ''), scope['path'], scope['query_string']
  return scope['method'], *path, headers


@dataclasses.dataclass(frozen=True)
class _Answer:
  """What the hub answered, and until when that is repeated."""

  headers: list[tuple[bytes, bytes]]
  until: float
  is_renewed: bool = False  # Whether somebody is asking the hub again.


class Recent:
  """Gives the answer of a moment ago again, where it names a file to nginx.

  Then nginx sends the file, and to find its name takes longer than to say it.
  If all clients asked at once, each would wait for all of the others. So the
  first one asks, and those who ask the same meanwhile wait for its answer. If
  it names no file, they ask as well.

  After a moment one client asks the hub again. Until it has the new answer, but
  for no longer than a second moment, the others get the one before. So when an
  export is replaced, whoever asks within two moments may get the one before,
  whole.
  """

  def __init__(self, app: types.ASGIApp, seconds: float = _MOMENT):
    self._app = app
    self._seconds = seconds
    self._answers: dict[tuple[object, ...], _Answer] = {}
    # What is being asked, until there is an answer.
    self._asked: dict[tuple[object, ...], asyncio.Event] = {}

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Answers a request."""
    if scope['type'] != 'http' or scope['method'] not in _BODILESS:
      await self._app(scope, receive, send)
      return
    question = _question(scope)
    if question in self._asked and question not in self._answers:
      await self._asked[question].wait()
    headers = self._repeated(question)
    if headers:
      # Whoever passes it on may complete the headers.
      start = {'type': _START, 'status': 200, 'headers': [*headers]}
      await send(start)
      await send({'type': _BODY, 'body': b''})
      return

    answered = self._asked[question] = asyncio.Event()

    async def noted(message: types.Message) -> None:
      if message['type'] == _START:
        self._note(question, message)
        self._release(question, answered)
      await send(message)

    try:
      await self._app(scope, receive, noted)
    finally:  # It may end without an answer.
      self._release(question, answered)

  def _release(
    self, question: tuple[object, ...], answered: asyncio.Event
  ) -> None:
    """Lets those go on who wait for an answer."""
    answered.set()
    if self._asked.get(question) is answered:
      del self._asked[question]

  def _repeated(
    self, question: tuple[object, ...]
  ) -> list[tuple[bytes, bytes]] | None:
    """The headers of an answer to repeat; None if the hub is to be asked."""
    answer = self._answers.get(question)
    if answer is None:
      return None
    now = time.monotonic()
    if now < answer.until:
      return answer.headers
    until = answer.until + self._seconds
    if answer.is_renewed or now >= until:
      del self._answers[question]
    else:  # This client asks, and the next ones need not.
      self._answers[question] = _Answer(answer.headers, until, is_renewed=True)
    return None

  def _note(self, question: tuple[object, ...], start: types.Message) -> None:
    """Keeps how an answer begins, if all of it is the name of a file."""
    self._answers.pop(question, None)
    if nginx.NAME not in datastructures.Headers(scope=start):
      return
    if len(self._answers) >= _MOST:
      self._answers.clear()
    until = time.monotonic() + self._seconds
    self._answers[question] = _Answer([*start['headers']], until)
