"""Signals to a command, before it has begun and while a terminal is gone."""

import os
import pty
import shlex
import signal
import subprocess
import sys
import time

import pytest

from exporter.storage import delivery
from tests import source_tree
from tests import workers

# A signal comes while the command line is read.
_INTERRUPTED = """
import signal
import sys
from unittest import mock
from exporter import __main__, cli

def parse(argv):
  number = int(sys.argv[1])
  try:
    signal.raise_signal(number)
  finally:
    if number == signal.SIGHUP:  # Bash sends it twice.
      signal.raise_signal(number)
    print('cleared')
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
  assert done.stdout == 'cleared\n'


@pytest.mark.parametrize('log', ['', 'log'])
def test_a_run_whose_terminal_is_closed_ends_with_a_summary(tmp_path, log):
  words = ['export', 'mobilenet_v1_*', '--synthetic_weights', '--jobs=1']
  command = shlex.join([sys.executable, '-m', 'exporter', *words])
  script = f'exec {command} --progress=bar --output_dir=out'
  if log:
    script += f' > {log}'
  pid, terminal = pty.fork()
  if not pid:
    os.chdir(tmp_path)
    environment = {**os.environ, 'PYTHONPATH': str(source_tree.ROOT)}
    os.execve('/bin/sh', ['sh', '-c', script], environment)
  while not workers.are_at_work(tmp_path / 'out'):
    assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    time.sleep(0.01)
  os.close(terminal)
  _, status = os.waitpid(pid, 0)
  assert os.waitstatus_to_exitcode(status) == 130
  if log:
    assert (tmp_path / log).read_text().splitlines()[-1].startswith('all ')
  assert not (tmp_path / 'out' / delivery.STAGING).exists()
