"""`python -m exporter`, the same as the console script `slimhub`."""

import gc
import os
import signal
import sys

from absl import app

from exporter import cli
from exporter import environment

# After so many new objects Python looks for garbage. By its own number, 700, it
# would do so again and again during imports, which leave hardly any.
_OBJECTS = 10_000


def _open_standard_files() -> None:
  """Opens the null device in place of closed standard files.

  Otherwise a pipe to a worker would get one of their descriptors, and what is
  printed would go into that pipe.
  """
  for descriptor in range(3):
    try:
      os.fstat(descriptor)
    except OSError:
      # open() takes the lowest free descriptor, which is this one. Workers
      # inherit it, so that it is taken in them, too.
      os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
  # Python has no file for one that was closed when it started.
  if sys.stdout is None:
    sys.stdout = os.fdopen(1, 'w', closefd=False)
  if sys.stderr is None:
    sys.stderr = os.fdopen(2, 'w', closefd=False)


def _forget_empty_date() -> None:
  """Unsets SOURCE_DATE_EPOCH if it is empty, which NumPy takes for no number.

  Workers inherit that.
  """
  if not os.environ.get(environment.SOURCE_DATE):
    os.environ.pop(environment.SOURCE_DATE, None)


def _obey_signals() -> None:
  """Makes the signals that ask for an end do what Ctrl-C does.

  `timeout` and service managers send SIGTERM, and a terminal that is closed
  sends SIGHUP, unless `nohup` said that a run shall go on. A server, which ends
  its downloads after a SIGTERM, does the same after a SIGHUP.
  """
  terminals = [number for number in (1, 2) if os.isatty(number)]

  def hang_up(*_: object) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # Bash sends a second one.
    for number in terminals:
      if not os.isatty(number):  # It is gone: whatever is written would fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    signal.raise_signal(signal.SIGTERM)

  signal.signal(signal.SIGTERM, signal.default_int_handler)
  if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
    signal.signal(signal.SIGHUP, hang_up)


def run() -> None:
  """Runs the command line and exits with its code."""
  _open_standard_files()
  _forget_empty_date()
  _obey_signals()
  gc.set_threshold(_OBJECTS)
  try:
    app.run(cli.main, flags_parser=cli.parse)
  except KeyboardInterrupt:  # The command had not begun.
    sys.exit(cli.INTERRUPTED)
  finally:
    gc.freeze()  # At its end, Python would look through all that was imported.


if __name__ == '__main__':
  run()
