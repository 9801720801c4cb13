"""Exports -> files that a reader of the site can take away."""

import dataclasses
import gzip
import hashlib
import pathlib
import shutil
import tarfile
from typing import BinaryIO

from exporter import errors
from exporter import manifest
from exporter import places
from exporter import shelf

_PIECE = 1 << 20


@dataclasses.dataclass(frozen=True)
class Download:
  """One file of the site."""

  path: str  # From the root of the site.
  bytes: int
  sha256: str


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
  """Without what differs from one machine or run to the next."""
  member.uid = member.gid = 0
  member.uname = member.gname = ''
  member.mtime = 0
  member.mode = 0o755 if member.isdir() else 0o644
  return member


def _pack(artifact: pathlib.Path, file: BinaryIO) -> None:
  """Writes a folder as tensorflow_hub unpacks one: the same bytes each time."""
  with (
    gzip.GzipFile('', 'wb', mtime=0, fileobj=file) as zipped,
    tarfile.open(fileobj=zipped, mode='w', format=tarfile.USTAR_FORMAT) as tar,
  ):
    for path in sorted(artifact.rglob('*')):
      name = path.relative_to(artifact).as_posix()
      tar.add(path, name, recursive=False, filter=_anonymous)


def _hash(path: pathlib.Path) -> str:
  digest = hashlib.sha256()
  with path.open('rb') as file:
    while piece := file.read(_PIECE):
      digest.update(piece)
  return digest.hexdigest()


def write(item: shelf.Item, root: pathlib.Path) -> Download:
  """Writes an artifact below the root of a site.

  A folder becomes HANDLE.tar.gz, a converted file is copied; its manifest goes
  beside it.

  Raises:
    ManifestError: It is not what its manifest describes.
  """
  with places.here(item.place.artifact) as artifact:
    if differences := manifest.differences(item.manifest, artifact):
      raise errors.ManifestError(
        f'{item.place.artifact} is not what its manifest describes; '
        'export the version again with --force\n  ' + '\n  '.join(differences)
      )
    is_file = artifact.is_file()
    path = f'{item.handle}' if is_file else f'{item.handle}.tar.gz'
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if is_file:
      shutil.copyfile(artifact, target)
    else:
      with target.open('wb') as file:
        _pack(artifact, file)
  written = (root / f'{item.handle}').with_suffix('.json')
  written.write_text(item.manifest.to_json(), 'utf-8')
  return Download(path, target.stat().st_size, _hash(target))
