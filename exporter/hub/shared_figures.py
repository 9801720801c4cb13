"""A folder in which the processes of one hub count what each has answered."""

from collections.abc import Iterator
import contextlib
import fcntl
import os
import pathlib
import shutil
import tempfile
import time

_PREFIX = 'slimhub-metrics-'
_MEMORY = pathlib.Path('/dev/shm')
_MINUTE = 60


def _parent() -> pathlib.Path:
  """Where the folder lies: in memory, where the system offers that.

  The files are written to as memory is: a full disk would end the process.
  """
  usable = os.access(_MEMORY, os.W_OK | os.X_OK)
  return _MEMORY if usable else pathlib.Path(tempfile.gettempdir())


@contextlib.contextmanager
def _locked(folder: pathlib.Path) -> Iterator[None]:
  """Marks a folder as in use by this process and those that it forks.

  Raises:
    OSError: It is in use, gone, or of somebody else.
  """
  descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
  try:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield
  finally:
    os.close(descriptor)


def _clear(parent: pathlib.Path) -> None:
  """Removes what hubs left that were killed."""
  for folder in parent.glob(f'{_PREFIX}*'):
    with contextlib.suppress(OSError):
      # A new one may not be locked yet, by the hub that is about to.
      if time.time() - folder.stat().st_mtime > _MINUTE:
        with _locked(folder):
          shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def figures_folder() -> Iterator[pathlib.Path]:
  """An empty folder for the figures of several processes.

  It is removed in the end or, if the hub is killed, by the next hub.
  """
  parent = _parent()
  _clear(parent)
  with (
    tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as name,
    _locked(pathlib.Path(name)),
  ):
    yield pathlib.Path(name)
