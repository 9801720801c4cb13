"""The files of a static host, each whole at every moment."""

from collections.abc import Callable
import pathlib
import shutil

from exporter import storage

Write = Callable[[pathlib.Path], object]


def _link(path: pathlib.Path, source: pathlib.Path) -> None:
  try:
    path.hardlink_to(source)
  except OSError:  # Not every file system has links.
    shutil.copyfile(source, path)


class Webroot:
  """A packed folder; every file in it is whole at every moment."""

  def __init__(self, folder: pathlib.Path, staging: pathlib.Path):
    self._folder = folder
    self._staging = staging
    self._names: set[str] = set()

  def put(self, name: str, write: Write) -> None:
    """Writes a file beside the others and renames it into its place."""
    staged, target = self._staging / 'file', self._folder / name
    write(staged)
    target.parent.mkdir(parents=True, exist_ok=True)
    storage.sync(staged)
    staged.replace(target)
    self._names.add(name)

  def has(self, name: str) -> bool:
    """Whether a file is there."""
    return (self._folder / name).is_file()

  def read(self, name: str) -> bytes:
    """What a file holds."""
    return (self._folder / name).read_bytes()

  def is_just(self, name: str, data: bytes) -> bool:
    """Whether a file holds this."""
    return self.has(name) and self.read(name) == data

  def keep(self, name: str) -> None:
    """Leaves a file, if it is there."""
    self._names.add(name)

  def put_data(self, name: str, data: bytes) -> None:
    """Writes a file, unless it is just that."""
    if not self.is_just(name, data):
      self.put(name, lambda staged: staged.write_bytes(data))
    self.keep(name)

  def link(self, name: str, origin: str) -> None:
    """Gives a file a second name."""
    source, target = self._folder / origin, self._folder / name
    if not (self.has(name) and target.samefile(source)):
      self.put(name, lambda staged: _link(staged, source))
    self.keep(name)

  def clear(self) -> None:
    """Removes all that was neither put nor kept."""
    for path in sorted(self._folder.rglob('*'), reverse=True):
      name = path.relative_to(self._folder).as_posix()
      if name.startswith('.slimhub') or name in self._names:
        continue  # The first are what holds and stages.
      if not path.is_dir():
        path.unlink()
      elif not any(path.iterdir()):
        path.rmdir()
      else:
        storage.sync_folder(path)
    storage.sync_folder(self._folder)
