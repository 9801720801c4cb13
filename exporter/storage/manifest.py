"""The manifest of an artifact: its files, weights, versions and proof."""

import dataclasses
import hashlib
import json
import pathlib

from exporter import errors
from exporter.storage import disk
from exporter.storage import locations
from exporter.storage import places
import model_specs


@dataclasses.dataclass(frozen=True)
class File:
  """One file of an artifact."""

  bytes: int
  sha256: str


@dataclasses.dataclass(frozen=True)
class Weights:
  """Where the weights of an artifact came from."""

  checkpoint: str  # Its prefix or archive, as the spec spells it.
  sha256: str  # Hash of all tensors with their names and shapes, by name.
  kind: str  # 'ema' (averages), 'raw', or 'synthetic' (untrained).


@dataclasses.dataclass(frozen=True)
class Check:
  """One comparison of a reloaded artifact with its source."""

  name: str
  compared: int  # How many values or calls were compared.
  difference: float  # The largest, rounded up; so never below the measured one.
  tolerance: float


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
    for name in ('pictures', 'model'):
      if not facts[name]:
        del facts[name]
    return json.dumps(facts, indent=2) + '\n'


def spec_table(handle: model_specs.Handle) -> dict[str, object]:
  """What a manifest keeps of a spec file; empty for a published model."""
  own = handle.spec.own
  return json.loads(own.table) if own else {}


def parse_manifest(text: str | bytes, name: str) -> Manifest:
  """Parses what `to_json` wrote.

  Args:
    text: The content of the file.
    name: What to call the file in an error.

  Returns:
    The manifest.

  Raises:
    ManifestError: The text is not a manifest.
  """
  try:
    data = json.loads(text)
    return Manifest(
      handle=data['handle'],
      format=data['format'],
      spec=data['spec'],
      weights=Weights(**data['weights']),
      files={path: File(**file) for path, file in data['files'].items()},
      proof=tuple(Check(**check) for check in data['proof']),
      libraries=dict(data['libraries']),
      pictures=data.get('pictures', ''),
      model=dict(data.get('model', {})),
    )
  except (ValueError, TypeError, KeyError, AttributeError) as error:
    raise errors.ManifestError(
      f'{name} is not a manifest of slimhub ({error!r}); '
      'export the version again with --force'
    ) from error


def read_manifest(path: locations.Location) -> Manifest:
  """Reads a manifest from a file; raises a ManifestError if it holds none."""
  file = locations.to_folder(path)
  return parse_manifest(file.read_bytes(), str(file))


def is_there(path: places.Folder) -> bool:
  """Whether a manifest or a card is in its place.

  A manifest is delivered last, so that an artifact is whole where it is there.
  One that a power cut left without content says nothing, and counts as missing.
  """
  if isinstance(path, pathlib.Path) and path.is_file():
    return not disk.is_torn(path)
  return path.exists()


def hash_files(artifact: pathlib.Path) -> dict[str, File]:
  """Size and hash of every file of an artifact, sorted by path.

  Paths are relative to the artifact's folder; an artifact that is a single file
  is listed under its own name.
  """
  folder = artifact.parent if artifact.is_file() else artifact
  paths = [artifact] if artifact.is_file() else artifact.rglob('*')
  files = {}
  for path in sorted(p for p in paths if p.is_file()):
    with path.open('rb') as file:
      files[path.relative_to(folder).as_posix()] = File(*disk.digest(file))
  return files


def differences(manifest: Manifest, artifact: pathlib.Path) -> list[str]:
  """Says how an artifact differs from its manifest, one line for each file."""
  actual_files = hash_files(artifact)
  lines = []
  for path in sorted(manifest.files.keys() | actual_files.keys()):
    expected, actual = manifest.files.get(path), actual_files.get(path)
    if actual is None:
      lines.append(f'{path}: missing')
    elif expected is None:
      lines.append(f'{path}: not in the manifest')
    elif actual != expected:
      lines.append(
        f'{path}: {actual.bytes} bytes, sha256 {actual.sha256}; expected '
        f'{expected.bytes} bytes, sha256 {expected.sha256}'
      )
  return lines
