"""An artifact as one tar.gz, as tensorflow_hub downloads it: the same bytes."""

from collections.abc import Iterable
import gzip
import hashlib
import json
import pathlib
import tarfile
from typing import IO
from typing import cast
import zlib

from exporter import errors
from exporter.storage import contents
from exporter.storage import manifest
from model_specs import kinds

BUNDLE_SUFFIX = '.tar.gz'
_LEVEL = 6  # Weights hardly shrink, at any level; graphs do.
_FORMAT = 1  # Raised when other bytes are written of the same files.


def kind_of(made: manifest.Manifest) -> kinds.Kind:
  """What is known of the format that a manifest names.

  Raises:
    ManifestError: This slimhub knows no such format.
  """
  try:
    return kinds.get(made.format)
  except kinds.UnknownFormatError as error:
    raise errors.ManifestError(
      f'{made.handle}: {error}; export it again with --force, or use the '
      'slimhub that made it'
    ) from error


def is_bundled(made: manifest.Manifest) -> bool:
  """Whether an artifact is a folder, which is handed out as one tar.gz."""
  return kind_of(made).is_folder


def described_stem(made: manifest.Manifest) -> str:
  """What the names of an artifact's manifest and card begin with."""
  kind = kind_of(made)
  if not kind.is_converted:
    return made.handle
  return f'{made.handle.removesuffix(kind.file)}{kind.stem}'


def download_path(made: manifest.Manifest) -> str:
  """The path of an artifact as one file."""
  suffix = BUNDLE_SUFFIX if is_bundled(made) else ''
  return f'{made.handle}{suffix}'


def bundle_key(made: manifest.Manifest) -> str:
  """What has the same key has the same bytes."""
  files = {name: file.sha256 for name, file in sorted(made.files.items())}
  facts = [_FORMAT, _LEVEL, zlib.ZLIB_RUNTIME_VERSION, files]
  return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _folders(names: Iterable[str]) -> list[str]:
  found = {p.as_posix() for n in names for p in pathlib.PurePath(n).parents}
  return sorted(found - {'.'})


def _member(name: str) -> tarfile.TarInfo:
  """Nobody's, of no time."""
  member = tarfile.TarInfo(name)
  member.mode = 0o644
  return member


def write_bundle(
  artifact: pathlib.Path, made: manifest.Manifest, target: pathlib.Path
) -> None:
  """Writes the bundle of an artifact; after an error the target is not it.

  Raises:
    ManifestError: A file is not what the manifest describes.
  """
  with (
    target.open('wb') as file,
    gzip.GzipFile('', 'wb', _LEVEL, file, mtime=0) as compressed,
    tarfile.open(
      fileobj=compressed, mode='w', format=tarfile.GNU_FORMAT
    ) as tar,
  ):
    for name in _folders(made.files):
      folder = _member(name)
      folder.type, folder.mode = tarfile.DIRTYPE, 0o755
      tar.addfile(folder)
    for name in sorted(made.files):
      member = _member(name)
      member.size = made.files[name].bytes
      with contents.reading(artifact, made, name) as reader:
        tar.addfile(member, cast(IO[bytes], reader))
