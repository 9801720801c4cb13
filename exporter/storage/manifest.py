"""The manifest of an artifact: its files, weights, versions and proof."""

import contextlib
import dataclasses
import hashlib
import json
import math
import re
from typing import Literal
from typing import TypeAlias

import exporter
from exporter import errors
from exporter.storage import record
import model_specs
from model_specs import checksums
from model_specs import kinds
from model_specs import outside

# Averages of a training, no averages, or no training at all.
WeightsKind: TypeAlias = Literal['ema', 'raw', 'synthetic']
_SLIMHUB = 'slimhub'
_SHA256 = re.compile('[0-9a-f]{64}')
# What URLs and pages can hold as it is. No part begins with a dot.
PART = r'[A-Za-z0-9_-][A-Za-z0-9_.-]*'
_HANDLE = re.compile(rf'{PART}(/{PART}){{4,5}}')


@dataclasses.dataclass(frozen=True)
class File:
  """One file of an artifact."""

  bytes: int
  sha256: str


@dataclasses.dataclass(frozen=True)
class Archive(checksums.Checksum):
  """The published archive that a checkpoint was read from."""

  trust: str  # Why it counts as the published one: one of `checksums.TRUSTS`.

  def __post_init__(self) -> None:
    super().__post_init__()
    if self.trust not in checksums.TRUSTS:
      raise ValueError(f'trust is {self.trust!r:.80}')


@dataclasses.dataclass(frozen=True)
class Weights:
  """Where the weights of an artifact came from."""

  checkpoint: str  # Its prefix or archive, as the spec spells it.
  sha256: str  # Hash of all tensors with their names and shapes, by name.
  kind: WeightsKind
  # None if there was none: the checkpoint lay unpacked, or is synthetic.
  archive: Archive | None = None


@dataclasses.dataclass(frozen=True)
class Check:
  """One comparison of a reloaded artifact with its source."""

  name: str
  compared: int  # How many values or calls were compared.
  difference: float  # The largest, rounded up; so never below the measured one.
  tolerance: float
  # The day on which the makers of slimhub found it out for all artifacts with
  # this program; empty if it was found out where the artifact was made.
  proven: str = ''


@dataclasses.dataclass(frozen=True)
class Manifest:
  """The content of VERSION.json, which describes one artifact."""

  handle: str
  format: str
  spec: str  # Fingerprint of the model's spec when it was exported.
  weights: Weights
  files: dict[str, File]  # By path below the artifact.
  proof: tuple[Check, ...]
  libraries: dict[str, str]  # Version by package, slimhub's own included.
  # Hash of the pictures that ranges for 8 bits were measured on, if any.
  pictures: str = ''
  # How many images it takes at once, if its format fixes that: 1 or dynamic.
  # A LiteRT file that does not say so is dynamic.
  batch: str = ''
  # The spec file of a user's own model, so that it is known without the file.
  model: dict[str, object] = dataclasses.field(default_factory=dict)

  @property
  def bytes(self) -> int:
    """Size of the whole artifact."""
    return sum(file.bytes for file in self.files.values())

  @property
  def digest(self) -> str:
    """The same for all artifacts that have these very files."""
    facts = {path: file.sha256 for path, file in sorted(self.files.items())}
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

  def to_json(self) -> str:
    """The text of VERSION.json."""
    facts = dataclasses.asdict(self)
    for name in ('pictures', 'batch', 'model'):
      if not facts[name]:
        del facts[name]
    if self.weights.archive is None:
      del facts['weights']['archive']
    for check in facts['proof']:
      if not check['proven']:
        del check['proven']
    return json.dumps(facts, indent=2) + '\n'


def spec_table(handle: model_specs.Handle) -> dict[str, object]:
  """What a manifest keeps of a spec file; empty for a published model."""
  own = handle.spec.own
  return json.loads(own.table) if own else {}


def _check_proof(manifest: Manifest) -> None:
  """Raises a ValueError for a proof that would have failed."""
  if not manifest.proof:
    raise ValueError('its proof compares nothing')
  for check in manifest.proof:
    # NaN is in no range.
    if not 0 <= check.difference <= check.tolerance < math.inf:
      raise ValueError(
        f'its proof of {check.name!r:.80} has a difference of '
        f'{check.difference} and a tolerance of {check.tolerance}'
      )


def _check_files(manifest: Manifest) -> None:
  """Raises a ValueError for files that no artifact could have."""
  if not manifest.files:
    raise ValueError('it lists no files')
  for path, file in manifest.files.items():
    parts = path.split('/')
    if {'', '.', '..'}.intersection(parts) or not outside.is_plain(path):
      raise ValueError(f'{path!r:.200} is no path in an artifact')
    if file.bytes < 0:
      raise ValueError(f'{path} has {file.bytes} bytes')


def _check_claims(manifest: Manifest) -> None:
  """Raises a ValueError for a manifest that no export could have."""
  if not _HANDLE.fullmatch(manifest.handle):
    raise ValueError(f'handle {manifest.handle:.200} is no path of an export')
  if _SLIMHUB not in manifest.libraries:
    raise ValueError('its libraries lack slimhub')
  _check_files(manifest)
  _check_proof(manifest)
  hashes = [manifest.spec, manifest.weights.sha256]
  hashes += [file.sha256 for file in manifest.files.values()]
  hashes += [manifest.pictures] if manifest.pictures else []
  for each in hashes:
    if not _SHA256.fullmatch(each):
      raise ValueError(f'{each!r:.80} is no SHA-256: 64 hexadecimal digits')


def _other_writer(text: str | bytes) -> str:
  """Says which slimhub wrote what is no manifest to this one, if another."""
  with contextlib.suppress(ValueError, LookupError, TypeError, RecursionError):
    writer = outside.shown(str(json.loads(text)['libraries'][_SLIMHUB])[:40])
    if writer != exporter.__version__:
      return f'use slimhub {writer}, which wrote it, or '
  return ''


def parse_manifest(text: str | bytes, name: str) -> Manifest:
  """Parses what `to_json` wrote.

  Args:
    text: The content of the file.
    name: What to call the file in an error.

  Returns:
    The manifest. What it says is only as true as whoever wrote it is honest;
    but every field has its type, and no path leads out of the artifact.

  Raises:
    ManifestError: The text is not a manifest.
  """
  try:
    manifest = record.parse_record(Manifest, text)
    _check_claims(manifest)
  except ValueError as error:
    raise errors.ManifestError(
      f'{name} is not a manifest of slimhub ({error}); '
      f'{_other_writer(text)}export the version again with --force'
    ) from error
  return manifest


def kind_of(described: Manifest) -> kinds.Kind:
  """The format that a manifest names.

  Raises:
    ManifestError: This slimhub knows no such format.
  """
  try:
    return kinds.get(described.format)
  except kinds.UnknownFormatError as error:
    raise errors.ManifestError(
      f'{described.handle}: {error}; export it again with --force, or use the '
      'slimhub that made it'
    ) from error


def described_stem(described: Manifest) -> str:
  """The path that an artifact's manifest and card share, up to the suffix."""
  kind = kind_of(described)
  if not kind.is_converted:
    return described.handle
  return f'{described.handle.removesuffix(kind.file)}{kind.stem}'


def origin_stem(described: Manifest) -> str:
  """The path of the SavedModel that an artifact was converted from, or is."""
  kind = kind_of(described)
  return described.handle.removesuffix(f'.{kind.group}/{kind.file}')
