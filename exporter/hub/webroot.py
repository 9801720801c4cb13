"""Writes the files of a static host, each whole at every moment."""

from collections.abc import Callable
import pathlib
import shutil

from exporter import storage
from exporter.hub import ledger as ledger_lib

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
    self._ledger = ledger_lib.Ledger(folder)
    self._names: set[str] = set()

  def put(self, name: str, write: Write, sha256: str | None = None) -> None:
    """Writes a file beside the others and renames it into its place.

    Args:
      name: The path of the file.
      write: Writes it to another path.
      sha256: Its hash, if that is known before it is written.
    """
    staged, target = self._staging / 'file', self._folder / name
    write(staged)
    target.parent.mkdir(parents=True, exist_ok=True)
    storage.sync(staged)
    self._ledger.note(name, sha256 or storage.sha256(staged))
    staged.replace(target)
    self._names.add(name)

  def has(self, name: str) -> bool:
    """Whether a file is there."""
    return (self._folder / name).is_file()

  def is_whole(self, name: str) -> bool:
    """Whether a file is there, and holds what slimhub wrote."""
    noted = self._ledger.sha256(name)
    path = self._folder / name
    if noted is None or not path.is_file():
      return False
    return storage.sha256(path) == noted

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
      # It was hashed under its first name.
      sha256 = self._ledger.sha256(origin)
      self.put(name, lambda staged: _link(staged, source), sha256)
    self.keep(name)

  def clear(self) -> None:
    """Removes what earlier runs wrote, and was neither put nor kept.

    Files that slimhub did not write are left, whatever they are.
    """
    for name in sorted(self._ledger.names - self._names):
      path = self._folder / name
      if path.is_file():
        path.unlink()
      self._remove_empty(path.parent)
    there = {name for name in self._names if self.has(name)}
    for name in there - self._ledger.names:
      self._ledger.note(name, storage.sha256(self._folder / name))
    for parent in sorted({(self._folder / name).parent for name in there}):
      storage.sync_folder(parent)
    self._ledger.finish(there)

  def _remove_empty(self, folder: pathlib.Path) -> None:
    while folder != self._folder and folder.is_dir():
      if any(folder.iterdir()):
        return
      folder.rmdir()
      folder = folder.parent
