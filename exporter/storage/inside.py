"""Opens what lies in a folder without following a link that lies in it.

A folder of exports may come from somebody else. A link in it could lead to any
file of this machine, and a pipe or a device has no end.
"""

from collections.abc import Iterator
import contextlib
import errno
import os
import pathlib
import stat
from typing import BinaryIO

from model_specs import outside

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_LINK = 'is a link, or lies behind one; slimhub follows none in such a folder'
_NO_FILE = 'is no regular file'
_NO_FOLDER = 'which is no folder'


def _hindrance(folder: int, here: pathlib.Path) -> str:
  """Why an open folder leads no further by the last part of a path."""
  mode = os.stat(here.name, dir_fd=folder, follow_symlinks=False).st_mode
  return _LINK if stat.S_ISLNK(mode) else f'lies behind {here}, {_NO_FOLDER}'


@contextlib.contextmanager
def _parent(root: pathlib.Path, name: str) -> Iterator[tuple[int, str]]:
  """Opens the folder that a path ends in, one folder after the other."""
  *folders, last = name.split('/')
  descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
  here = root
  try:
    for folder in folders:
      here = here / folder
      below = os.open(folder, _FOLDER, dir_fd=descriptor)
      os.close(descriptor)
      descriptor = below
    here = here / last
    yield descriptor, last
  except OSError as error:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
      path, reason = os.fspath(root / name), _hindrance(descriptor, here)
      raise outside.NotUsableError(errno.EINVAL, reason, path) from error
    error.filename = os.fspath(here)  # The system was told the last part alone.
    raise
  finally:
    os.close(descriptor)


def open_file(root: pathlib.Path, name: str) -> BinaryIO:
  """Opens a regular file in a folder, to read its bytes.

  Args:
    root: The folder; links on the way to it are the caller's, and followed.
    name: The path below it, with slashes and without `..`.

  Raises:
    NotUsableError: It is a link or behind one, or a pipe or the like.
    OSError: It cannot be opened.
  """
  with _parent(root, name) as (folder, last):
    descriptor = os.open(last, _FILE, dir_fd=folder)
  if not stat.S_ISREG(os.fstat(descriptor).st_mode):
    os.close(descriptor)
    raise outside.NotUsableError(errno.EINVAL, _NO_FILE, os.fspath(root / name))
  return os.fdopen(descriptor, 'rb')


def read_file(root: pathlib.Path, name: str, most: int) -> bytes:
  """The bytes of a regular file in a folder, which may have up to `most`.

  Raises:
    NotUsableError: It is a link or behind one, no file, or too large.
    OSError: It cannot be read.
  """
  with open_file(root, name) as file:
    data = file.read(most + 1)
  if len(data) > most:
    raise outside.NotUsableError(
      errno.EFBIG, f'has more than {most:,} bytes', os.fspath(root / name)
    )
  return data


def is_there(root: pathlib.Path, name: str) -> bool:
  """Whether a file or folder lies in a folder.

  Raises:
    NotUsableError: It is a link, or behind one.
  """
  try:
    with _parent(root, name) as (folder, last):
      mode = os.stat(last, dir_fd=folder, follow_symlinks=False).st_mode
  except FileNotFoundError:
    return False
  if stat.S_ISLNK(mode):
    raise outside.NotUsableError(errno.EINVAL, _LINK, os.fspath(root / name))
  return True


def _refuse_closed(error: OSError) -> None:
  """Raises the error of a folder, unless it was removed a moment ago."""
  if not isinstance(error, FileNotFoundError):
    raise error


def walk(folder: pathlib.Path) -> Iterator[str]:
  """The sorted paths of all that a folder holds, without the folders in it.

  Links are among them, wherever they lead.

  Raises:
    OSError: A folder cannot be listed.
  """
  for path, folders, files in os.walk(folder, onerror=_refuse_closed):
    folders.sort()
    here = pathlib.Path(path)
    links = [name for name in folders if (here / name).is_symlink()]
    for name in sorted((*files, *links)):
      yield (here / name).relative_to(folder).as_posix()
