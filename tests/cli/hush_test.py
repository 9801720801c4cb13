"""What is logged is kept back, and shown where the process dies of it."""

import subprocess
import sys

from tests import source_tree

_LOG = "os.write(2, b'first\\n' + b'x' * 100_000 + b'\\nlast words\\n')"


def _run(code: str) -> subprocess.CompletedProcess:
  return subprocess.run(
    [
      *(sys.executable, '-c'),
      'import os, sys\n'
      'from exporter.cli import hush\n'
      'with hush.hushed() as error:\n'
      f'  {_LOG}\n'
      f'  {code}\n',
    ],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )


def test_what_is_logged_is_not_shown():
  done = _run("error.write('seen')")
  assert done.returncode == 0
  assert done.stderr == 'seen'


def test_what_fails_is_told_by_itself():
  done = _run("sys.exit('a reason')")
  assert done.stderr == 'a reason\n'


def test_the_last_words_of_what_aborts_are_shown():
  done = _run('os.abort()')
  assert done.returncode == -6
  assert 'last words' in done.stderr
  assert 'first' not in done.stderr
