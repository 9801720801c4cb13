"""Signals to a command, before it has begun and while a terminal is gone."""

import signal
import subprocess
import sys

import pytest

from tests import source_tree

# A signal comes while the command line is read.
_INTERRUPTED = """
import signal
import sys
from unittest import mock
from exporter import __main__, cli

def parse(argv):
  signal.raise_signal(int(sys.argv[1]))
  sys.exit(0)

with mock.patch.object(cli, 'parse', parse):
  __main__.run()
"""


@pytest.mark.parametrize(
  ('number', 'by_nohup', 'code'),
  [
    (signal.SIGINT, False, 130),
    (signal.SIGTERM, False, 130),
    (signal.SIGHUP, False, 130),
    (signal.SIGHUP, True, 0),
  ],
)
def test_a_signal_before_the_command_begins(number, by_nohup, code):
  command = [sys.executable, '-c', _INTERRUPTED, str(int(number))]
  done = subprocess.run(
    ['nohup', *command] if by_nohup else command,
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert (done.returncode, 'Traceback' in done.stderr) == (code, False)
