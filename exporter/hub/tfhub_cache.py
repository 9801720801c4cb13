"""Lays exports into tensorflow_hub's cache, under every URL of theirs.

The cache has a folder for each URL, named by a hash of it as the user wrote it.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import hashlib
import os
import pathlib

from exporter import results
from exporter import storage
from exporter.hub import seeding
import model_specs
from model_specs import aliases


def key(url: str) -> str:
  """The name that tensorflow_hub gives to the cached folder of a URL."""
  return hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()


class _Layout(seeding.Layout):
  """The cache, filled as if from the hub at a URL and from Kaggle.

  As tensorflow_hub does, slimhub writes a descriptor beside each copy, and
  tells by it what it seeded. A link is slimhub's own if it leads to such a
  copy, or to none any more.
  """

  noun = 'URLs'

  def __init__(self, root: pathlib.Path, prefix: str):
    super().__init__(root)
    self._prefix = prefix

  def names(self, handle: model_specs.Handle) -> tuple[str, ...]:
    if handle.kind.is_converted:  # tensorflow_hub does not load them.
      return ()
    return aliases.urls(handle, self._prefix)

  def folder(self, name: str) -> pathlib.Path:
    return self.root / key(name)

  def _descriptor(self, folder: pathlib.Path) -> pathlib.Path:
    return folder.with_name(f'{folder.name}.descriptor.txt')

  def is_ours(self, name: str) -> bool:
    copy = pathlib.Path(os.path.realpath(self.folder(name)))
    is_inside = copy.parent == pathlib.Path(os.path.realpath(self.root))
    is_gone = not copy.exists()
    return is_inside and (is_gone or seeding.is_mark(self._descriptor(copy)))

  def is_marked(self, name: str, files: Iterable[str]) -> bool:
    del files
    folder = self.folder(name)
    return folder.is_symlink() or self._descriptor(folder).exists()

  def begin(self, name: str, is_copy: bool) -> None:
    if is_copy:  # A link is recognised by what it leads to.
      storage.write_whole(
        self._descriptor(self.folder(name)),
        f'Module: {name}\n'.encode() + seeding.MARK,
      )

  def finish(self, name: str, files: Iterable[str]) -> None:
    del files
    descriptor = self._descriptor(self.folder(name))
    if self.folder(name).is_symlink():
      descriptor.unlink(missing_ok=True)
    elif not descriptor.exists():
      self.begin(name, is_copy=True)

  def link(
    self, staged: pathlib.Path, first: str, files: Iterable[str]
  ) -> None:
    del files
    staged.symlink_to(key(first))

  def try_link(self, folder: pathlib.Path) -> None:
    (folder / 'link').symlink_to('nothing')

  def is_linked(self, name: str, first: str, files: Iterable[str]) -> bool:
    del files
    folder = self.folder(name)
    return folder.is_symlink() and os.readlink(folder) == key(first)  # noqa: PTH115 - a text.


def seed_tfhub(
  exports: storage.Found[storage.Item],
  cache_dir: pathlib.Path,
  prefix: str,
  force: bool = False,
  copy: bool = False,
) -> Iterator[results.Result]:
  """Lays artifacts into the cache.

  Args:
    exports: The artifacts, and those that cannot be used; conversions are
      passed over, as tensorflow_hub does not load them.
    cache_dir: The folder that users name in TFHUB_CACHE_DIR.
    prefix: The URL that stands before the handles in the code of users.
    force: Whether what slimhub did not seed is replaced.
    copy: Whether each URL gets a copy, instead of a link to the first.

  Yields:
    The result of each artifact, under its URL, as soon as it is there.

  Raises:
    ExportError: Another slimhub works in the cache, or it is not writable, or
      takes no links.
  """
  yield from seeding.seed(exports, _Layout(cache_dir, prefix), force, copy)
