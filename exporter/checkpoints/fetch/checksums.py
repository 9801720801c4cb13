"""Checksums of archives on disk, and the file that remembers them."""

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
  """What an archive on disk is."""
  with archive.open('rb') as file:
    size, digest = storage.digest(file, algorithm)
  return checksums.Checksum(url, size, algorithm, digest)


def read(path: pathlib.Path) -> dict[str, checksums.Checksum]:
  """Checksums by URL; none where there is no file."""
  try:
    return checksums.parse(path.read_text('utf-8'), str(path))
  except FileNotFoundError:
    return {}


@contextlib.contextmanager
def _locked(folder: pathlib.Path) -> Iterator[None]:
  """Makes this the only writer of a folder's checksums."""
  descriptor = os.open(folder, os.O_RDONLY)
  try:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
  finally:
    os.close(descriptor)


def add(path: pathlib.Path, checksum: checksums.Checksum) -> None:
  """Adds a checksum to a file, which is whole at every moment."""
  with _locked(path.parent):
    known = {**read(path), checksum.url: checksum}
    storage.write_whole(path, checksums.render(known.values()).encode())
