"""Measures checksums of archives on disk, and keeps them in a file."""

from collections.abc import Iterator
import contextlib
import fcntl
import os
import pathlib

from exporter import storage
from model_specs import checksums

ALGORITHM = 'sha256'


def measure(
  archive: pathlib.Path, url: str, algorithm: str = ALGORITHM
) -> checksums.Checksum:
  """The size and hash of an archive on disk, as the checksum of a URL."""
  with archive.open('rb') as file:
    size, digest = storage.digest(file, algorithm)
  return checksums.Checksum(url, size, algorithm, digest)


def read(path: pathlib.Path) -> dict[str, checksums.Checksum]:
  """Checksums by URL; empty if there is no such file.

  Raises:
    SpecError: A line of the file is not a checksum.
  """
  try:
    return checksums.parse(path.read_text('utf-8'), str(path))
  except FileNotFoundError:
    return {}


@contextlib.contextmanager
def _locked(folder: pathlib.Path) -> Iterator[None]:
  """Makes this process the only writer of a folder's checksums."""
  descriptor = os.open(folder, os.O_RDONLY)
  try:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
  finally:
    os.close(descriptor)


def add(path: pathlib.Path, checksum: checksums.Checksum) -> None:
  """Adds a checksum to a file, replacing the file as a whole."""
  with _locked(path.parent):
    known = {**read(path), checksum.url: checksum}
    storage.write_whole(path, checksums.render(known.values()).encode())
