"""Partial downloads: who may write one, and what is known of its content."""

from collections.abc import Iterator
import contextlib
import fcntl
import json
import os
import pathlib

from exporter.storage import disk


class Part:
  """The part of a file that was downloaded so far.

  It lies beside the target as NAME.part, so that nobody takes it for the whole
  file. NAME.part.json keeps what the server said of it.
  """

  def __init__(self, target: pathlib.Path):
    self._target = target
    self.path = target.with_name(target.name + '.part')
    self._about = target.with_name(target.name + '.part.json')

  @contextlib.contextmanager
  def locked(self) -> Iterator[None]:
    """Makes this process the only writer, after waiting for any other."""
    while True:
      with self.path.open('ab') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # The writer before may have finished, which renames the file. Then
        # this lock is on the whole file, not on a part.
        if not self.path.exists() or not os.path.samestat(
          os.fstat(file.fileno()), self.path.stat()
        ):
          continue
        try:
          yield
        finally:
          if not self.size:
            self.discard()
        return

  @property
  def size(self) -> int:
    """How many bytes were downloaded so far."""
    return self.path.stat().st_size if self.path.exists() else 0

  def begin(self, url: str, validator: str | None, size: int | None) -> None:
    """Empties the part, and notes what is about to be downloaded into it.

    Args:
      url: Where the file is downloaded from.
      validator: The ETag or date by which the server will recognise this very
        content when the download is resumed, if it sent any.
      size: How many bytes the whole file has, if that is known.
    """
    # The old bytes go first, so that the new note never describes them.
    self.path.write_bytes(b'')
    about = {'url': url, 'validator': validator, 'bytes': size}
    self._about.write_text(json.dumps(about))

  def validator(self, url: str) -> str | None:
    """The ETag or date that the server sent with the part, if from this URL."""
    return self._known(url).get('validator')

  def is_whole(self, url: str) -> bool:
    """Whether all of it was downloaded, and only the renaming is to be done."""
    return 0 < self.size == self._known(url).get('bytes')

  def _known(self, url: str) -> dict:
    try:
      about = json.loads(self._about.read_bytes())
      return about if about['url'] == url else {}
    except (OSError, ValueError, KeyError, TypeError):
      return {}

  def discard(self) -> None:
    """Removes the part and its note."""
    self.path.unlink(missing_ok=True)
    self._about.unlink(missing_ok=True)

  def finish(self) -> None:
    """Gives the complete file its final name."""
    disk.sync(self.path)
    self.path.replace(self._target)
    disk.sync_folder(self._target.parent)
    self._about.unlink(missing_ok=True)
