"""Folders for copies, which the next run removes if a run was killed."""

from collections.abc import Iterator
import contextlib
import fcntl
import os
import pathlib
import shutil
import stat
import tempfile

_START = 'slimhub-copies-'
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _is_ours(folder: pathlib.Path) -> bool:
  status = folder.lstat()
  return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _clear() -> None:
  """Removes this user's folders whose processes have ended.

  A process has its folders locked, and the system unlocks them when it ends.
  """
  for left in pathlib.Path(tempfile.gettempdir()).glob(f'{_START}*'):
    # Somebody else may have been quicker, or the folder is in use.
    with contextlib.suppress(OSError):
      if _is_ours(left):
        descriptor = os.open(left, _OPEN)
        try:
          fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
          shutil.rmtree(left)
        finally:
          os.close(descriptor)


def _make() -> tuple[pathlib.Path, int]:
  """Makes a folder and locks it; returns its path and its descriptor."""
  while True:
    path = pathlib.Path(tempfile.mkdtemp(prefix=_START))
    with contextlib.suppress(FileNotFoundError):
      descriptor = os.open(path, _OPEN)
      # On a file system without locks, `_clear` removes no folder either.
      with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX)
      # Another run may have cleared it before it was locked.
      if path.exists():
        return path, descriptor
      os.close(descriptor)


@contextlib.contextmanager
def folder() -> Iterator[pathlib.Path]:
  """A folder in the system's temporary one, which exists during the context."""
  _clear()
  path, descriptor = _make()
  try:
    yield path
  finally:
    shutil.rmtree(path, ignore_errors=True)
    os.close(descriptor)
