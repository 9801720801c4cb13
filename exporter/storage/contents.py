"""Reads the files of an artifact and checks them against its manifest."""

from collections.abc import Iterator
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


def _files(artifact: pathlib.Path) -> dict[str, manifest.File | str]:
  """What each file of an artifact is, or why it is none, sorted by path."""
  if artifact.is_dir() and not artifact.is_symlink():
    root, names = artifact, tuple(inside.walk(artifact))
  else:  # A file is listed under its own name.
    root, names = artifact.parent, (artifact.name,)
  found: dict[str, manifest.File | str] = {}
  for name in names:
    try:
      with inside.open_file(root, name) as file:
        found[name] = manifest.File(*disk.digest(file))
    except outside.NotUsableError as error:
      found[name] = str(error.strerror)
    except FileNotFoundError:
      pass  # There is no artifact.
  return dict(sorted(found.items()))


def hash_files(artifact: pathlib.Path) -> dict[str, manifest.File]:
  """Size and hash of every file of an artifact, sorted by path.

  Paths are relative to the artifact's folder; an artifact that is a single file
  is listed under its own name.

  Raises:
    ManifestError: It holds a link, a pipe or the like.
  """
  hashed = {}
  for name, found in _files(artifact).items():
    if isinstance(found, str):
      raise errors.ManifestError(
        f'{artifact}: {name} {found}, expected a file; remove it'
      )
    hashed[name] = found
  return hashed


def differences(
  described: manifest.Manifest, artifact: pathlib.Path
) -> list[str]:
  """Says how an artifact differs from its manifest, one line for each file."""
  found = _files(artifact)
  lines = []
  for path in sorted(described.files.keys() | found.keys()):
    expected, actual = described.files.get(path), found.get(path)
    if actual is None:
      lines.append(f'{path}: missing')
    elif isinstance(actual, str):
      lines.append(f'{path}: {actual}')
    elif expected is None:
      lines.append(f'{path}: not in the manifest')
    elif actual != expected:
      lines.append(
        f'{path}: {actual.bytes} bytes, sha256 {actual.sha256}; expected '
        f'{expected.bytes} bytes, sha256 {expected.sha256}'
      )
  return lines


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
      The latter is known only in the end, after the caller has read the data.
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
    reader = Reader(file)
    if os.fstat(file.fileno()).st_size == described.files[name].bytes:
      yield reader
    _check(described, name, reader.measured())


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
