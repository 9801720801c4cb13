"""The files that a hub sends, each made once and whole."""

import base64
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import dataclasses
import hashlib
import os
import pathlib
import re

from exporter import errors
from exporter import storage
from exporter.hub import stamps

_MARK = '.slimhub-stock'  # In a folder of slimhub's own.
_NOTE = '.sha256'
_CHUNK = 2**20
BYTES, _GZIP = 'application/octet-stream', 'application/gzip'
# All that a stock ever writes or removes, beside its mark.
_NAME = re.compile(
  rf'[0-9a-f]{{64}}({re.escape(storage.BUNDLE_SUFFIX)}({_NOTE})?)?(\.part)?'
)


@dataclasses.dataclass(frozen=True)
class Sent:
  """A file of the stock to send; unless it is ready, `make` makes it first."""

  path: pathlib.Path
  ready: os.stat_result | None
  make: Callable[[], os.stat_result]
  name: str  # Under which a browser saves it.
  media_type: str
  md5: Callable[[], str]  # Of the file that was made, in base64.

  @property
  def etag(self) -> str:
    """Identifies the content, after which the stock names its files."""
    return f'"{self.path.name}"'


class Stock:
  """A folder of bundles and copies of files, each named after its content.

  Exports may be replaced while somebody downloads them. A file in the stock is
  sent only as it was made: its hash is compared when it is first asked for, and
  again when it was touched since.
  """

  def __init__(self, folder: pathlib.Path):
    """Makes the folder, or takes one that an earlier stock made.

    Raises:
      HubError: The folder holds what no stock put there.
    """
    self._folder = folder
    self._inode = 0
    self._verified: dict[str, stamps.Stamp] = {}
    self._md5: dict[str, tuple[stamps.Stamp, str]] = {}
    self._claim()

  def _claim(self) -> None:
    """Makes the folder, and marks it as slimhub's own unless others use it.

    It may have been removed since the last time, or the mark in it, by what
    clears up temporary folders.
    """
    self._folder.mkdir(parents=True, exist_ok=True)
    mark, inode = self._folder / _MARK, self._folder.stat().st_ino
    is_new = inode != self._inode
    names = [path.name for path in self._folder.iterdir()] if is_new else []
    if names and not mark.exists():
      raise errors.HubError(
        f'{self._folder} holds {min(names)!r}, which no hub put there; name an '
        'empty or a new --stock_dir, or remove it if it is the stock of an '
        'older slimhub'
      )
    if not mark.exists():
      mark.touch()
    self._inode = inode

  def check(self) -> None:
    """Makes sure that files can be made.

    Raises:
      HubError: The folder is in use by others, or cannot be written to.
      OSError: The folder is gone and cannot be made again.
    """
    self._claim()
    if not os.access(self._folder, os.W_OK | os.X_OK):
      raise errors.HubError(f'{self._folder} cannot be written to')

  def _path(self, name: str) -> pathlib.Path:
    if not _NAME.fullmatch(name):
      raise errors.ManifestError(
        f'{name[:80]!r} is no sha256; export the version again with --force'
      )
    return self._folder / name

  def bundle(self, manifest: storage.Manifest) -> pathlib.Path:
    """The path of an artifact's bundle, which may still have to be made."""
    return self._path(f'{storage.bundle_key(manifest)}{storage.BUNDLE_SUFFIX}')

  def file(self, manifest: storage.Manifest, name: str) -> pathlib.Path:
    """The path of a file's copy, which may still have to be made."""
    return self._path(manifest.files[name].sha256)

  def ready(self, path: pathlib.Path) -> os.stat_result | None:
    """The facts of a file that may be sent as it is, None if it is to be made.

    Whether it was verified is known without reading it.
    """
    verified = self._verified.get(path.name)
    with contextlib.suppress(FileNotFoundError):
      facts = path.stat()
      return facts if verified == stamps.of(facts) else None
    return None

  def send_bundle(self, export: storage.Export) -> Sent:
    """The bundle of an artifact, to send."""
    path = self.bundle(export.manifest)
    name = '_'.join(export.manifest.handle.split('/')[2:])
    return Sent(
      path,
      self.ready(path),
      lambda: self.make_bundle(export),
      f'{name}{storage.BUNDLE_SUFFIX}',
      _GZIP,
      lambda: self._read_md5(path),
    )

  def send_file(
    self, export: storage.Export, name: str, media_type: str = BYTES
  ) -> Sent:
    """A file of an artifact, to send."""
    path = self.file(export.manifest, name)
    return Sent(
      path,
      self.ready(path),
      lambda: self.make_file(export, name),
      pathlib.PurePath(name).name,
      media_type,
      lambda: self._read_md5(path),
    )

  def _read_md5(self, path: pathlib.Path) -> str:
    """The MD5 of a file in base64; an unchanged file is read only once."""
    stamp = stamps.of(path.stat())
    entry = self._md5.get(path.name)
    if entry is None or entry[0] != stamp:
      hashed = hashlib.md5(usedforsecurity=False)
      with path.open('rb') as file:
        while data := file.read(_CHUNK):
          hashed.update(data)
      text = base64.b64encode(hashed.digest()).decode()
      entry = self._md5[path.name] = stamp, text
    return entry[1]

  def make_bundle(self, export: storage.Export) -> os.stat_result:
    """Makes the bundle of an artifact unless it is there; returns its facts."""
    target = self.bundle(export.manifest)
    note = target.with_name(f'{target.name}{_NOTE}')

    def is_whole() -> bool:
      if not note.exists():
        return False
      return note.read_bytes() == storage.sha256(target).encode()

    def write(part: pathlib.Path) -> None:
      with storage.local_root(export.root, export.manifest.handle) as root:
        storage.write_bundle(root, export.manifest, part)
      # A half note is of no bundle, so that it does no harm.
      note.write_bytes(storage.sha256(part).encode())

    return self._make(target, is_whole, write)

  def make_file(self, export: storage.Export, name: str) -> os.stat_result:
    """Copies a file unless the copy is there; returns the facts of the copy."""
    target = self.file(export.manifest, name)

    def is_whole() -> bool:
      return target.name == storage.sha256(target)

    def write(part: pathlib.Path) -> None:
      with storage.local_root(export.root, export.manifest.handle) as root:
        storage.copy_file(root, export.manifest, name, part)

    return self._make(target, is_whole, write)

  def _make(
    self,
    target: pathlib.Path,
    is_whole: Callable[[], bool],
    write: Callable[[pathlib.Path], None],
  ) -> os.stat_result:
    self._claim()
    part = storage.Part(target)
    with part.locked():
      # Another process may have written it, or an earlier run.
      facts = target.stat() if target.exists() else None
      if not (facts and is_whole()):
        with _removed_on_error(part):
          write(part.path)
        part.finish()
        facts = target.stat()
      self._verified[target.name] = stamps.of(facts)
    return facts

  def clear(self, whole: Iterable[storage.Manifest]) -> None:
    """Removes the files of a stock that none of these artifacts needs."""
    needed = set()
    for manifest in whole:
      needed |= {file.sha256 for file in manifest.files.values()}
      bundle = self.bundle(manifest).name
      needed |= {bundle, f'{bundle}{_NOTE}'}
    for path in self._folder.iterdir():
      is_ours = _NAME.fullmatch(path.name) and path.is_file()
      if is_ours and path.name.removesuffix('.part') not in needed:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _removed_on_error(part: storage.Part) -> Iterator[None]:
  """Removes an unfinished part, which may have filled the disk."""
  try:
    yield
  except BaseException:
    part.discard()
    raise
