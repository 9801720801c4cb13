"""A file that is not whole yet: who writes it, and what is known of it."""

from collections.abc import Iterator
import contextlib
import fcntl
import json
import os
import pathlib

from exporter.storage import disk


class Part:
  """What was downloaded of a file, under a name that nobody reads it by."""

  def __init__(self, target: pathlib.Path):
    self._target = target
    self.path = target.with_name(target.name + '.part')
    self._about = target.with_name(target.name + '.part.json')

  @contextlib.contextmanager
  def locked(self) -> Iterator[None]:
    """Makes this the only writer; waits for another one to end."""
    while True:
      with self.path.open('ab') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # The one before may have renamed it: then this lock is of no part.
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
    """How many bytes there are."""
    return self.path.stat().st_size if self.path.exists() else 0

  def begin(self, url: str, validator: str | None, size: int | None) -> None:
    """Starts it anew.

    Args:
      url: What it will be a part of.
      validator: What the server calls this very content, if anything.
      size: Of the whole, if it is known.
    """
    # First of all, so that what is known is never of other bytes.
    self.path.write_bytes(b'')
    about = {'url': url, 'validator': validator, 'bytes': size}
    self._about.write_text(json.dumps(about))

  def validator(self, url: str) -> str | None:
    """What the server of this very URL called the content."""
    return self._known(url).get('validator')

  def is_whole(self, url: str) -> bool:
    """Whether a run was killed when it had all of this URL."""
    return 0 < self.size == self._known(url).get('bytes')

  def _known(self, url: str) -> dict:
    try:
      about = json.loads(self._about.read_bytes())
      return about if about['url'] == url else {}
    except (OSError, ValueError, KeyError, TypeError):
      return {}

  def discard(self) -> None:
    """Removes it."""
    self.path.unlink(missing_ok=True)
    self._about.unlink(missing_ok=True)

  def finish(self) -> None:
    """Gives it the name of the whole file."""
    disk.sync(self.path)
    self.path.replace(self._target)
    disk.sync_folder(self._target.parent)
    self._about.unlink(missing_ok=True)
