"""Processes that serve the same, each replaced when it ends.

They are forked before any thread is started, so that they share what this one
has read, and the socket at which it listens.
"""

from collections.abc import Callable
from collections.abc import Sequence
import logging
import multiprocessing
import os
import signal
import socket
import time

from exporter.hub import renewal

_FORK = multiprocessing.get_context('fork')
_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_AWAITED = {*_STOP, signal.SIGCHLD, signal.SIGALRM}
_MOMENT = 0.1  # Between two signals to a process.
_SECOND = 1.0  # Between two looks at files, and two processes that end at once.

_log = logging.getLogger('uvicorn.error')


def is_orphan() -> bool:
  """Whether this is one of several processes whose first one is gone."""
  first = multiprocessing.parent_process()
  return first is not None and os.getppid() != first.pid


def _nothing(*_: object) -> None:
  """Is called for a signal that is obeyed elsewhere."""


def _begin(work: Callable[[], None]) -> None:
  """Does the work in a new process, which handles its own signals again."""
  for number in _STOP:
    # The server obeys the first two, and raises them once more when it has
    # ended. A terminal sends the third to all, and the first process obeys it.
    signal.signal(number, _nothing)
  signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)
  work()


class _Workers:
  """The processes that do the work."""

  def __init__(self, work: Callable[[], None], count: int):
    self._work = work
    self._all = [self._start() for _ in range(count)]

  def _start(self) -> multiprocessing.context.ForkProcess:
    # A daemon ends with this process, should it fail.
    started = _FORK.Process(target=_begin, args=[self._work], daemon=True)
    started.start()
    return started

  def replace(self) -> bool:
    """Starts a new process for each that has ended, if any has."""
    ended = [i for i, each in enumerate(self._all) if not each.is_alive()]
    for i in ended:
      _log.error(
        'process %d has ended, by itself or by somebody else (exit code %d): '
        'another one takes its place',
        *(self._all[i].pid, self._all[i].exitcode),
      )
      self._all[i] = self._start()
    return bool(ended)

  def stop(self, seconds: float) -> None:
    """Asks all to end, and ends those that do not in so many seconds."""
    end = time.monotonic() + seconds
    for each in self._all:
      each.terminate()
    for each in self._all:
      while each.is_alive() and time.monotonic() < end:
        each.join(_MOMENT)
        each.terminate()  # One that has only just begun did not obey yet.
      each.kill()
      each.join()


def run(
  work: Callable[[], None],
  count: int,
  listener: socket.socket,
  *,
  renewed: Sequence[renewal.Renew] = (),
  grace: float,
) -> None:
  """Lets several processes work until a signal asks to stop.

  Args:
    work: What each of them does, until it gets SIGTERM itself.
    count: How many there are.
    listener: Where all of them accept connections; nobody does once they stop.
    renewed: Are called each second, so that a process that takes the place of
      another begins with what is in force.
    grace: Seconds that they have to stop.

  Raises:
    KeyboardInterrupt: The signal was SIGINT, after which they have stopped.
  """
  # A signal with the default action, to ignore it, might never be delivered.
  signal.signal(signal.SIGCHLD, _nothing)
  awaited = set(_AWAITED)
  if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    awaited.remove(signal.SIGHUP)  # By `nohup`; a wait for it would not ignore.
  signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
  workers = _Workers(work, count)
  # Not every system has a wait for signals that ends by itself.
  signal.setitimer(signal.ITIMER_REAL, _SECOND, _SECOND)
  while (signal_number := signal.sigwait(awaited)) not in _STOP:
    for renew in renewed:
      renew()
    if workers.replace():
      time.sleep(_SECOND)
  signal.setitimer(signal.ITIMER_REAL, 0)
  listener.close()
  workers.stop(grace)
  if signal_number == signal.SIGINT:
    raise KeyboardInterrupt
