"""The path of a URL -> what of an export folder it names."""

import dataclasses
import difflib
import pathlib
import re

from exporter import errors
from exporter import storage
from model_specs import kinds

CARD, MANIFEST = kinds.CARD, kinds.MANIFEST
# No dot in front: `..` and what is being staged have no address.
_SEGMENT = re.compile(r'[a-zA-Z\d_-][\w.-]*', re.ASCII)
_MAX_SEGMENTS = 16
_PATH = re.compile(
  r'([^/]+(?:/[^/]+){3})'  # PUBLISHER/DATASET/NAME/TASK
  rf'(?:(/\d+)(?:\.({kinds.GROUP.pattern})/([^/]+))?)?'  # /VERSION.GROUP/FILE
  r'(|\.[^/]+|/.+)'  # A suffix, or a file of the artifact.
)
_NAMED = 4  # PUBLISHER/DATASET/NAME/TASK, then VERSION.


def _stem(group: str, file: str) -> str:
  """The part of a file's name that all that is of one conversion shares."""
  stems = [
    kind.stem
    for kind in kinds.of_group(group)
    if file == kind.stem or file.startswith(f'{kind.stem}.')
  ]
  return max(stems, key=len, default=file.partition('.')[0])


class MalformedError(Exception):
  """A path that can be nothing's."""


@dataclasses.dataclass(frozen=True)
class Address:
  """A path, taken apart."""

  export: str  # HANDLE, or HANDLE.GROUP/NAME of a conversion.
  part: str = ''  # A suffix; with a slash in front: a file of the artifact.

  @property
  def is_versioned(self) -> bool:
    """Whether it says which version is meant."""
    return self.export.count('/') >= _NAMED


@dataclasses.dataclass(frozen=True)
class Export:
  """A whole artifact."""

  place: storage.Place[pathlib.Path]
  manifest: storage.Manifest

  @property
  def handle(self) -> str:
    """What it is called."""
    return self.manifest.handle


def parse(path: str) -> Address | None:
  """What a path names, if it has the form of something that there can be.

  Raises:
    MalformedError: No file of an export is called so.
  """
  segments = path.removeprefix('/').removesuffix('/').split('/')
  if len(segments) > _MAX_SEGMENTS or not all(
    map(_SEGMENT.fullmatch, segments)
  ):
    raise MalformedError(
      f'{path[:80]!r} is no path of a hub; expected '
      '/PUBLISHER/DATASET/NAME/TASK/VERSION'
    )
  match = _PATH.fullmatch('/'.join(segments))
  if not match:
    return None
  folder, version, group, file, part = match.groups(default='')
  handle = f'{folder}{version}'
  found = Address(handle, part)
  if group:
    stem = _stem(group, file)
    rest = file.removeprefix(stem)
    if rest and part.startswith('/'):
      return None  # A file has nothing below it.
    found = Address(f'{handle}.{group}/{stem}', f'{rest}{part}')
  return found if found.is_versioned or not found.part else None


class Exports:
  """An export folder, as it is at each moment."""

  def __init__(self, root: pathlib.Path):
    self._root = root.resolve()
    self._read: dict[pathlib.Path, tuple[tuple, storage.Manifest]] = {}

  def _manifest(self, path: pathlib.Path) -> storage.Manifest | None:
    """What stands in a file, read again if it was replaced."""
    try:
      facts = path.stat()
    except OSError:
      return None
    stamp = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
    known = self._read.get(path)
    if known is None or known[0] != stamp:
      known = self._read[path] = stamp, storage.read_manifest(path)
    return known[1]

  def _is_inside(self, path: pathlib.Path) -> bool:
    """Whether no link leads out of the folder."""
    return path.resolve().is_relative_to(self._root)

  def find(self, address: Address) -> Export | None:
    """The artifact, if it is there and whole.

    Raises:
      ManifestError: Its manifest cannot be read.
    """
    path = self._root / f'{address.export}{MANIFEST}'
    made = self._manifest(path) if self._is_inside(path) else None
    if made is None:
      return None
    if storage.described_stem(made) != address.export:
      raise errors.ManifestError(
        f'{path} is the manifest of {made.handle}, expected one of '
        f'{address.export}; export it again with --force'
      )
    artifact = self._root / made.handle
    if not artifact.exists() or not self._is_inside(artifact):
      return None
    card = path.with_suffix(CARD)
    return Export(storage.Place(artifact, path, card), made)

  def conversions(self, export: Export) -> list[storage.Manifest]:
    """The manifests of what an artifact was converted to, sorted."""
    artifact = export.place.artifact
    found = sorted(
      artifact.with_name(f'{artifact.name}.{kind.group}')
      / f'{kind.stem}{MANIFEST}'
      for kind in kinds.converted()
    )
    read = (self._manifest(each) for each in found)
    return [made for made in read if made]

  def newest(self, address: Address) -> Address | None:
    """The highest version that is there of a handle without one."""
    folder = self._root / address.export
    numbers = [
      int(path.stem)
      for path in folder.glob(f'*{MANIFEST}')
      if path.stem.isdecimal()
    ]
    if not numbers:
      return None
    return dataclasses.replace(
      address, export=f'{address.export}/{max(numbers)}'
    )

  def is_coming(self, address: Address) -> bool:
    """Whether there is an artifact, but no manifest yet."""
    named = (address.export, f'{address.export}{address.part}')
    return any((self._root / name).exists() for name in named)

  def whole(self) -> tuple[storage.Item, ...]:
    """All that can be had.

    Raises:
      ManifestError: Nothing is there, or a manifest cannot be read.
    """
    return storage.items(self._root)

  def closest(self, wanted: str) -> str:
    """The handle most like another, if any is."""
    known = [str(item.handle) for item in self.whole()]
    return next(iter(difflib.get_close_matches(wanted, known, 1, 0.5)), '')
