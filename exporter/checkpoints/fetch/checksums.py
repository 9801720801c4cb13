"""Measures checksums of archives on disk, and keeps them in a file."""

from collections.abc import Iterator
import contextlib
import dataclasses
import fcntl
import os
import pathlib
import re

from exporter import storage
from exporter.checkpoints import members
import model_specs
from model_specs import checksums
from model_specs import outside

ALGORITHM = 'sha256'
_PLAIN = re.compile('^http:')
_MOST = 2**20  # Bytes of a file of checksums; a full one has about 10,000.


def measure(
  archive: pathlib.Path, url: str, algorithm: str = ALGORITHM
) -> checksums.Checksum:
  """The size and hash of an archive on disk, as the checksum of a URL.

  Raises:
    NotUsableError: It is no file, or larger than any archive.
  """
  with outside.open_file(archive, members.MAX_BYTES) as file:
    size, digest = storage.digest(file, algorithm)
  return checksums.Checksum(url, size, algorithm, digest)


def read(path: pathlib.Path) -> dict[str, checksums.Checksum]:
  """Checksums by URL; empty if there is no such file.

  What was recorded when an archive still had an http:// URL holds for it ever
  after.

  Raises:
    SpecError: The file is not one of checksums.
  """
  try:
    text = outside.read_file(path, _MOST).decode()
  except FileNotFoundError:
    return {}
  except (outside.NotUsableError, UnicodeDecodeError) as error:
    raise model_specs.SpecError(
      f'{path} is no file of checksums: {error}; delete it'
    ) from error
  parsed = checksums.parse(text, str(path)).values()
  secure = (
    dataclasses.replace(each, url=_PLAIN.sub('https:', each.url))
    for each in parsed
  )
  return {each.url: each for each in secure}


def known(folder: pathlib.Path, url: str) -> checksums.Checksum | None:
  """What an archive must be, if that was published or recorded in its folder.

  Args:
    folder: Holds archives; `fetch` records there what it met first.
    url: Where the archive was published.
  """
  published = checksums.published().get(url)
  return published or read(folder / checksums.FILE).get(url)


def difference(path: pathlib.Path, folder: pathlib.Path, url: str) -> str:
  """Says how a file differs from the known archive; empty if it does not.

  Args:
    path: The file.
    folder: The folder that archives are recorded in.
    url: Where the archive was published.
  """
  expected = known(folder, url)
  if not expected:
    return ''
  try:
    actual = measure(path, url, expected.algorithm)
  except outside.NotUsableError as error:
    return str(error.strerror)
  if actual == expected:
    return ''
  source = f'{folder / checksums.FILE}, where the first one was recorded'
  if url in checksums.published():
    source = f"slimhub's own {checksums.FILE}"
  return f'is {actual}; expected {expected}, as in {source}'


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
