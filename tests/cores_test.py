"""What this process may use, not what the machine has."""

import os
import subprocess
import sys

from exporter import cores


def test_a_process_that_may_use_one_core_finds_one():
  code = (
    'import os; from exporter import cores; '
    'os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); '
    'print(cores.available())'
  )
  assert subprocess.check_output([sys.executable, '-c', code]) == b'1\n'
  assert 1 <= cores.available() <= (os.cpu_count() or 1)
