"""Partial downloads: who may write one, and what is known of its content."""

from collections.abc import Iterator
import contextlib
import errno
import fcntl
import json
import os
import pathlib
import stat

from exporter.storage import disk
from model_specs import outside

_MOST = 2**16  # Bytes of a note.
# A link would let another file be overwritten, and a pipe would be waited for.
_FLAGS = os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def _open(path: pathlib.Path, flags: int) -> int:
  """Opens a file of this module's own to write to it.

  Raises:
    NotUsableError: There is something else: a link, a folder, a pipe.
    OSError: It cannot be opened.
  """
  try:
    descriptor = os.open(path, flags | _FLAGS, 0o666)
  except OSError:
    if not os.path.lexists(path) or stat.S_ISREG(path.lstat().st_mode):
      raise
    descriptor = None
  if descriptor is not None:
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
      return descriptor
    os.close(descriptor)
  what = f'a link to {path.readlink()}' if path.is_symlink() else 'no file'
  raise outside.NotUsableError(
    errno.EEXIST,
    f'is {what}, expected what was downloaded so far; remove it',
    str(path),
  )


class Part:
  """The part of a file that was downloaded so far.

  It lies beside the target as NAME.part, so that nobody takes it for the whole
  file. NAME.part.json keeps what the server said of it.
  """

  def __init__(self, target: pathlib.Path):
    self._target = target
    self.path = target.with_name(target.name + '.part')
    self._about = target.with_name(target.name + '.part.json')
    self._descriptor = -1  # That of the partial file, while it is locked.

  def _is_locked(self, descriptor: int) -> bool:
    """Whether a descriptor is of the file that still has the name."""
    try:
      return os.path.samestat(os.fstat(descriptor), self.path.lstat())
    except FileNotFoundError:
      return False

  @contextlib.contextmanager
  def locked(self) -> Iterator[None]:
    """Makes this process the only writer, after waiting for any other.

    The file keeps its name in the context, so that nobody can lock another file
    of the same name.

    Raises:
      NotUsableError: There is a link, or something else that is no file.
    """
    while True:
      descriptor = _open(self.path, os.O_RDWR | os.O_APPEND)
      try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # The writer before may have finished, which renames the file. Then
        # this lock is on the whole file, not on a part.
        if not self._is_locked(descriptor):
          continue
        self._descriptor = descriptor
        try:
          yield
        finally:
          if self._is_locked(descriptor) and not self.size:
            self.path.unlink()
            self._about.unlink(missing_ok=True)
        return
      finally:
        os.close(descriptor)

  @property
  def size(self) -> int:
    """How many bytes were downloaded so far."""
    return self.path.stat().st_size if self.path.exists() else 0

  def begin(self, url: str, validator: str | None, size: int | None) -> None:
    """Empties the part, and notes what is about to be downloaded into it.

    Like every method that changes the part, it must be called in `locked`.

    Args:
      url: Where the file is downloaded from.
      validator: The ETag or date by which the server will recognise this very
        content when the download is resumed, if it sent any.
      size: How many bytes the whole file has, if that is known.
    """
    # The old bytes go first, so that the new note never describes them.
    os.ftruncate(self._descriptor, 0)
    about = {'url': url, 'validator': validator, 'bytes': size}
    with os.fdopen(_open(self._about, os.O_WRONLY | os.O_TRUNC), 'w') as note:
      json.dump(about, note)

  def append(self, data: bytes) -> None:
    """Adds bytes to the end."""
    left = memoryview(data)
    while left:
      left = left[os.write(self._descriptor, left) :]

  def validator(self, url: str) -> str | None:
    """The ETag or date that the server sent with the part, if from this URL."""
    return self._note(url).get('validator')

  def is_whole(self, url: str) -> bool:
    """Whether all of it was downloaded, and only the renaming is to be done."""
    return 0 < self.size == self._note(url).get('bytes')

  def _note(self, url: str) -> dict:
    try:
      about = json.loads(outside.read_file(self._about, _MOST))
      return about if about['url'] == url else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
      return {}

  def discard(self) -> None:
    """Forgets the bytes and their note; `locked` removes the empty file."""
    os.ftruncate(self._descriptor, 0)
    self._about.unlink(missing_ok=True)

  def finish(self) -> None:
    """Gives the complete file its final name."""
    disk.sync(self.path)
    self.path.replace(self._target)
    disk.sync_folder(self._target.parent)
    self._about.unlink(missing_ok=True)
