"""The lock that lets only one process at a time write to an output folder."""

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
  """Creates the lock file if needed, and locks it without waiting.

  Raises:
    BlockingIOError: Another process holds the lock.
  """
  while True:
    lock = path.open('w')
    try:
      fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      lock.close()
      raise
    # Its last holder may have removed the file between the two calls. A lock
    # on a removed file keeps nobody out, so start again.
    if path.exists() and os.path.samestat(os.fstat(lock.fileno()), path.stat()):
      return lock
    lock.close()


@contextlib.contextmanager
def _hold_file(folder: pathlib.Path) -> Iterator[None]:
  """Holds a lock of the file system, freed however the process ends."""
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
      with contextlib.suppress(OSError):  # The folder has become read-only.
        path.unlink(missing_ok=True)
        folder.rmdir()  # Only if nothing was written to it.


@contextlib.contextmanager
def _hold_object(folder: upath.UPath) -> Iterator[None]:
  """Holds a lock in object storage: an object that only one process can create.

  A process that is killed leaves it behind. It says who created it, so that a
  person can decide whether to remove it.
  """
  path = folder / _NAME
  now = datetime.datetime.now(datetime.timezone.utc).isoformat(
    timespec='seconds'
  )
  holder_note = f'process {os.getpid()} on {socket.gethostname()}, since {now}'
  try:
    with places.reach(folder):
      path.fs.pipe_file(path.path, holder_note.encode(), mode='create')
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
  """Makes this process the only one that writes exports to a folder.

  Raises:
    ExportError: Another process holds the folder, or it cannot be written to.
  """
  if isinstance(folder, pathlib.Path):
    holding = _hold_file(folder)
  else:
    holding = _hold_object(folder)
  with holding:
    yield


def is_held(folder: places.Folder) -> bool:
  """Whether there is a lock: a process writes to the folder, or was killed."""
  with places.reach(folder):
    return (folder / _NAME).exists()
