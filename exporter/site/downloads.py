"""Writes the files that can be downloaded from the site."""

import dataclasses
import pathlib

from exporter import storage
from model_specs import kinds


@dataclasses.dataclass(frozen=True)
class Download:
  """A file that can be downloaded from the site."""

  path: str  # Relative to the root of the site.
  bytes: int
  sha256: str


def write(item: storage.Item, root: pathlib.Path) -> Download:
  """Writes an artifact below the root of a site.

  A folder is packed into HANDLE.tar.gz, and a converted file is copied.

  Raises:
    ManifestError: The artifact is not what its manifest describes.
  """
  manifest = item.manifest
  path = storage.download_path(manifest)
  target = root / path
  target.parent.mkdir(parents=True, exist_ok=True)
  storage.write_download(item, target)
  with target.open('rb') as file:
    return Download(path, *storage.digest(file))


def write_beside(item: storage.Item, root: pathlib.Path) -> tuple[str, ...]:
  """Writes what lies beside an artifact below the root of a site.

  Returns:
    The suffixes of what was written; the manifest is always there.
  """
  beside = {kinds.MANIFEST: item.manifest.to_json().encode()}
  for suffix in kinds.VOUCHING:
    if data := item.read_beside(suffix):
      beside[suffix] = data
  for suffix, data in beside.items():
    written = root / f'{item.handle.stem}{suffix}'
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_bytes(data)
  return tuple(beside)
