"""Writes the files of a static host, each whole at every moment."""

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
  """A folder that a static host serves while it is packed anew."""

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

  def stems(self) -> list[str]:
    """The stems of the exports whose manifests are there."""
    paths = storage.find_paths(self._folder, whole=True)
    return [candidate.stem for candidate in paths.candidates]

  def read(self, name: str) -> bytes:
    """The content of a file."""
    return (self._folder / name).read_bytes()

  def is_just(self, name: str, data: bytes) -> bool:
    """Whether a file is there and has exactly this content."""
    return self.has(name) and self.read(name) == data

  def keep(self, name: str) -> None:
    """Makes `clear` leave a file, if it is there."""
    self._names.add(name)

  def put_data(self, name: str, data: bytes) -> None:
    """Writes a file, unless it has this content already."""
    if not self.is_just(name, data):
      self.put(name, lambda staged: staged.write_bytes(data))
    self.keep(name)

  def link(self, name: str, origin: str) -> None:
    """Gives the file `origin` a second name."""
    source, target = self._folder / origin, self._folder / name
    if not (self.has(name) and target.samefile(source)):
      self.put(name, lambda staged: _link(staged, source))
    self.keep(name)

  def clear(self) -> None:
    """Removes files that were neither put nor kept, and empty folders."""
    for path in sorted(self._folder.rglob('*'), reverse=True):
      name = path.relative_to(self._folder).as_posix()
      if name.startswith('.slimhub') or name in self._names:
        continue  # The first are the lock and the staging folder.
      if not path.is_dir():
        path.unlink()
      elif not any(path.iterdir()):
        path.rmdir()
      else:
        storage.sync_folder(path)
    storage.sync_folder(self._folder)
