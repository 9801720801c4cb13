"""`python -m exporter`, the same as the console script `slimhub`."""

import os
import signal

from absl import app

from exporter import cli


def _open_standard_files() -> None:
  """Keeps closed standard files from becoming some pipe of the workers."""
  for descriptor in range(3):
    try:
      os.fstat(descriptor)
    except OSError:
      # Takes the lowest that is free; the workers need it taken as well.
      os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def run() -> None:
  """Runs the command line and exits with its code."""
  _open_standard_files()
  # What `timeout` and service managers send ends a run as Ctrl-C does.
  signal.signal(signal.SIGTERM, signal.default_int_handler)
  app.run(cli.main, flags_parser=cli.parse)


if __name__ == '__main__':
  run()
