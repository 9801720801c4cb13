"""Reads the files of an artifact and checks them against its manifest."""

from collections.abc import Iterator
import contextlib
import hashlib
import os
import pathlib
import shutil
from typing import BinaryIO

from exporter import errors
from exporter.storage import manifest


class Reader:
  """A file that is hashed while it is read."""

  def __init__(self, file: BinaryIO):
    self._file = file
    self._digest = hashlib.sha256()
    self._bytes = 0

  def read(self, size: int = -1) -> bytes:
    """Up to `size` bytes, or all that are left."""
    data = self._file.read(size)
    self._digest.update(data)
    self._bytes += len(data)
    return data

  def measured(self) -> manifest.File:
    """Reads to the end; returns the size and hash of the whole file."""
    while self.read(2**20):
      pass
    return manifest.File(self._bytes, self._digest.hexdigest())


def _path(
  artifact: pathlib.Path, described: manifest.Manifest, name: str
) -> pathlib.Path:
  folder = artifact.parent if artifact.is_file() else artifact
  path = folder / name
  if not path.resolve().is_relative_to(folder.resolve()):
    raise errors.ManifestError(
      f'{described.handle}: {name} lies outside of {folder}; '
      'export it again with --force'
    )
  return path


def _check(
  described: manifest.Manifest, name: str, actual: manifest.File
) -> None:
  expected = described.files[name]
  if actual != expected:
    raise errors.ManifestError(
      f'{described.handle}: {name} has {actual.bytes} bytes, sha256 '
      f'{actual.sha256}; '
      f'expected {expected.bytes} bytes, sha256 {expected.sha256}; if no '
      'export is replacing it now, export it again with --force'
    )


@contextlib.contextmanager
def reading(
  artifact: pathlib.Path, described: manifest.Manifest, name: str
) -> Iterator[Reader]:
  """Opens one file of an artifact, and checks it when the context closes.

  Raises:
    ManifestError: The file is missing, or is not what the manifest describes.
      The latter is known only in the end, after the caller has read the data.
  """
  path = _path(artifact, described, name)
  try:
    file = path.open('rb')
  except FileNotFoundError as error:
    raise errors.ManifestError(
      f'{described.handle}: {name} is missing; export it again with --force'
    ) from error
  with file:
    reader = Reader(file)
    if os.fstat(file.fileno()).st_size == described.files[name].bytes:
      yield reader
    _check(described, name, reader.measured())


def copy_file(
  artifact: pathlib.Path,
  described: manifest.Manifest,
  name: str,
  target: pathlib.Path,
) -> None:
  """Copies one file of an artifact.

  Raises:
    ManifestError: The file is missing or is not what the manifest describes; a
      copy that is at the target then is not to be used.
  """
  target.parent.mkdir(parents=True, exist_ok=True)
  with (
    reading(artifact, described, name) as reader,
    target.open('wb') as file,
  ):
    shutil.copyfileobj(reader, file, 2**20)
