"""Reads the paths of URLs, and finds the exports that they name."""

import contextlib
import dataclasses
import logging
import pathlib
import re

from exporter import errors
from exporter import storage
from exporter.hub import refusal
from exporter.hub import stamps
from exporter.hub import tfjs
import model_specs
from model_specs import kinds
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
LITE = kinds.get('litert.float32')  # Sent for `?lite-format=tflite`.
# No segment begins with a dot, so that neither `..` nor the folder in which
# exports are staged has an address.
SEGMENT = re.compile(r'[a-zA-Z\d_-][\w.-]*', re.ASCII)
_NUMBER = re.compile('[0-9]+')
_MAX_SEGMENTS = 16
_PATH = re.compile(
  # PUBLISHER/DATASET/NAME/TASK, with a variant behind some names.
  rf'([^/]+/[^/]+/[^/]+(?:/{model_specs.VARIANT})?/[^/]+)'
  # /VERSION.GROUP/FILE
  rf'(?:(/[0-9]+)(?:\.({kinds.GROUP.pattern})/([^/]+))?)?'
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
    plain = self.export.replace(f'/{model_specs.VARIANT}/', '/')
    return plain.count('/') >= _SLASHES


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
  if len(segments) > _MAX_SEGMENTS or not all(map(SEGMENT.fullmatch, segments)):
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


def of(handle: model_specs.Handle, part: str = '') -> Address:
  """The address of an artifact, or of a part of it."""
  return Address(handle.stem, part or str(handle).removeprefix(handle.stem))


class Exports:
  """An export folder, whose content may change between two calls."""

  def __init__(self, root: pathlib.Path):
    self._root = root.resolve()
    self._read: dict[str, tuple[stamps.Stamp, storage.Export]] = {}

  def _find(self, stem: str) -> storage.Export | None:
    """The artifact at a path, if any; read again only if it was replaced."""
    try:
      facts = (self._root / f'{stem}{kinds.MANIFEST}').lstat()
    except OSError:
      return None
    stamp = stamps.of(facts)
    entry = self._read.get(stem)
    if entry is None or entry[0] != stamp:
      export = storage.find_export(self._root, stem)
      if export is None:  # The artifact may come after its manifest.
        return None
      entry = self._read[stem] = stamp, export
    export = entry[1]
    is_there = (self._root / export.manifest.handle).exists()
    return export if is_there else None

  def find(self, address: Address) -> storage.Export | None:
    """The artifact that an address names, if it was delivered whole.

    Raises:
      ManifestError: The manifest cannot be read, or is another artifact's; or
        the artifact lies behind a link, or was converted from another model
        than the SavedModel beside it.
    """
    export = self._find(address.export)
    if export:
      storage.check_origin(export.manifest, self._manifest)
    return export

  def _manifest(self, stem: str) -> storage.Manifest | None:
    export = self._find(stem)
    return export.manifest if export else None

  def whole(self, address: Address) -> storage.Export | None:
    """As `find`; what is there but cannot be sent is refused.

    Raises:
      Refusal: It is damaged, or is being written.
    """
    try:
      export = self.find(address)
    except errors.ManifestError as error:
      _log.warning('%s', outside.shown(str(error)))
      raise refusal.Refusal(
        404,
        f'{address.export} is not what its manifest says, and is left out; the '
        'log of the hub says why',
      ) from error
    if export is None and self.is_coming(address):
      raise refusal.Refusal(
        404,
        f'{address.export} is being written: it has no manifest yet. Try again '
        'later',
        **refusal.RETRY,
      )
    return export

  def conversions(self, export: storage.Export) -> list[storage.Manifest]:
    """The manifests of an artifact's conversions, sorted by path.

    Those that cannot be used, or are of another model, are left out.
    """
    exports = []
    for kind in kinds.converted():
      with contextlib.suppress(errors.ManifestError):
        stem = f'{export.stem}.{kind.group}/{kind.stem}'
        exports.append((stem, self.find(Address(stem, ''))))
    return [each.manifest for _, each in sorted(exports) if each]

  def numbers(self, folder: str, kind: kinds.Kind | None = None) -> list[int]:
    """The versions of a model and task, or those converted to a format.

    Raises:
      OSError: The folder of the model and task cannot be listed.
    """
    end = (
      f'.{kind.group}/{kind.stem}{kinds.MANIFEST}' if kind else kinds.MANIFEST
    )
    root = self._root / folder
    names = [
      path.relative_to(root).as_posix().removesuffix(end)
      for path in storage.Search(root).glob(f'*{end}')
    ]
    return [int(name) for name in names if _NUMBER.fullmatch(name)]

  def newest(self, address: Address) -> Address | None:
    """Adds the highest version that there is to an address without one."""
    numbers = self.numbers(address.export)
    if not numbers:
      return None
    return dataclasses.replace(
      address, export=f'{address.export}/{max(numbers)}'
    )

  def for_tfjs(self, address: Address) -> Address | None:
    """What answers TensorFlow.js if it asks for a handle, or a file below it.

    Returns:
      The address of a conversion, or of a file in it; None if there is none.
    """
    folder, _, number = address.export.rpartition('/')
    for kind in kinds.of_group(kinds.TFJS):
      versions = tfjs.answering(self.numbers(folder, kind))
      if _NUMBER.fullmatch(number) and int(number) in versions:
        stem = f'{folder}/{versions[int(number)]}.{kind.group}/{kind.stem}'
        return Address(stem, address.part)
    return None

  def is_coming(self, address: Address) -> bool:
    """Whether an artifact is there whose manifest may still be delivered."""
    named = (address.export, f'{address.export}{address.part}')
    return any((self._root / name).exists() for name in named)
