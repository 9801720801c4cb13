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
  beside: tuple[str, ...] = ()  # Suffixes of what lies beside it.


def write(item: storage.Item, root: pathlib.Path) -> Download:
  """Writes an artifact below the root of a site.

  A folder is packed into HANDLE.tar.gz, and a converted file is copied. The
  manifest is written beside it, and what else lies beside the artifact.

  Raises:
    ManifestError: The artifact is not what its manifest describes.
  """
  made = item.manifest
  path = storage.download_path(made)
  target = root / path
  target.parent.mkdir(parents=True, exist_ok=True)
  storage.write_download(item, target)
  beside = {kinds.MANIFEST: made.to_json().encode()}
  for suffix in (kinds.PROVENANCE, kinds.BOM, kinds.SIGNATURE):
    if data := item.read_beside(suffix):
      beside[suffix] = data
  for suffix, data in beside.items():
    (root / f'{item.handle.stem}{suffix}').write_bytes(data)
  with target.open('rb') as file:
    return Download(path, *storage.digest(file), beside=tuple(beside))
