"""The files of an artifact, as its manifest has them or not at all."""

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
    """Some of it, as files give it."""
    data = self._file.read(size)
    self._digest.update(data)
    self._bytes += len(data)
    return data

  def found(self) -> manifest.File:
    """What the whole file is."""
    while self.read(2**20):
      pass
    return manifest.File(self._bytes, self._digest.hexdigest())


def _path(
  artifact: pathlib.Path, made: manifest.Manifest, name: str
) -> pathlib.Path:
  folder = artifact.parent if artifact.is_file() else artifact
  path = folder / name
  if not path.resolve().is_relative_to(folder.resolve()):
    raise errors.ManifestError(
      f'{made.handle}: {name} lies outside of {folder}; export it again with '
      '--force'
    )
  return path


def _check(made: manifest.Manifest, name: str, found: manifest.File) -> None:
  expected = made.files[name]
  if found != expected:
    raise errors.ManifestError(
      f'{made.handle}: {name} has {found.bytes} bytes, sha256 {found.sha256}; '
      f'expected {expected.bytes} bytes, sha256 {expected.sha256}; if no '
      'export is replacing it now, export it again with --force'
    )


@contextlib.contextmanager
def reading(
  artifact: pathlib.Path, made: manifest.Manifest, name: str
) -> Iterator[Reader]:
  """One file of an artifact; at the end it must have been the right one.

  Raises:
    ManifestError: It is missing, or not what the manifest describes.
  """
  path = _path(artifact, made, name)
  try:
    file = path.open('rb')
  except FileNotFoundError as error:
    raise errors.ManifestError(
      f'{made.handle}: {name} is missing; export it again with --force'
    ) from error
  with file:
    reader = Reader(file)
    if os.fstat(file.fileno()).st_size == made.files[name].bytes:
      yield reader
    _check(made, name, reader.found())


def copy_file(
  artifact: pathlib.Path,
  made: manifest.Manifest,
  name: str,
  target: pathlib.Path,
) -> None:
  """Copies one file; what is at the target after an error is not it."""
  target.parent.mkdir(parents=True, exist_ok=True)
  with (
    reading(artifact, made, name) as reader,
    target.open('wb') as file,
  ):
    shutil.copyfileobj(reader, file, 2**20)
