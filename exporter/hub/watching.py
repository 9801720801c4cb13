"""What came of each request, for logs and figures."""

from collections.abc import Callable
from collections.abc import Sequence
import dataclasses
import time
from typing import TypeAlias

from starlette import datastructures
from starlette import types


@dataclasses.dataclass(frozen=True)
class Seen:
  """A request that was answered, or that its client gave up."""

  client: str  # Its address; empty where nobody knows it.
  user: str  # The name of its token; empty without one.
  method: str
  path: str
  status: int
  bytes: int  # The size of the answer's body.
  seconds: float
  agent: str  # What the client calls itself.


See: TypeAlias = Callable[[Seen], None]


class Watch:
  """Tells of each request to an application, once it is answered."""

  def __init__(self, app: types.ASGIApp, observers: Sequence[See]):
    self._app = app
    self._observers = observers

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Answers a request."""
    if scope['type'] != 'http':
      await self._app(scope, receive, send)
      return
    start = time.monotonic()
    status, sent = 500, 0  # An application that fails answers nothing itself.
    scope['state'] = {**scope.get('state', {}), 'user': ''}
    state = scope['state']

    async def counted(message: types.Message) -> None:
      nonlocal status, sent
      status = message.get('status', status)
      sent += len(message.get('body', b''))
      await send(message)

    try:
      await self._app(scope, receive, counted)
    finally:
      agent = datastructures.Headers(scope=scope).get('user-agent', '')
      seen = Seen(
        client=(scope.get('client') or ('',))[0],
        user=state['user'],
        method=scope['method'],
        path=scope['path'],
        status=status,
        bytes=sent,
        seconds=time.monotonic() - start,
        agent=agent,
      )
      for see in self._observers:
        see(seen)
