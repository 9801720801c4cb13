"""What a lock in object storage says of its holder, and whether that is dead.

A process that is killed leaves its lock. Another one of the same user on the
same machine, in the same container, can tell that it is dead, and no process of
any other place can.
"""

from collections.abc import Iterator
import contextlib
import datetime
import fcntl
import os
import pathlib
import re
import socket

# New whenever the machine starts. All its processes can open the file.
_BOOT = pathlib.Path('/proc/sys/kernel/random/boot_id')
_NOTE = re.compile(
  r'process ([0-9]+) on [^\n]*\nplace (.+)\nstarted ([0-9]+)\n'
)


def _place() -> str:
  """Where a number of a process means the same one, as long as that lives."""
  namespace = pathlib.Path('/proc/self/ns/pid').readlink()
  return f'{_BOOT.read_text().strip()} {namespace} {os.getuid()}'


def _started(pid: str) -> str:
  """When a process started, by the clock of the kernel; empty if it is dead."""
  try:
    status = pathlib.Path(f'/proc/{pid}/stat').read_text()
  except (FileNotFoundError, ProcessLookupError):
    return ''
  # Before them stands the name of the program, in which anything may be.
  state, *fields = status.rpartition(')')[2].split()
  return '' if state in 'XZ' else fields[18]


def describe() -> str:
  """What a lock of this process says.

  The first line is for people. The others are left out by a system that does
  not tell them.
  """
  now = datetime.datetime.now(datetime.timezone.utc).isoformat(
    timespec='seconds'
  )
  pid = str(os.getpid())
  note = f'process {pid} on {socket.gethostname()}, since {now}\n'
  with contextlib.suppress(OSError):
    note += f'place {_place()}\nstarted {_started(pid)}\n'
  return note


def summary(note: str) -> str:
  """The line of a note that is for people."""
  return note.partition('\n')[0]


def is_dead(note: str) -> bool:
  """Whether the holder that left a note is known to be dead."""
  match = _NOTE.fullmatch(note)
  try:
    return bool(
      match and match[2] == _place() and match[3] != _started(match[1])
    )
  except OSError:
    return False


@contextlib.contextmanager
def deciding() -> Iterator[None]:
  """One process of this machine at a time replaces the lock of a dead one.

  Of two that find the same lock, the second would remove that of the first.
  """
  with _BOOT.open() as boot:
    fcntl.flock(boot, fcntl.LOCK_EX)
    yield
