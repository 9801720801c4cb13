"""Listens for the requests to a hub, with uvicorn."""

import asyncio
from collections.abc import Sequence
import dataclasses
import errno
import functools
import pathlib
import signal
import socket
import ssl

from starlette import types
import uvicorn

from exporter import errors
from exporter.hub import connection
from exporter.hub import renewal
from exporter.hub import workers

_GRACE = 30  # Seconds that downloads have to end after a signal to stop.
_OF_PORTS = (errno.EADDRINUSE, errno.EACCES, errno.EPERM)
_QUEUE = 1024  # Connections that the system keeps until they are accepted.
_HANDSHAKE = 10  # Seconds for a client to agree on how to encrypt.
_MORE = 5.0  # Seconds beyond the grace until a process is ended by force.
_TICKS = 10  # How often uvicorn calls `on_tick` in a second.


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


@dataclasses.dataclass(frozen=True)
class Tls:
  """The files with which a server shows who it is."""

  certificate: pathlib.Path  # With those that vouch for it behind it.
  key: pathlib.Path

  def __post_init__(self) -> None:
    """Raises a HubError if the two cannot be used together."""
    self.load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))

  def load(self, context: ssl.SSLContext) -> None:
    """Lets a context show the certificate, from the next connection on.

    Raises:
      HubError: The two cannot be used together; the context is as it was.
    """
    try:
      for each in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), context):
        # Without `password`, OpenSSL would ask for one at the terminal, which a
        # server need not have.
        each.load_cert_chain(self.certificate, self.key, password=str)
    except (OSError, ssl.SSLError, ValueError) as error:
      raise errors.HubError(
        f'{self.certificate} and {self.key} are no certificate with its key: '
        f'{getattr(error, "reason", None) or error}; expected two PEM files, '
        'the key without a password'
      ) from error


def url(listener: socket.socket, tls: Tls | None = None) -> str:
  """The URL at which a listening socket is reached from this machine."""
  host, port, *_ = listener.getsockname()
  scheme = 'https' if tls else 'http'
  shown = f'[{host}]' if ':' in host else host
  return f'{scheme}://{shown}:{port}'


class _Server(uvicorn.Server):
  """Accepts a few connections at a time, for which many may queue up.

  uvicorn has one number for both.
  """

  def __init__(self, config: uvicorn.Config, renewed: Sequence[renewal.Renew]):
    super().__init__(config)
    self._renewed = renewed

  async def startup(self, sockets: list[socket.socket] | None = None) -> None:
    """Is called by uvicorn to listen."""
    if self.config.ssl:
      # uvicorn has no setting for the time that a handshake may take, and
      # asyncio's default is a minute.
      loop = asyncio.get_running_loop()
      loop.create_server = functools.partial(  # type: ignore[method-assign]
        loop.create_server, ssl_handshake_timeout=_HANDSHAKE
      )
    await super().startup(sockets)
    for listener in sockets or ():
      listener.listen(_QUEUE)

  async def on_tick(self, counter: int) -> bool:
    """Is called by uvicorn; returns whether to stop."""
    if counter % _TICKS == 0:
      for renew in self._renewed:
        renew()
      self.should_exit = self.should_exit or workers.is_orphan()
    return await super().on_tick(counter)


@dataclasses.dataclass(frozen=True)
class Options:
  """How a server serves."""

  # The certificate, which is read anew when it is replaced; without one it
  # speaks plain HTTP.
  tls: Tls | None = None
  has_log: bool = True  # Whether a line of text is written for each request.
  # How many connections one client address may hold to each process. None sets
  # no limit: behind a proxy all clients have its address.
  client_connections: int | None = None
  workers: int = 1  # Processes that answer.
  renewed: Sequence[renewal.Renew] = ()  # Called each second, in each process.


def run_server(
  app: types.ASGIApp, listener: socket.socket, options: Options
) -> None:
  """Serves until a signal asks to stop, then lets running downloads end.

  Raises:
    HubError: This process may open too few files for any connection.
  """
  tls, renewed = options.tls, options.renewed
  config = uvicorn.Config(
    app,
    # It reads requests with h11, as the other parsers do not limit the size of
    # headers.
    http=connection.limited(options.client_connections),
    access_log=options.has_log,
    ssl_certfile=tls.certificate if tls else None,
    ssl_keyfile=tls.key if tls else None,
    loop='asyncio',  # Others accept more connections at a time than are asked.
    backlog=connection.AT_ONCE,
    limit_concurrency=connection.most(),
    # No browser takes a file for something other than its type says.
    headers=[('x-content-type-options', 'nosniff')],
    server_header=False,
    timeout_graceful_shutdown=_GRACE,
  )
  config.load()
  if tls and config.ssl:
    read = functools.partial(tls.load, config.ssl)
    renewed = (*renewed, renewal.Files((tls.certificate, tls.key), read).renew)

  def serve() -> None:
    _Server(config, renewed).run(sockets=[listener])

  # uvicorn obeys the signal and, once it has stopped, raises it again. Then it
  # must not kill this process, which ends with an exit code of its own.
  signal.signal(signal.SIGTERM, lambda *_: None)
  with listener:
    if options.workers == 1:
      serve()
    else:
      workers.run(
        *(serve, options.workers, listener),
        renewed=renewed,
        grace=_GRACE + _MORE,
      )
