"""One writer an output folder, wherever the folder is."""

from collections.abc import Iterator
import contextlib
import datetime
import fcntl
import os
import pathlib
import socket
from typing import TextIO

import upath

from exporter import errors
from exporter.storage import places

_NAME = '.slimhub-lock'


def _unwritable(folder: places.Folder, reason: object) -> errors.ExportError:
  return errors.ExportError(
    f'cannot write to {folder}: {reason}; name a folder with --output_dir '
    'that can be written to'
  )


def _take(path: pathlib.Path) -> TextIO:
  """Locks a file that whoever holds it removes; BlockingIOError if taken."""
  while True:
    lock = path.open('w')
    try:
      fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      lock.close()
      raise
    # Another may have removed it between the two calls: then it locks nothing.
    if path.exists() and os.path.samestat(os.fstat(lock.fileno()), path.stat()):
      return lock
    lock.close()


@contextlib.contextmanager
def _hold_file(folder: pathlib.Path) -> Iterator[None]:
  """The system frees it however the process ends."""
  path = folder / _NAME
  try:
    folder.mkdir(parents=True, exist_ok=True)
    lock = _take(path)
  except BlockingIOError as error:
    raise errors.ExportError(
      f'another slimhub works in {folder}; '
      'wait for it, or name another --output_dir'
    ) from error
  except OSError as error:
    raise _unwritable(folder, error.strerror) from error
  with lock:
    try:
      yield
    finally:
      with contextlib.suppress(OSError):  # Read-only since it was taken.
        path.unlink(missing_ok=True)
        folder.rmdir()  # If nothing came of it.


@contextlib.contextmanager
def _hold_object(folder: upath.UPath) -> Iterator[None]:
  """An object that is created only where there is none."""
  path = folder / _NAME
  now = datetime.datetime.now(datetime.timezone.utc).isoformat(
    timespec='seconds'
  )
  me = f'process {os.getpid()} on {socket.gethostname()}, since {now}'
  try:
    with places.reach(folder):
      path.fs.pipe_file(path.path, me.encode(), mode='create')
  except FileExistsError as error:
    with places.reach(folder):
      holder = path.read_text()
    raise errors.ExportError(
      f'another slimhub works in {folder}: {holder}; wait for it or, if it '
      f'was killed, remove {path} and run the command again'
    ) from error
  except OSError as error:
    raise _unwritable(folder, error) from error
  try:
    yield
  finally:
    with places.reach(folder):
      path.unlink(missing_ok=True)


@contextlib.contextmanager
def hold(folder: places.Folder) -> Iterator[None]:
  """Makes this process the only one that orders exports there.

  Raises:
    ExportError: Another one does, or the folder cannot be written to.
  """
  if isinstance(folder, pathlib.Path):
    holding = _hold_file(folder)
  else:
    holding = _hold_object(folder)
  with holding:
    yield


def is_held(folder: places.Folder) -> bool:
  """Whether this process, wherever it runs, sees the lock of another."""
  with places.reach(folder):
    return (folder / _NAME).exists()
