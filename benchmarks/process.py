"""Runs a program and measures its time and memory, with all its children."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import os
import pathlib
import subprocess
import threading
import time

_SECONDS = 0.2  # How often the memory is measured, and at first:
_AT_FIRST = 0.02  # Some programs end before that.
_PAGE = os.sysconf('SC_PAGE_SIZE')  # Bytes.
_MEGABYTE = 1e6


@dataclasses.dataclass(frozen=True)
class Figures:
  """The time and memory that a program needed."""

  seconds: float
  largest_mb: float  # The peak of memory of its largest process.
  whole_mb: float  # The peak of memory of all its processes together.


def _tree(pid: int) -> Iterator[int]:
  yield pid
  for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
    for child in (task / 'children').read_text().split():
      yield from _tree(int(child))


def _resident(pid: int) -> int:
  """Bytes of memory that a process does not share with others."""
  pages = pathlib.Path(f'/proc/{pid}/statm').read_text().split()
  return (int(pages[1]) - int(pages[2])) * _PAGE


def peak_mb(pid: int) -> tuple[float, float]:
  """The peak of a process's memory so far, and what it shares now, in MB."""
  lines = pathlib.Path(f'/proc/{pid}/status').read_text().splitlines()
  fields = dict(line.split(':', 1) for line in lines)
  shared = int(pathlib.Path(f'/proc/{pid}/statm').read_text().split()[2])
  kilobytes = int(fields['VmHWM'].split()[0])
  return kilobytes * 1024 / _MEGABYTE, shared * _PAGE / _MEGABYTE


def _memory(pid: int) -> list[int]:
  """The memory, in bytes, of each process in a tree; [0] if one has ended."""
  try:
    return [_resident(process) for process in _tree(pid)]
  except OSError:
    return [0]


def run(
  command: Sequence[str], environment: Mapping[str, str] | None = None
) -> Figures:
  """Runs a program and waits for its end.

  Args:
    command: The program and its arguments.
    environment: Variables for it, beside those of this process.

  Raises:
    RuntimeError: The program failed.
  """
  os.sync()  # Nobody waits for what was written before.
  start = time.monotonic()
  process = subprocess.Popen(
    command,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
    env={**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', **(environment or {})},
  )
  largest = whole = 0
  ended = threading.Event()
  seconds: list[float] = []

  def wait() -> None:
    process.wait()
    seconds.append(time.monotonic() - start)
    ended.set()

  threading.Thread(target=wait).start()
  pause = _AT_FIRST
  while not ended.wait(pause):
    pause = min(1.5 * pause, _SECONDS)
    memory = _memory(process.pid)
    largest, whole = max(largest, *memory), max(whole, sum(memory))
  if process.returncode:
    raise RuntimeError(f'{" ".join(command)} failed: {process.returncode}')
  return Figures(seconds[0], largest / _MEGABYTE, whole / _MEGABYTE)
