"""Reads the members of an archive that is not trusted, within limits.

Nothing is ever written under a name that an archive chose. An archive is
refused as a whole if one of its members is not a regular file or folder, or has
a path that leads outside; no published archive has such members.
"""

import bz2
from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import gzip
import lzma
import pathlib
import tarfile
from typing import IO
from typing import Any
from typing import BinaryIO
from typing import cast
import zlib

from exporter import errors
from model_specs import outside

MAX_BYTES = 4 * 2**30  # Unpacked. The largest published archive has about 1 GB.
MAX_MEMBERS = 1000  # A published archive has about ten.
# tarfile reads the description of a member, such as a long name, in one piece.
_MAX_READ = 2**20
_CHUNK = 2**16
_OPENERS: dict[bytes, Callable[[BinaryIO], Any]] = {
  b'\x1f\x8b': gzip.open,
  b'BZh': bz2.open,
  b'\xfd7zXZ': lzma.open,
}
_TAR, _TAR_AT = b'ustar', 257
# What is raised for a bad archive, also for headers without end, and numbers
# that no machine has.
_UNREADABLE = (
  tarfile.TarError,
  ArithmeticError,
  EOFError,
  RecursionError,
  lzma.LZMAError,
  zlib.error,
  ValueError,
)


class _LimitError(Exception):
  """An archive exceeds a limit, or holds what no published archive holds."""


class _Limited:
  """A stream that ends in an error instead of filling memory or disk."""

  def __init__(self, stream: IO[bytes]):
    self._stream = stream
    self.seek, self.tell, self.close = stream.seek, stream.tell, stream.close

  def read(self, size: int = -1) -> bytes:
    """Reads like any stream, but raises a _LimitError beyond the limits."""
    if not 0 <= size <= _MAX_READ:
      raise _LimitError(
        f'the header of a member has {size} bytes, expected at most {_MAX_READ}'
      )
    if self._stream.tell() > MAX_BYTES:
      raise _LimitError(f'it unpacks to more than {MAX_BYTES} bytes')
    return self._stream.read(size)


@contextlib.contextmanager
def _decompressed(path: pathlib.Path) -> Iterator[IO[bytes]]:
  with outside.open_file(path, MAX_BYTES) as file:
    start = file.read(max(map(len, _OPENERS)))
    file.seek(0)
    for magic, open_ in _OPENERS.items():
      if start.startswith(magic):
        with open_(file) as stream:
          yield stream
        return
    yield file


def is_archive(path: pathlib.Path) -> bool:
  """Whether a file begins as an archive does, compressed or not."""
  try:
    with outside.open_file(path) as file:
      start = file.read(_TAR_AT + len(_TAR))
  except OSError:
    return False
  return start.startswith(tuple(_OPENERS)) or start[_TAR_AT:] == _TAR


def _check(member: tarfile.TarInfo) -> None:
  """Raises a _LimitError for a member that no published archive holds."""
  path = pathlib.PurePosixPath(member.name)
  if path.is_absolute() or '..' in path.parts:
    raise _LimitError(
      f'its member {member.name!r} has a path outside of the archive'
    )
  if member.size < 0:
    raise _LimitError(f'its member {member.name!r} has {member.size} bytes')
  if not (member.isfile() or member.isdir()) or member.issparse():
    raise _LimitError(
      f'its member {member.name!r} is not a regular file or folder'
    )


def _damaged(path: pathlib.Path, error: Exception) -> errors.CheckpointError:
  return errors.CheckpointError(
    f'archive {path} cannot be unpacked: {error}; '
    'it is damaged or no tar archive; download it again'
  )


@contextlib.contextmanager
def _explain(path: pathlib.Path) -> Iterator[None]:
  """Turns every exception that a bad archive causes into a CheckpointError."""
  try:
    yield
  except _LimitError as error:
    raise errors.CheckpointError(
      f'archive {path} is not safe to unpack: {error}; put the published '
      'archive of this model in its place'
    ) from error
  except OSError as error:
    # What reads compressed files raises it without a number for a damaged one.
    if error.errno is None:
      raise _damaged(path, error) from error
    raise errors.CheckpointError(
      f'archive {path} cannot be read: {error.strerror}; put the published '
      'archive of this model in its place, where you may read it'
    ) from error
  except _UNREADABLE as error:
    raise _damaged(path, error) from error


def _walk(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
  total = 0
  for count, member in enumerate(tar, 1):
    _check(member)
    total += member.size
    if count > MAX_MEMBERS:
      raise _LimitError(f'it has more than {MAX_MEMBERS} members')
    if total > MAX_BYTES:
      raise _LimitError(f'it unpacks to more than {MAX_BYTES} bytes')
    if member.isfile():
      yield member


def _content(
  path: pathlib.Path, tar: tarfile.TarFile, member: tarfile.TarInfo
) -> Iterator[bytes]:
  with _explain(path):
    content = tar.extractfile(member)
    assert content is not None  # It is a regular file.
    with content:
      while chunk := content.read(_CHUNK):
        yield chunk


def read(
  path: pathlib.Path,
) -> Iterator[tuple[pathlib.PurePosixPath, Iterator[bytes]]]:
  """Reads the regular files of a tar archive, in the order of the archive.

  Args:
    path: The archive, plain or compressed by gzip, bzip2 or xz.

  Yields:
    The path of a file in the archive, and its content in pieces, which must be
    read before the next file is asked for. When the last file was yielded, the
    archive is read to its end, so that the checksum of the compression is
    verified as well.

  Raises:
    CheckpointError: The archive is damaged, or unsafe to unpack.
  """
  with _explain(path), _decompressed(path) as stream:
    limited = cast('BinaryIO', _Limited(stream))
    with tarfile.open(fileobj=limited, mode='r:') as tar:
      for member in _walk(tar):
        yield pathlib.PurePosixPath(member.name), _content(path, tar, member)
    while limited.read(_CHUNK):
      pass
