"""Lays exports into kagglehub's cache, under every name that Kaggle has.

The cache has a folder OWNER/MODEL/FRAMEWORK/VARIATION/VERSION for each name,
letter for letter, and files beside it that say that the folder, or one file of
it, was downloaded whole. Other names are folders of hard links: kagglehub
removes the folder of a name before it downloads it again, and the others must
keep what they have. It would not remove a symbolic link in place of a folder,
and would download into the copy that the link leads to.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import os
import pathlib

from exporter import results
from exporter import storage
from exporter.hub import seeding
import model_specs
from model_specs import aliases

_MODELS = 'models'
_COMPLETE = '.complete'


class _Layout(seeding.Layout):
  """The cache.

  kagglehub looks whether the file VERSION.complete is there, and never into it.
  So slimhub writes its mark into that file, and tells by it which folders are
  its own; kagglehub removes the file with the folder. While slimhub replaces a
  folder, the mark is in VERSION.seeding.
  """

  links = 'hard links'

  def names(self, handle: model_specs.Handle) -> tuple[str, ...]:
    return tuple(
      str(spelling)
      for name in aliases.of_kaggle(handle)
      for spelling in name.spellings()
    )

  def folder(self, name: str) -> pathlib.Path:
    return self.root / _MODELS / name

  def _whole(self, name: str) -> pathlib.Path:
    """The file that says that a folder is whole."""
    folder = self.folder(name)
    return folder.with_name(f'{folder.name}{_COMPLETE}')

  def _replaced(self, name: str) -> pathlib.Path:
    """The file that says that slimhub replaces a folder of its own."""
    folder = self.folder(name)
    return folder.with_name(f'{folder.name}.seeding')

  def _of_files(self, name: str) -> pathlib.Path:
    """The folder of files that say which of a folder's files are whole."""
    folder = self.folder(name)
    return folder.with_name(_COMPLETE) / folder.name

  def is_ours(self, name: str) -> bool:
    whole = self._whole(name)
    return seeding.is_mark(whole if whole.exists() else self._replaced(name))

  def is_marked(self, name: str, files: Iterable[str]) -> bool:
    of_files = self._of_files(name)
    return self._whole(name).exists() and all(
      (of_files / f'{file}{_COMPLETE}').exists() for file in files
    )

  def begin(self, name: str, is_copy: bool) -> None:
    del is_copy
    storage.write_whole(self._replaced(name), seeding.MARK)
    self._whole(name).unlink(missing_ok=True)
    seeding.remove(self._of_files(name))

  def finish(self, name: str, files: Iterable[str]) -> None:
    for file in files:
      of_file = self._of_files(name) / f'{file}{_COMPLETE}'
      of_file.parent.mkdir(parents=True, exist_ok=True)
      of_file.touch()
    storage.write_whole(self._whole(name), seeding.MARK)
    self._replaced(name).unlink(missing_ok=True)

  def link(
    self, staged: pathlib.Path, first: str, files: Iterable[str]
  ) -> None:
    for file in files:
      (staged / file).parent.mkdir(parents=True, exist_ok=True)
      (staged / file).hardlink_to(self.folder(first) / file)

  def try_link(self, folder: pathlib.Path) -> None:
    (folder / 'file').touch()
    (folder / 'link').hardlink_to(folder / 'file')

  def is_linked(self, name: str, first: str, files: Iterable[str]) -> bool:
    folder, copy = self.folder(name), self.folder(first)
    if not folder.is_dir() or folder.is_symlink():
      return False
    present = {
      path.relative_to(folder).as_posix()
      for path in folder.rglob('*')
      if not path.is_dir() or path.is_symlink()
    }
    return present == set(files) and all(
      os.path.samestat((folder / file).lstat(), (copy / file).lstat())
      for file in present
    )


def seed_kagglehub(
  exports: storage.Found[storage.Item],
  cache_dir: pathlib.Path,
  force: bool = False,
  copy: bool = False,
) -> Iterator[results.Result]:
  """Lays artifacts into the cache.

  Args:
    exports: The artifacts and conversions, and those that cannot be used.
    cache_dir: The folder that users name in KAGGLEHUB_CACHE.
    force: Whether what slimhub did not seed is replaced.
    copy: Whether each name gets a copy, instead of links to the first.

  Yields:
    The result of each artifact, under its name, as soon as it is there.

  Raises:
    ExportError: Another slimhub works in the cache, or it is not writable, or
      takes no links.
  """
  yield from seeding.seed(exports, _Layout(cache_dir), force, copy)
