"""The lock that lets only one process at a time write to an output folder."""

from collections.abc import Iterator
import contextlib
import errno
import fcntl
import logging
import os
import pathlib
import pwd
import stat
import time
from typing import TYPE_CHECKING

from exporter import errors
from exporter.storage import holder
from exporter.storage import places
from exporter.storage import writable

if TYPE_CHECKING:
  import upath

_log = logging.getLogger(__name__)
_NAME = '.slimhub-lock'
_WAITS = (1, 4, 15, 0)  # Seconds after each try to remove it from a bucket.
# Seconds in which the workers of a process that was killed end as well.
_LAST = 5


def _owner(descriptor: int) -> str:
  """The user that a file is of, in words; empty if it is this one."""
  number = os.fstat(descriptor).st_uid
  if number == os.geteuid():
    return ''
  try:
    return f' of the user {pwd.getpwuid(number).pw_name}'
  except KeyError:  # The system does not know a name.
    return f' of the user {number}'


def _open(path: pathlib.Path) -> int:
  """Opens the lock file, which it creates if needed, and leaves as it is.

  Raises:
    ExportError: There is something else, or a file that only others may open.
    OSError: The folder cannot be written to.
  """
  # A link would lead out of the folder, and a pipe would wait for a reader.
  flags = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
  try:
    return os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o666)
  except OSError as error:
    if error.errno == errno.ELOOP:
      raise errors.ExportError(
        f'{path} is a link, expected a file that slimhub makes; remove it'
      ) from error
    if not path.exists():
      raise
  try:
    return os.open(path, os.O_RDONLY | flags)  # Enough to lock the file.
  except OSError as error:
    owner = path.lstat().st_uid
    raise errors.ExportError(
      f'{path}, of the user with the number {owner}, cannot be opened '
      f'({error.strerror}); if no slimhub of theirs works there, remove it'
    ) from error


def _take(path: pathlib.Path) -> int:
  """Locks the lock file without waiting; returns its descriptor.

  A lock is held by a process, not by a file: one that a dead process left, of
  whichever user, is free.

  Raises:
    ExportError: Another process holds the lock, or it is no lock.
  """
  while True:
    lock = _open(path)
    try:
      if not stat.S_ISREG(os.fstat(lock).st_mode):
        raise errors.ExportError(
          f'{path} is no file, expected one that slimhub makes; remove it'
        )
      fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
      # Its last holder may have removed the file between the two calls. A lock
      # on a removed file keeps nobody out, so start again.
      if os.path.samestat(os.fstat(lock), path.lstat()):
        return lock
    except FileNotFoundError:
      pass
    except BlockingIOError as error:
      owner = _owner(lock)
      os.close(lock)
      raise errors.ExportError(
        f'another slimhub{owner} works in {path.parent}; '
        'wait for it, or name another folder'
      ) from error
    except BaseException:
      os.close(lock)
      raise
    os.close(lock)


@contextlib.contextmanager
def _hold_file(folder: pathlib.Path) -> Iterator[None]:
  """Holds a lock of the file system, freed however the process ends."""
  path = folder / _NAME
  try:
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = _take(path)
  except OSError as error:
    raise writable.refused(folder, writable.reason(folder, error)) from error
  try:
    yield
  finally:
    with contextlib.suppress(OSError):  # The folder has become read-only.
      path.unlink(missing_ok=True)
      if is_new:
        folder.rmdir()  # Only if nothing was written to it.
    os.close(lock)


def _create(path: 'upath.UPath', note: str) -> bool:
  """Creates an object, unless it is there; returns whether it did."""
  try:
    path.fs.pipe_file(path.path, note.encode(), mode='create')
  except FileExistsError:
    return False
  return True


def _note(path: 'upath.UPath') -> str:
  """What a lock says, whoever wrote it."""
  return path.read_bytes().decode(errors='replace')


def _holder(path: 'upath.UPath') -> str:
  try:
    return holder.summary(_note(path))
  except FileNotFoundError:  # It was removed a moment ago.
    return 'one that has just ended'


def _take_over(path: 'upath.UPath', note: str) -> bool:
  """Replaces the lock of a dead process; returns whether it did."""
  try:
    left = _note(path)
    if not holder.is_dead(left):
      return False
    time.sleep(_LAST)
    with holder.deciding():
      if _note(path) != left:  # Somebody else has replaced it meanwhile.
        return False
      path.unlink(missing_ok=True)
      is_mine = _create(path, note)
  except FileNotFoundError:  # Somebody removed it a moment ago.
    return False
  if is_mine:
    _log.warning(
      '%s was left by a process that was killed, and is replaced: %s',
      *(path, holder.summary(left)),
    )
  return is_mine


def _check_kept(folder: 'upath.UPath', path: 'upath.UPath', note: str) -> None:
  """Raises an ExportError if a second process could create the object, too.

  Then the package or the storage ignores the condition that it must not exist,
  and the lock keeps nobody out.
  """
  try:
    with places.reach(folder):
      is_kept = not _create(path, note)
  except OSError as error:
    raise writable.refused(folder, error) from error
  if not is_kept:
    raise errors.ExportError(
      f'{folder} lets two processes create one object, so that no lock keeps '
      'a second slimhub out; install a newer package for the storage, as '
      "with: pip install 'slimhub[s3]', or name a storage that has "
      'conditional writes'
    )


def _release(path: 'upath.UPath') -> str:
  """Removes the object of a lock; a storage may be out of reach for a while.

  Returns:
    What is to be done, if it could not be removed; else nothing.
  """
  reason: object = ''
  try:
    for wait in _WAITS:
      try:
        with places.reach(path):
          path.unlink(missing_ok=True)
      except OSError as error:
        reason = error
        if isinstance(error, PermissionError):
          break
        time.sleep(wait)
      else:
        return ''
  except KeyboardInterrupt:
    pass  # Whoever does not want to wait is told all the same.
  return (
    f'the lock {path} could not be removed at the end of this run, and keeps '
    f'the next one out: {reason}; remove it'
  )


@contextlib.contextmanager
def _hold_object(folder: 'upath.UPath') -> Iterator[None]:
  """Holds a lock in object storage: an object that only one process can create.

  A process that is killed leaves it behind. The next one on the same machine
  replaces it. Others cannot know whether it is dead: it says who created it, so
  that a person can decide whether to remove it.
  """
  path = folder / _NAME
  note = holder.describe()
  try:
    with places.reach(folder):
      is_mine = _create(path, note) or _take_over(path, note)
      other = '' if is_mine else _holder(path)
  except OSError as error:
    raise writable.refused(folder, error) from error
  if not is_mine:
    raise errors.ExportError(
      f'another slimhub works in {folder}: {other}; wait for it or, if it '
      f'was killed, remove {path} and run the command again'
    )
  try:
    _check_kept(folder, path, note)
    yield
  except BaseException:
    if kept := _release(path):
      _log.error('%s', kept)  # The error of the run matters more.
    raise
  if kept := _release(path):
    raise errors.ExportError(kept)


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
  """Whether there is a lock: a process writes to the folder, or was killed.

  Raises:
    OSError: The folder or the storage cannot be reached.
  """
  path = folder / _NAME
  with places.reach(folder):
    try:
      path.stat()  # Some storages say that nothing exists while they are away.
    except FileNotFoundError:
      return False
  return True
