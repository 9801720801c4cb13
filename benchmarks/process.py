"""Runs a program and measures it: time, and memory with all its children."""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import os
import pathlib
import subprocess
import sys
import time

_SECONDS = 0.2  # Between two looks at the memory.
_PAGE = os.sysconf('SC_PAGE_SIZE')
_MEGABYTE = 1e6


@dataclasses.dataclass(frozen=True)
class Figures:
  """What a program took."""

  seconds: float
  largest_mb: float  # The peak of its largest process.
  whole_mb: float  # The peak of all its processes together.


def _tree(pid: int) -> Iterator[int]:
  yield pid
  for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
    for child in (task / 'children').read_text().split():
      yield from _tree(int(child))


def _resident(pid: int) -> int:
  """Memory that a process has and no other one shares."""
  pages = pathlib.Path(f'/proc/{pid}/statm').read_text().split()
  return (int(pages[1]) - int(pages[2])) * _PAGE


def peak_mb(pid: int) -> tuple[float, float]:
  """The peak of a process so far, and how much of what it has is shared."""
  lines = pathlib.Path(f'/proc/{pid}/status').read_text().splitlines()
  fields = dict(line.split(':', 1) for line in lines)
  shared = int(pathlib.Path(f'/proc/{pid}/statm').read_text().split()[2])
  kilobytes = int(fields['VmHWM'].split()[0])
  return kilobytes * 1024 / _MEGABYTE, shared * _PAGE / _MEGABYTE


def _memory(pid: int) -> list[int]:
  """Of each process of a tree; those that end meanwhile have none."""
  try:
    return [_resident(process) for process in _tree(pid)]
  except OSError:
    return [0]


def run(command: Sequence[str]) -> Figures:
  """Runs `python -m COMMAND...` to its end.

  Raises:
    RuntimeError: It failed.
  """
  start = time.monotonic()
  process = subprocess.Popen(
    [sys.executable, '-m', *command],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
    env={**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3'},
  )
  largest = whole = 0
  while process.poll() is None:
    memory = _memory(process.pid)
    largest, whole = max(largest, *memory), max(whole, sum(memory))
    time.sleep(_SECONDS)
  if process.returncode:
    raise RuntimeError(f'{" ".join(command)} failed: {process.returncode}')
  return Figures(
    time.monotonic() - start, largest / _MEGABYTE, whole / _MEGABYTE
  )
