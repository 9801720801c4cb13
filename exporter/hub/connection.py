"""The connections of a hub: no client holds one for ever, or all of them."""

import asyncio
import logging
import resource
from typing import Any

from uvicorn.protocols.http import h11_impl

from exporter import errors

AT_ONCE = 16  # How many connections an event loop accepts before it goes on.
_MOST = 1000
_FEWEST = 16
# What needs descriptors beside the connections and the files sent through them:
# those accepted in the few rounds of the loop until one of them is counted or
# closed, threads that read manifests and cards, bundles that are being made.
_SPARE = 4 * AT_ONCE + 64

_GOODBYE = 2.0  # Seconds.
# The answer to a client that has too many connections.
_TOO_MANY = (
  b'HTTP/1.1 429 Too Many Requests\r\ncontent-type: text/plain\r\n'
  b'content-length: 31\r\nretry-after: 5\r\nconnection: close\r\n\r\n'
  b'too many connections at a time\n'
)

_log = logging.getLogger('uvicorn.error')


def most() -> int:
  """How many connections this process may have.

  There are so few that descriptors never run out: an event loop that cannot
  accept a connection logs so without end, and a hub that cannot open a file
  answers nobody.

  Raises:
    HubError: The process may open hardly any file.
  """
  files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
  if files == resource.RLIM_INFINITY:
    return _MOST
  count = min(_MOST, (files - _SPARE) // 2)  # Each may be sent a file.
  if count < _FEWEST:
    raise errors.HubError(
      f'this process may open {files} files at a time, expected '
      f'{_SPARE + 2 * _FEWEST} or more; raise the limit, as with '
      '`ulimit -n 1024`'
    )
  return count


class Connection(h11_impl.H11Protocol):
  """A connection that is closed where its client lets it wait.

  uvicorn itself closes those that are idle between two requests, and answers
  503 while `limit_concurrency` of them are open.
  """

  # How long a client may take to send a request with its body. The time runs
  # from when the request is expected, whether or not a byte has come.
  request_seconds = 20.0
  stall_seconds = 60.0  # In which a client must take some of an answer.
  most_of_one: int | None = None  # Connections that one address may have.

  def __init__(self, *args: Any, **kwargs: Any):
    super().__init__(*args, **kwargs)
    self._waits_since = 0.0
    self._is_refused = False
    self._request_timer: asyncio.TimerHandle | None = None
    self._stall_timer: asyncio.TimerHandle | None = None

  def connection_made(  # type: ignore[override]  # As uvicorn's own.
    self, transport: asyncio.Transport
  ) -> None:
    """Is called once the connection is accepted."""
    super().connection_made(transport)
    # A connection is paused as soon as bytes cannot be sent at once, so that
    # `resume_writing` says when its client has taken everything. With TLS a
    # limit of 0 would be reached by no byte at all, and never be left.
    transport.set_write_buffer_limits(1, 0)
    if self._is_one_too_many:
      self._refuse()
      return
    self._expect_request()
    limit = self.config.limit_concurrency
    if limit and len(self.connections) >= limit:
      self._close_another()

  def connection_lost(self, exc: Exception | None) -> None:
    """Is called once the connection is closed, by whomever."""
    super().connection_lost(exc)
    for timer in (self._request_timer, self._stall_timer):
      if timer:
        timer.cancel()

  def data_received(self, data: bytes) -> None:
    """Is called with what the client sent."""
    if self._is_refused:
      return
    self._limit()
    super().data_received(data)
    self._expect_request()

  def shutdown(self) -> None:
    """Is called when the server ends; idle clients are not waited for."""
    is_idle = self._waits
    super().shutdown()
    # TLS would wait until the client says goodbye, too.
    if is_idle and self.scheme == 'https':
      self.loop.call_later(_GOODBYE, self.transport.abort)

  def on_response_complete(self) -> None:
    """Is called when an answer is written, before the client has all of it."""
    self._limit()  # The next request may have come already.
    super().on_response_complete()
    self._expect_request()

  def pause_writing(self) -> None:
    """Is called when an answer waits for the client to take it."""
    super().pause_writing()
    self._expect_progress()

  def resume_writing(self) -> None:
    """Is called when the client has taken all that was written."""
    super().resume_writing()
    if self._stall_timer:
      self._stall_timer.cancel()

  @property
  def _is_one_too_many(self) -> bool:
    """Whether its address has as many connections as one may have."""
    if self.most_of_one is None or not self.client:
      return False
    own = [
      each
      for each in self.connections
      if isinstance(each, Connection)
      and not each._is_refused
      and each.client
      and each.client[0] == self.client[0]
    ]
    return len(own) > self.most_of_one

  def _refuse(self) -> None:
    """Says that there are too many, and lets the client say what it wants.

    Closed at once, the connection would break while a client still sends its
    request, and the client would not read why.
    """
    self._is_refused = True
    self.transport.write(_TOO_MANY)
    if self.transport.can_write_eof():  # TLS cannot.
      self.transport.write_eof()
    self._request_timer = self.loop.call_later(_GOODBYE, self.transport.abort)

  @property
  def _is_answered(self) -> bool:
    """Whether the client owes the head of a request, and no answer is owed."""
    return self.cycle is None or self.cycle.response_complete

  @property
  def _lacks_body(self) -> bool:
    """Whether the client owes the rest of a request."""
    return not self._is_answered and self.cycle.more_body

  @property
  def _waits(self) -> bool:
    """Whether the client owes something, and has taken all answers."""
    has_all = not self.flow.write_paused and not self.transport.is_closing()
    return (self._is_answered or self._lacks_body) and has_all

  def _expect_request(self) -> None:
    """Starts the time of a client that owes a request, and else stops it.

    Further bytes do not start it anew.
    """
    if not (self._is_answered or self._lacks_body):
      if self._request_timer:
        self._request_timer.cancel()
        self._request_timer = None
    elif not self._request_timer:
      self._waits_since = self.loop.time()
      self._request_timer = self.loop.call_later(
        self.request_seconds, self._give_up
      )

  def _limit(self) -> None:
    """Has uvicorn refuse the next request if too many connections are open.

    It would count those that are being closed for this one, too, and what was
    done for them, and so refuse whoever comes with many others at a time.
    """
    limit = self.config.limit_concurrency
    is_open = (not each.transport.is_closing() for each in self.connections)
    if limit and len(self.connections) >= limit and sum(is_open) >= limit:
      self.limit_concurrency = 0
    else:
      self.limit_concurrency = None

  def _close_another(self) -> None:
    """Closes the connection that has waited longest for its client.

    So those who open connections and send nothing, or little by little, push
    out themselves, and nobody who sends a request.
    """
    others = self.connections - {self}
    waiting = [
      each for each in others if isinstance(each, Connection) and each._waits
    ]
    if waiting:
      longest = min(waiting, key=lambda each: each._waits_since)
      longest._give_up()

  def _give_up(self) -> None:
    if self._lacks_body:
      self.transport.abort()  # No part of the answer was sent yet.
    else:
      self.timeout_keep_alive_handler()

  def _expect_progress(self) -> None:
    self._stall_timer = self.loop.call_later(
      self.stall_seconds,
      self._check_progress,
      self.transport.get_write_buffer_size(),
    )

  def _check_progress(self, before: int) -> None:
    if self.transport.get_write_buffer_size() < before:
      self._expect_progress()
    else:
      _log.warning(
        '%s:%d has taken nothing for %g seconds: closed',
        *(self.client or ('', 0)),
        self.stall_seconds,
      )
      self.transport.abort()


def limited(most_of_one: int | None) -> type[Connection]:
  """Connections of which one address may have no more than so many."""
  return type('Limited', (Connection,), {'most_of_one': most_of_one})
