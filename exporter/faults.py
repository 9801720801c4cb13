"""Whose fault an error is: the machine's, or that of what was read.

A full disk says nothing of the artifact that was being proven. What an error
says of the machine is decided here, whichever library raised it.
"""

import errno
import os
import re
from typing import Final

from exporter import errors
from model_specs import outside

_MEMORY = (
  'this machine ran out of memory; run the command again with fewer --jobs, or '
  'where there is more memory'
)
_DISK = 'the disk is full; make room, then run the command again'
_RIGHTS = (
  'see that its folder is readable and writable for you, then run the command '
  'again'
)
_FILES = (
  'too many files are open; raise the limit (ulimit -n), then run the command '
  'again'
)
_SIZE = (
  'it is larger than files may be here; raise the limit (ulimit -f), or use '
  'another file system'
)
_THREADS = (
  'no more processes or threads may be started here; raise the limit (ulimit '
  '-u, or that of the container), then run the command again'
)
_DEVICE = 'the disk or its network fails; see what the system logs say'
_NUMBERS = {
  errno.ENOMEM: _MEMORY,
  errno.ENOSPC: _DISK,
  errno.EDQUOT: _DISK,
  errno.EFBIG: _SIZE,
  errno.EACCES: _RIGHTS,
  errno.EPERM: _RIGHTS,
  errno.EROFS: _RIGHTS,
  errno.EMFILE: _FILES,
  errno.ENFILE: _FILES,
  errno.EIO: _DEVICE,
  errno.ESTALE: _DEVICE,
  errno.ETIMEDOUT: _DEVICE,
}
LOOK: Final = 'see that what it names is there, then run the command again'
# What is wrong with a path that somebody named: no fault of the machine's.
_NO_FOLDER = (
  'a folder is needed where something else lies; move that away, or name '
  'another folder'
)
_PATHS = {
  errno.EEXIST: _NO_FOLDER,
  errno.ENOTDIR: _NO_FOLDER,
  errno.EISDIR: (
    'a file is needed where a folder lies; move that away, or name another file'
  ),
  errno.ELOOP: 'links lead in a circle there; remove them, or name no link',
  errno.ENAMETOOLONG: (
    'systems take about 255 bytes a name; name a path with shorter ones'
  ),
  errno.ENOENT: LOOK,
}
# What a write meets where whoever read has left: a pipe, a terminal or a socket
# that was closed.
_HUNG_UP = (
  errno.EPIPE,
  errno.EBADF,
  errno.ECONNRESET,
  errno.ENOTCONN,
  errno.ESHUTDOWN,
)
# TensorFlow, LiteRT and ONNX Runtime raise errors of their own types, with the
# words of the system or of C++ in the message.
_WORDS = {
  **{os.strerror(number): advice for number, advice in _NUMBERS.items()},
  'bad_alloc': _MEMORY,
  'MemoryError': _MEMORY,
  'OOM when allocating': _MEMORY,
  'Failed to allocate': _MEMORY,
  # What glibc says, as a library is loaded and as a thread begins.
  'failed to map segment from shared object': _MEMORY,
  'cannot allocate memory': _MEMORY,
  # What Python and TensorFlow say.
  "can't start new thread": _THREADS,
  'pthread_create() failed': _THREADS,
}
_TYPES = {
  'ResourceExhaustedError': _MEMORY,
  'PermissionDeniedError': _RIGHTS,
}
# What TensorFlow adds to the system's own message: graph nodes and operations.
_NOISE = re.compile(r'\{\{.*?\}\} | \[Op:\w+\]')
# Of a stack of C++, which says nothing to users.
_FRAME = re.compile(r' *@ +0x|\*\*\* Check failure stack trace')
_LAST = 5  # Lines of the log of a process that died.


def of_text(text: str) -> str:
  """What to do about this machine, by the text of an error or of a log.

  Returns:
    The advice; empty if the text says nothing of the machine.
  """
  return next((a for words, a in _WORDS.items() if words in text), '')


def end_of(log: str) -> list[str]:
  """The last lines of the log of a process that died, without its stack."""
  lines = [line for line in log.splitlines() if not _FRAME.match(line)]
  return lines[-_LAST:]


def of_machine(error: BaseException) -> str:
  """What to do about this machine, if an error is about the machine.

  Returns:
    The advice; empty if the error says nothing of the machine.
  """
  if isinstance(error, MemoryError):
    return _MEMORY
  if isinstance(error, outside.NotUsableError):
    return ''  # It borrows a number of the system for what was read.
  if isinstance(error, OSError) and error.errno is not None:
    return _NUMBERS.get(error.errno, '')
  return of_text(str(error)) or _TYPES.get(type(error).__name__, '')


def advice(error: OSError) -> str:
  """What to do about an error of the system, whatever it is about.

  Returns:
    The advice; empty if nobody knows any.
  """
  return of_machine(error) or _PATHS.get(error.errno or 0, '')


def is_hung_up(error: OSError) -> bool:
  """Whether nobody reads any more what is written, so that nothing is lost."""
  return error.errno in _HUNG_UP


def told(error: BaseException) -> str:
  """The message of an error, without TensorFlow's names of nodes and ops."""
  return _NOISE.sub('', str(error)) or type(error).__name__


def check_machine(name: object, error: BaseException) -> None:
  """Raises a MachineError about an item if an error is about the machine.

  A MemoryError is raised again as it is. It ends a worker process, and the one
  that takes its place has all the memory again.
  """
  if isinstance(error, MemoryError):
    raise error
  if advice := of_machine(error):
    raise errors.MachineError(f'{name}: {told(error)}; {advice}') from error
