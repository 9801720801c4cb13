"""Writes the files that can be downloaded from the site."""

import dataclasses
import pathlib

from exporter import storage
from model_specs import kinds


@dataclasses.dataclass(frozen=True)
class Download:
  """A file that can be downloaded from the site."""

  path: str  # From the root of the site.
  bytes: int
  sha256: str


def write(item: storage.Item, root: pathlib.Path) -> Download:
  """Writes an artifact below the root of a site.

  A folder is packed into HANDLE.tar.gz, and a converted file is copied.

  Raises:
    ManifestError: The artifact is not what its manifest describes.
  """
  made = item.manifest
  path = storage.download_path(made)
  target = root / path
  target.parent.mkdir(parents=True, exist_ok=True)
  storage.write_download(item, target)
  with target.open('rb') as file:
    return Download(path, *storage.digest(file))


def write_manifest(item: storage.Item, root: pathlib.Path) -> None:
  """Writes the manifest of an artifact below the root of a site."""
  written = root / f'{item.handle.stem}{kinds.MANIFEST}'
  written.parent.mkdir(parents=True, exist_ok=True)
  written.write_text(item.manifest.to_json(), 'utf-8')
