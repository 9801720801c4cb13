"""The layers of an image: archives that always have the same bytes.

They are not compressed: weights hardly shrink, and compressed bytes depend on
the library that made them.
"""

import hashlib
import io
import pathlib
import tarfile
from typing import IO
from typing import cast

from exporter import storage
from exporter.publishing import content

_ROOT = 'models'  # What KServe and TensorFlow Serving look into.
_BESIDE = 'provenance'


class _Sink:
  """Counts and hashes what is written to it, and keeps nothing."""

  def __init__(self) -> None:
    self.bytes = 0
    self.hashed = hashlib.sha256()

  def write(self, data: bytes) -> int:
    self.hashed.update(data)
    self.bytes += len(data)
    return len(data)


def _write(item: storage.Item, file: IO[bytes]) -> None:
  """Writes an artifact as /models/NUMBER/FILES.

  Raises:
    ManifestError: A file is missing or is not what the manifest describes.
  """
  manifest = item.manifest
  base = f'{_ROOT}/{item.handle.number}'
  names = {f'{base}/{name}': name for name in sorted(manifest.files)}
  with (
    storage.local_root(item.root, manifest.handle) as root,
    _archive(file) as tar,
  ):
    for folder in storage.member_folders(names):
      tar.addfile(folder)
    for path, name in names.items():
      member = storage.member_file(path, manifest.files[name].bytes)
      with storage.reading(root, manifest, name) as reader:
        tar.addfile(member, cast(IO[bytes], reader))


def _archive(file: IO[bytes]) -> tarfile.TarFile:
  return tarfile.open(fileobj=file, mode='w|', format=tarfile.USTAR_FORMAT)


def layer(item: storage.Item) -> content.Content:
  """The layer of an artifact, whose bytes are known once it was read.

  Raises:
    ManifestError: A file is missing or is not what the manifest describes.
  """

  def write(path: pathlib.Path) -> None:
    with path.open('wb') as file:
      _write(item, file)

  sink = _Sink()
  _write(item, cast(IO[bytes], sink))
  return content.Content(sink.bytes, sink.hashed.hexdigest(), write)


def beside(item: storage.Item) -> content.Content | None:
  """The layer with what vouches for an artifact, as /provenance/FILES.

  It is a layer of its own, so that a new signature leaves the layer of weights
  as it is, and those who mount /models do not see it.

  Returns:
    The layer; None if nothing vouches for the artifact.

  Raises:
    ManifestError: What vouches for the artifact describes other files.
  """
  stem = item.stem.rpartition('/')[2]
  files = {
    f'{_BESIDE}/{stem}{suffix}': data
    for suffix, data in content.beside_export(item).items()
  }
  if not files:
    return None
  packed = io.BytesIO()
  with _archive(packed) as tar:
    for folder in storage.member_folders(files):
      tar.addfile(folder)
    for path, data in files.items():
      member = storage.member_file(path, len(data))
      tar.addfile(member, io.BytesIO(data))
  return content.of_data(packed.getvalue())
