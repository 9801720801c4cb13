"""Packs an artifact as one tar.gz, as tensorflow_hub downloads it.

With the same zlib, the same files always give the same bytes.
"""

import gzip
import hashlib
import json
import pathlib
import tarfile
from typing import IO
from typing import cast
import zlib

from exporter.storage import contents
from exporter.storage import export
from exporter.storage import manifest
from exporter.storage import members
from exporter.storage import places

BUNDLE_SUFFIX = '.tar.gz'
_LEVEL = 6  # Weights hardly shrink, at any level; graphs do.
_FORMAT = 1  # To raise when the same files give other bytes.


def is_bundled(described: manifest.Manifest) -> bool:
  """Whether an artifact is a folder, which is downloaded as one tar.gz."""
  return manifest.kind_of(described).is_folder


def download_path(described: manifest.Manifest) -> str:
  """The path of the one file that an artifact is downloaded as."""
  suffix = BUNDLE_SUFFIX if is_bundled(described) else ''
  return f'{described.handle}{suffix}'


def bundle_key(described: manifest.Manifest) -> str:
  """A key that artifacts share only if their bundles have the same bytes."""
  files = {name: file.sha256 for name, file in sorted(described.files.items())}
  facts = [_FORMAT, _LEVEL, zlib.ZLIB_RUNTIME_VERSION, files]
  return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def write_bundle(
  root: pathlib.Path, described: manifest.Manifest, target: pathlib.Path
) -> None:
  """Writes the bundle of an artifact.

  Args:
    root: The folder in which the artifact lies under its handle.
    described: The manifest of the artifact.
    target: Where the bundle goes.

  Raises:
    ManifestError: A file is missing or is not what the manifest describes; what
      is at the target then is not to be used.
  """
  with (
    target.open('wb') as file,
    gzip.GzipFile('', 'wb', _LEVEL, file, mtime=0) as compressed,
    tarfile.open(
      fileobj=compressed, mode='w', format=tarfile.GNU_FORMAT
    ) as tar,
  ):
    for folder in members.member_folders(described.files):
      tar.addfile(folder)
    for name in sorted(described.files):
      member = members.member_file(name, described.files[name].bytes)
      with contents.reading(root, described, name) as reader:
        tar.addfile(member, cast(IO[bytes], reader))


def write_download(delivered: export.Export, target: pathlib.Path) -> None:
  """Writes the one file that an artifact is downloaded as.

  Raises:
    ManifestError: A file is missing or is not what the manifest describes; what
      is at the target then is not to be used.
  """
  described = delivered.manifest
  with places.local_root(delivered.root, described.handle) as root:
    if is_bundled(described):
      write_bundle(root, described, target)
    else:
      (name,) = described.files
      contents.copy_file(root, described, name, target)
