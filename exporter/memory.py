"""How much memory this process may still take: the machine's, or its cgroup's.

A container or a service may have less memory than the machine: its cgroup, or
one around that, has a limit, beyond which the system kills processes.
"""

from collections.abc import Iterator
import contextlib
import ctypes
import gc
import os
import pathlib

GB = 10**9  # Bytes.
_MOUNT = 'sys/fs/cgroup'
# For the second version of cgroups and for the first: the files with the limit
# and with what is taken, and the line with the part of it that caches files,
# which the system drops when memory is needed.
_FILES = (
  ('memory.max', 'memory.current', 'inactive_file'),
  (
    'memory.limit_in_bytes',
    'memory.usage_in_bytes',
    'total_inactive_file',
  ),
)


def _fields(path: pathlib.Path) -> dict[str, int]:
  """The numbers of a file with a name and a number in each line."""
  lines = [line.split() for line in path.read_text().splitlines()]
  return {line[0].rstrip(':'): int(line[1]) for line in lines if len(line) > 1}


def _cgroups(root: pathlib.Path) -> Iterator[pathlib.Path]:
  """The folders of the cgroups that limit this process's memory."""
  with contextlib.suppress(OSError):
    for line in (root / 'proc/self/cgroup').read_text().splitlines():
      _, controllers, path = (*line.split(':', 2), '', '')[:3]
      if not path or controllers not in ('', 'memory'):
        continue
      mount = root / _MOUNT / controllers
      # In a container, the path may be one that only the host has.
      inner = pathlib.PurePosixPath(path.lstrip('/'))
      yield from (mount / each for each in (inner, *inner.parents))


def _room(cgroup: pathlib.Path) -> int | None:
  """How many bytes a cgroup leaves; None if it has no limit."""
  for limit, taken, files in _FILES:
    try:
      most = int((cgroup / limit).read_text())
      used = int((cgroup / taken).read_text())
      return most - used + _fields(cgroup / 'memory.stat').get(files, 0)
    except (OSError, ValueError):  # The limit may be a word: `max`.
      continue
  return None


def taken(
  root: pathlib.Path = pathlib.Path('/'), pid: int | None = None
) -> int | None:
  """The bytes of a process that are in memory.

  Args:
    root: Where the system's own files are.
    pid: The process; None stands for this one.

  Returns:
    None where the system does not say.
  """
  try:
    process = root / 'proc' / str(pid or 'self')
    pages = (process / 'statm').read_text().split()[1]
    return int(pages) * os.sysconf('SC_PAGE_SIZE')
  except (OSError, IndexError, ValueError):
    return None


def give_back() -> None:
  """Gives memory that this process does not use back to the system.

  The C library keeps most of what is freed, to use it again: after a large
  network that is two gigabytes.
  """
  gc.collect()
  # Other C libraries than GNU's have no such function.
  with contextlib.suppress(OSError, AttributeError):
    ctypes.CDLL(None).malloc_trim(0)


def free_gb(root: pathlib.Path = pathlib.Path('/')) -> float | None:
  """The memory that is left for this process and those it starts.

  Args:
    root: Where the system's own files are.

  Returns:
    Gigabytes; None where the system does not say.
  """
  try:
    kilobytes = _fields(root / 'proc/meminfo')['MemAvailable']
  except (OSError, KeyError, ValueError):
    return None
  rooms = (_room(cgroup) for cgroup in _cgroups(root))
  least = min((room for room in rooms if room is not None), default=None)
  available = kilobytes * 1024
  return max(0, available if least is None else min(least, available)) / GB
