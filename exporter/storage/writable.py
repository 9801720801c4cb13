"""Whether exports can be written to a folder."""

import contextlib
import errno
import os
import pathlib

from exporter import errors
from exporter.storage import places


def refused(folder: places.Folder, why: object) -> errors.ExportError:
  """The error of a folder that cannot be written to."""
  return errors.ExportError(
    f'cannot write to {folder}: {why}; name a folder that can be written to'
  )


def reason(folder: pathlib.Path, error: OSError) -> str | None:
  """Why a folder cannot be made or written to, in words."""
  if error.errno != errno.EEXIST:
    return error.strerror
  if folder.is_symlink():
    return f'it is a link to {folder.readlink()}, where no folder is'
  return 'it is no folder'


def _nearest(folder: pathlib.Path) -> pathlib.Path:
  """The folder itself or, if it is not there, the first above it that is."""
  for path in (folder, *folder.parents):
    with contextlib.suppress(FileNotFoundError):
      path.lstat()
      return path
  return folder


def check_writable(folder: places.Folder) -> None:
  """Raises an ExportError if a folder is none, or cannot be made or written to.

  Nothing is made or written. Of a storage, only an upload tells.
  """
  if not isinstance(folder, pathlib.Path):
    return
  try:
    nearest = _nearest(folder)
    if not nearest.is_dir():
      raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    if not os.access(nearest, os.W_OK | os.X_OK):
      raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
  except OSError as error:
    raise refused(folder, reason(folder, error)) from error
