"""Reads the files of an artifact and checks them against its manifest."""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import hashlib
import os
import pathlib
import shutil
from typing import BinaryIO

from exporter import errors
from exporter.storage import disk
from exporter.storage import inside
from exporter.storage import manifest
from model_specs import outside

MISSING = 'missing'  # How a file differs that is not there.


def _open_all(
  artifact: pathlib.Path,
) -> Iterator[tuple[str, BinaryIO | str]]:
  """Yields each path with the open file, or why it cannot be opened as one."""
  if artifact.is_dir() and not artifact.is_symlink():
    root, names = artifact, inside.walk(artifact)
  else:  # A file is listed under its own name.
    root, names = artifact.parent, iter((artifact.name,))
  for name in names:
    try:
      with inside.open_file(root, name) as file:
        yield name, file
    except outside.NotUsableError as error:
      yield name, str(error.strerror)
    except FileNotFoundError:
      pass  # There is no artifact.


def hash_files(artifact: pathlib.Path) -> dict[str, manifest.File]:
  """Size and hash of every file of an artifact, sorted by path.

  Paths are relative to the artifact's folder; an artifact that is a single file
  is listed under its own name.

  Raises:
    ManifestError: The artifact holds a link, a pipe or the like.
  """
  hashed = {}
  for name, file in _open_all(artifact):
    if isinstance(file, str):
      raise errors.ManifestError(
        f'{artifact}: {name} {file}, expected a file; remove it'
      )
    hashed[name] = manifest.File(*disk.digest(file))
  return dict(sorted(hashed.items()))


def _difference(file: BinaryIO | str, expected: manifest.File | None) -> str:
  """How a file differs from what is expected; empty if it does not.

  A file of another size is not read, as it may be of any length.
  """
  if isinstance(file, str):
    return file
  if expected is None:
    return 'not in the manifest'
  size, found = os.fstat(file.fileno()).st_size, ''
  if size == expected.bytes:
    size, sha256 = disk.digest(file)
    found = f', sha256 {sha256}'
    if (size, sha256) == (expected.bytes, expected.sha256):
      return ''
  return (
    f'{size} bytes{found}; expected {expected.bytes} bytes, sha256 '
    f'{expected.sha256}'
  )


def compare(
  expected: Mapping[str, manifest.File], artifact: pathlib.Path
) -> dict[str, str]:
  """How the files of an artifact differ from others, by path, sorted."""
  different = dict.fromkeys(expected, MISSING)
  for name, file in _open_all(artifact):
    different[name] = _difference(file, expected.get(name))
  return {name: how for name, how in sorted(different.items()) if how}


def differences(
  described: manifest.Manifest, artifact: pathlib.Path
) -> list[str]:
  """Says how an artifact differs from its manifest, one line for each file."""
  different = compare(described.files, artifact)
  return [f'{name}: {how}' for name, how in different.items()]


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

  def measured(self) -> tuple[int, str]:
    """Reads to the end; returns the size and hash of the whole file."""
    while self.read(2**20):
      pass
    return self._bytes, self._digest.hexdigest()


def _check(
  described: manifest.Manifest, name: str, size: int, sha256: str = ''
) -> None:
  """Raises a ManifestError for a file of another size or, if given, hash."""
  expected = described.files[name]
  if size == expected.bytes and sha256 in ('', expected.sha256):
    return
  found = f', sha256 {sha256}' if sha256 else ''
  raise errors.ManifestError(
    f'{described.handle}: {name} has {size} bytes{found}; expected '
    f'{expected.bytes} bytes, sha256 {expected.sha256}; if no export is '
    'replacing it now, export it again with --force'
  )


@contextlib.contextmanager
def reading(
  root: pathlib.Path, described: manifest.Manifest, name: str
) -> Iterator[Reader]:
  """Opens one file of an artifact, and checks it when the context closes.

  Args:
    root: The folder in which the artifact lies under its handle. No link below
      it is followed.
    described: The manifest of the artifact.
    name: The file, as the manifest spells it.

  Raises:
    ManifestError: The file is missing, or is not what the manifest describes.
      A wrong hash is noticed only in the end, when the caller has the data.
  """
  is_folder = manifest.kind_of(described).is_folder
  path = f'{described.handle}/{name}' if is_folder else described.handle
  try:
    file = inside.open_file(root, path)
  except FileNotFoundError as error:
    raise errors.ManifestError(
      f'{described.handle}: {name} is missing; export it again with --force'
    ) from error
  except outside.NotUsableError as error:
    raise errors.ManifestError(
      f'{described.handle}: {name} {error.strerror}; export it again with '
      '--force'
    ) from error
  with file:
    _check(described, name, os.fstat(file.fileno()).st_size)
    reader = Reader(file)
    yield reader
    _check(described, name, *reader.measured())


def copy_file(
  root: pathlib.Path,
  described: manifest.Manifest,
  name: str,
  target: pathlib.Path,
) -> None:
  """Copies one file of an artifact.

  Args:
    root: The folder in which the artifact lies under its handle.
    described: The manifest of the artifact.
    name: The file, as the manifest spells it.
    target: Where the copy goes.

  Raises:
    ManifestError: The file is missing or is not what the manifest describes; a
      copy that is at the target then is not to be used.
  """
  target.parent.mkdir(parents=True, exist_ok=True)
  with (
    reading(root, described, name) as reader,
    target.open('wb') as file,
  ):
    shutil.copyfileobj(reader, file, 2**20)
