"""Reads the paths of URLs, and finds the exports that they name."""

import dataclasses
import pathlib
import re

from exporter import errors
from exporter import storage
from model_specs import kinds

CARD, MANIFEST = kinds.CARD, kinds.MANIFEST
# No segment begins with a dot, so that neither `..` nor the folder in which
# exports are staged has an address.
_SEGMENT = re.compile(r'[a-zA-Z\d_-][\w.-]*', re.ASCII)
_MAX_SEGMENTS = 16
_PATH = re.compile(
  r'([^/]+(?:/[^/]+){3})'  # PUBLISHER/DATASET/NAME/TASK
  rf'(?:(/\d+)(?:\.({kinds.GROUP.pattern})/([^/]+))?)?'  # /VERSION.GROUP/FILE
  r'(|\.[^/]+|/.+)'  # A suffix, or a file of the artifact.
)
_SLASHES = 4  # In PUBLISHER/DATASET/NAME/TASK/VERSION.


def _stem(group: str, file: str) -> str:
  """The part of a file name that a conversion, its manifest and card share."""
  stems = [
    kind.stem
    for kind in kinds.of_group(group)
    if file == kind.stem or file.startswith(f'{kind.stem}.')
  ]
  return max(stems, key=len, default=file.partition('.')[0])


class MalformedError(Exception):
  """A path that no hub has, whatever was exported."""


@dataclasses.dataclass(frozen=True)
class Address:
  """The path of a URL, taken apart: an export, and what of it is meant."""

  export: str  # HANDLE, or HANDLE.GROUP/NAME of a conversion.
  # The rest of the path: empty, the suffix of a file, or `/NAME` of a file in
  # the artifact.
  part: str = ''

  @property
  def is_versioned(self) -> bool:
    """Whether the path names a version, not only a model and a task."""
    return self.export.count('/') >= _SLASHES


@dataclasses.dataclass(frozen=True)
class Export:
  """An artifact that was delivered whole."""

  place: storage.Place[pathlib.Path]
  manifest: storage.Manifest

  @property
  def handle(self) -> str:
    """The handle that stands in the manifest."""
    return self.manifest.handle


def parse(path: str) -> Address | None:
  """Takes a path apart, without a look at the exports.

  Returns:
    An address that an export might have; None if no export's path has this
    form.

  Raises:
    MalformedError: A segment has characters that no name of an export has, or
      there are too many segments.
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
  parsed = Address(handle, part)
  if group:
    stem = _stem(group, file)
    rest = file.removeprefix(stem)
    if rest and part.startswith('/'):
      return None  # A file has nothing below it.
    parsed = Address(f'{handle}.{group}/{stem}', f'{rest}{part}')
  return parsed if parsed.is_versioned or not parsed.part else None


class Exports:
  """An export folder, whose content may change between two calls."""

  def __init__(self, root: pathlib.Path):
    self._root = root.resolve()
    self._read: dict[pathlib.Path, tuple[tuple, storage.Manifest]] = {}

  def _manifest(self, path: pathlib.Path) -> storage.Manifest | None:
    """The manifest at a path, if any; it is read again only if it changed."""
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
    """Whether a path is in the folder, also after its links are followed."""
    return path.resolve().is_relative_to(self._root)

  def find(self, address: Address) -> Export | None:
    """The artifact that an address names, if it was delivered whole.

    Links that lead out of the folder are not followed.

    Raises:
      ManifestError: The manifest cannot be read, or is another artifact's.
    """
    path = self._root / f'{address.export}{MANIFEST}'
    manifest = self._manifest(path) if self._is_inside(path) else None
    if manifest is None:
      return None
    if storage.described_stem(manifest) != address.export:
      raise errors.ManifestError(
        f'{path} is the manifest of {manifest.handle}, expected one of '
        f'{address.export}; export it again with --force'
      )
    artifact = self._root / manifest.handle
    if not artifact.exists() or not self._is_inside(artifact):
      return None
    card = path.with_suffix(CARD)
    return Export(storage.Place(artifact, path, card), manifest)

  def conversions(self, export: Export) -> list[storage.Manifest]:
    """The manifests of an artifact's conversions, sorted by path."""
    artifact = export.place.artifact
    paths = sorted(
      artifact.with_name(f'{artifact.name}.{kind.group}')
      / f'{kind.stem}{MANIFEST}'
      for kind in kinds.converted()
    )
    manifests = (self._manifest(path) for path in paths)
    return [manifest for manifest in manifests if manifest]

  def newest(self, address: Address) -> Address | None:
    """Adds the highest version that there is to an address without one."""
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
    """Whether an artifact is there whose manifest may still be delivered."""
    named = (address.export, f'{address.export}{address.part}')
    return any((self._root / name).exists() for name in named)
