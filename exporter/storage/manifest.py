"""What was made: an artifact's files, weights, versions and proof, as JSON."""

import dataclasses
import hashlib
import json
import pathlib

from exporter import errors
from exporter.storage import locations
import model_specs


@dataclasses.dataclass(frozen=True)
class File:
  """One file of an artifact."""

  bytes: int
  sha256: str


@dataclasses.dataclass(frozen=True)
class Weights:
  """Where the weights came from."""

  checkpoint: str  # The prefix or archive, as the spec spells it.
  sha256: str  # Of the tensors, names and shapes, in name order.
  kind: str  # 'ema' (averages), 'raw', or 'synthetic' (untrained).


@dataclasses.dataclass(frozen=True)
class Check:
  """One comparison of a reloaded artifact with its source."""

  name: str
  compared: int  # How many values or calls it covers.
  difference: float  # Never below what was measured.
  tolerance: float


@dataclasses.dataclass(frozen=True)
class Manifest:
  """Everything a reader of VERSION.json learns."""

  handle: str
  format: str
  spec: str  # Fingerprint of all that was known of the model.
  weights: Weights
  files: dict[str, File]  # Path below the artifact -> file.
  proof: tuple[Check, ...]
  libraries: dict[str, str]  # Package -> version, slimhub's own included.
  pictures: str = ''  # Hash of those that ranges were measured on, if any.
  # What the spec file said of an own model, to know it without that file.
  model: dict[str, object] = dataclasses.field(default_factory=dict)

  @property
  def bytes(self) -> int:
    """Size of the whole artifact."""
    return sum(file.bytes for file in self.files.values())

  def to_json(self) -> str:
    """The text of VERSION.json."""
    facts = dataclasses.asdict(self)
    for name in ('pictures', 'model'):
      if not facts[name]:
        del facts[name]
    return json.dumps(facts, indent=2) + '\n'


def spec_table(handle: model_specs.Handle) -> dict[str, object]:
  """What a manifest keeps of an own model's spec file."""
  own = handle.spec.own
  return json.loads(own.table) if own else {}


def parse_manifest(text: str | bytes, name: str) -> Manifest:
  """Parses what `to_json` wrote; `name` is for the error."""
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
  """The manifest in a file."""
  file = locations.to_folder(path)
  return parse_manifest(file.read_bytes(), str(file))


def hash_files(artifact: pathlib.Path) -> dict[str, File]:
  """Every file of an artifact, by its path below the folder, sorted.

  An artifact that is one file has that file's name.
  """
  folder = artifact.parent if artifact.is_file() else artifact
  paths = [artifact] if artifact.is_file() else artifact.rglob('*')
  files = {}
  for path in sorted(p for p in paths if p.is_file()):
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    files[path.relative_to(folder).as_posix()] = File(len(data), digest)
  return files


def differences(manifest: Manifest, artifact: pathlib.Path) -> list[str]:
  """What of an artifact differs from its manifest, one line a file."""
  found = hash_files(artifact)
  lines = []
  for path in sorted(manifest.files.keys() | found.keys()):
    expected, actual = manifest.files.get(path), found.get(path)
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
