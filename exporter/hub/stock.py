"""The files that a hub sends, each made once and whole."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import pathlib

from exporter import storage


class Stock:
  """A folder of bundles and copies of files, each named after its content.

  Exports may be replaced while somebody downloads them. A file in the stock
  never changes.
  """

  def __init__(self, folder: pathlib.Path):
    self._folder = folder
    folder.mkdir(parents=True, exist_ok=True)

  def bundle(self, manifest: storage.Manifest) -> pathlib.Path:
    """The path of an artifact's bundle, which may still have to be made."""
    return (
      self._folder / f'{storage.bundle_key(manifest)}{storage.BUNDLE_SUFFIX}'
    )

  def file(self, manifest: storage.Manifest, name: str) -> pathlib.Path:
    """The path of a file's copy, which may still have to be made."""
    return self._folder / manifest.files[name].sha256

  def make_bundle(self, export: storage.Export) -> pathlib.Path:
    """Makes the bundle of an artifact unless it exists; returns its path."""

    def write(target: pathlib.Path) -> None:
      with storage.local_root(export.root, export.manifest.handle) as root:
        storage.write_bundle(root, export.manifest, target)

    return self._make(self.bundle(export.manifest), write)

  def make_file(self, export: storage.Export, name: str) -> pathlib.Path:
    """Copies a file unless the copy exists; returns the path of the copy."""

    def write(target: pathlib.Path) -> None:
      with storage.local_root(export.root, export.manifest.handle) as root:
        storage.copy_file(root, export.manifest, name, target)

    return self._make(self.file(export.manifest, name), write)

  def _make(
    self, target: pathlib.Path, write: Callable[[pathlib.Path], None]
  ) -> pathlib.Path:
    if target.exists():
      return target
    part = storage.Part(target)
    with part.locked():
      if not target.exists():  # Another process may have written it.
        with _removed_on_error(part):
          write(part.path)
        part.finish()
    return target

  def clear(self, whole: Iterable[storage.Manifest]) -> None:
    """Removes the files that none of these artifacts needs."""
    needed = set()
    for manifest in whole:
      needed |= {self.file(manifest, name).name for name in manifest.files}
      needed.add(self.bundle(manifest).name)
    for path in self._folder.iterdir():
      if path.name.removesuffix('.part') not in needed:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _removed_on_error(part: storage.Part) -> Iterator[None]:
  """Removes an unfinished part, which may have filled the disk."""
  try:
    yield
  except BaseException:
    part.discard()
    raise
