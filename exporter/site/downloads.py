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

  A folder is packed into HANDLE.tar.gz, and a converted file is copied. The
  manifest is written beside it.

  Raises:
    ManifestError: The artifact is not what its manifest describes.
  """
  path = f'{item.handle}'
  with storage.local_copy(item.place.artifact) as artifact:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if artifact.is_file():
      storage.copy_file(artifact, item.manifest, artifact.name, target)
    else:
      path += storage.BUNDLE_SUFFIX
      target = root / path
      storage.write_bundle(artifact, item.manifest, target)
  written = root / f'{item.handle.stem}{kinds.MANIFEST}'
  written.write_text(item.manifest.to_json(), 'utf-8')
  with target.open('rb') as file:
    return Download(path, *storage.digest(file))
