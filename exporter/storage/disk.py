"""Writes and swaps files and folders so that no crash leaves half of them.

A system may keep what was written in memory for half a minute, and rename a
file before its bytes are on the disk. After a power cut such a file is there
and empty. `sync` waits until the disk has what a path names.
"""

import contextlib
import errno
import hashlib
import os
import pathlib
from typing import BinaryIO

from model_specs import outside

_CHUNK = 2**20
# The errors of file systems that cannot synchronize folders.
_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES)


def _sync_one(path: pathlib.Path) -> None:
  descriptor = os.open(path, os.O_RDONLY)
  try:
    os.fsync(descriptor)
  except OSError as error:
    if error.errno not in _CANNOT_SYNC:
      raise
  finally:
    os.close(descriptor)


def sync(*paths: pathlib.Path) -> None:
  """Waits until files are on the disk, and folders with all that they hold."""
  for path in paths:
    if path.is_dir():
      for inside in sorted(path.rglob('*'), reverse=True):
        _sync_one(inside)
    _sync_one(path)


def sync_folder(folder: pathlib.Path) -> None:
  """Waits until names in a folder are on the disk, after a rename in it."""
  _sync_one(folder)


def write_whole(path: pathlib.Path, data: bytes) -> None:
  """Writes a file: at every moment it is the old one or all of the new one."""
  path.parent.mkdir(parents=True, exist_ok=True)
  part = path.with_name(f'.{path.name}.{os.getpid()}.part')
  try:
    part.unlink(missing_ok=True)
    with part.open('xb') as file:  # No link of somebody else is followed.
      file.write(data)
    sync(part)
    part.replace(path)
  finally:
    part.unlink(missing_ok=True)
  sync_folder(path.parent)


REPLACED = 'replaced'  # What `swap` took away, beside what was staged.


def swap(staged: pathlib.Path, target: pathlib.Path) -> None:
  """Renames a folder or file to a place where another one may be.

  What was there lies beside the staged one afterwards, as REPLACED, for the
  caller to remove; if the renaming fails, it is put back.

  Args:
    staged: The new folder or file, on the same disk, in a folder that only the
      caller uses.
    target: The path that it is renamed to.
  """
  if not os.path.lexists(target):
    staged.rename(target)
    return
  replaced = target.rename(staged.with_name(REPLACED))
  try:
    staged.rename(target)
  except OSError:
    replaced.rename(target)
    raise


def undo_swap(folder: pathlib.Path, target: pathlib.Path) -> None:
  """Puts back what a `swap` took away before its process was killed.

  Args:
    folder: The folder that the staged one was in.
    target: Where something is missing, if the process was killed in between.
  """
  replaced = folder / REPLACED
  if os.path.lexists(replaced) and not os.path.lexists(target):
    replaced.rename(target)


def digest(file: BinaryIO, algorithm: str = 'sha256') -> tuple[int, str]:
  """The size and the hash of all that is left in a file."""
  hashed, size = hashlib.new(algorithm), 0
  while chunk := file.read(_CHUNK):
    hashed.update(chunk)
    size += len(chunk)
  return size, hashed.hexdigest()


def sha256(path: pathlib.Path) -> str:
  """The SHA-256 of a regular file."""
  with outside.open_file(path) as file:
    return digest(file)[1]


def is_torn(path: pathlib.Path) -> bool:
  """Whether a power cut may have left a file: it has a name and no content.

  Some file systems leave it empty, others leave it long and full of zeros.
  """
  with contextlib.suppress(OSError), outside.open_file(path) as file:
    while chunk := file.read(_CHUNK):
      if chunk.strip(b'\0'):
        return False
    return True
  return False
