"""What is ready to be sent: bundles and files, made once, never half."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import pathlib

from exporter import storage


class Stock:
  """A folder of bundles and of copies, each named by what is in it.

  Exports may be replaced while somebody downloads; what is here never changes.
  """

  def __init__(self, folder: pathlib.Path):
    self._folder = folder
    folder.mkdir(parents=True, exist_ok=True)

  def bundle(self, made: storage.Manifest) -> pathlib.Path:
    """Where the bundle of an artifact is, once it is made."""
    return self._folder / f'{storage.bundle_key(made)}{storage.BUNDLE_SUFFIX}'

  def file(self, made: storage.Manifest, name: str) -> pathlib.Path:
    """Where the copy of one file of an artifact is, once it is made."""
    return self._folder / made.files[name].sha256

  def make_bundle(
    self, artifact: pathlib.Path, made: storage.Manifest
  ) -> pathlib.Path:
    """Makes a bundle, unless it is there."""

    def write(target: pathlib.Path) -> None:
      storage.write_bundle(artifact, made, target)

    return self._make(self.bundle(made), write)

  def make_file(
    self, artifact: pathlib.Path, made: storage.Manifest, name: str
  ) -> pathlib.Path:
    """Copies a file, unless it is there."""

    def write(target: pathlib.Path) -> None:
      storage.copy_file(artifact, made, name, target)

    return self._make(self.file(made, name), write)

  def _make(
    self, target: pathlib.Path, write: Callable[[pathlib.Path], None]
  ) -> pathlib.Path:
    if target.exists():
      return target
    coming = storage.Part(target)
    with coming.locked():
      if not target.exists():  # Another process may have made it meanwhile.
        with _removed_on_error(coming):
          write(coming.path)
        coming.finish()
    return target

  def clear(self, whole: Iterable[storage.Manifest]) -> None:
    """Removes what no artifact of these needs."""
    wanted = set()
    for made in whole:
      wanted |= {self.file(made, name).name for name in made.files}
      wanted.add(self.bundle(made).name)
    for path in self._folder.iterdir():
      if path.name.removesuffix('.part') not in wanted:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _removed_on_error(coming: storage.Part) -> Iterator[None]:
  """A full disk is not to stay full of halves."""
  try:
    yield
  except BaseException:
    coming.discard()
    raise
