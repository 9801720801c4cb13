"""The code blocks of a Markdown file, to be run as their reader would."""

import os
import pathlib
import re
import shlex
import subprocess
import sys

from tests import source_tree
from tests.consumers import environments

# Blocks that go together share a process, as TensorFlow is slow to import.
_RUN = """
import sys
for block in sys.argv[1:]:
  try:
    exec(block, {})
  except BaseException:
    print(block, 'failed:', sep='\\n', file=sys.stderr)
    raise
"""


def find(text: str, language: str) -> list[str]:
  """What stands in the blocks of a language."""
  pattern = rf'^```{language}\n(.*?)^```'
  return re.findall(pattern, text, re.DOTALL | re.MULTILINE)


def slimhub(command: str, folder: pathlib.Path) -> str:
  """What a command of slimhub's prints, as typed in a folder."""
  program, *words = shlex.split(command)
  assert program == 'slimhub'
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', *words],
    cwd=folder,
    env={**os.environ, 'PYTHONPATH': str(source_tree.ROOT)},
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stdout + done.stderr
  return done.stdout


def run(
  python: pathlib.Path | str,
  blocks: list[str],
  folder: pathlib.Path,
  **extra: str,
) -> None:
  """Runs blocks, each with names of its own.

  Args:
    python: The interpreter.
    blocks: What to run, in one process.
    folder: Where.
    **extra: Environment variables.
  """
  done = subprocess.run(
    [str(python), '-c', _RUN, *blocks],
    cwd=folder,
    env=environments.variables(**extra),
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr[-4000:]
