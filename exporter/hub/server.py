"""Listens for the requests to a hub, with uvicorn."""

import errno
import signal
import socket

from starlette import applications
import uvicorn

from exporter import errors
from exporter.hub import connection

_GRACE = 30  # Seconds that downloads have to end after a signal to stop.
_OF_PORTS = (errno.EADDRINUSE, errno.EACCES, errno.EPERM)
_QUEUE = 1024  # Connections that the system keeps until they are accepted.


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
