"""Measures checksums of archives on disk, and keeps them in a file."""

from collections.abc import Iterator
import contextlib
import dataclasses
import fcntl
import os
import pathlib
import re

from exporter import errors
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


def own_file() -> pathlib.Path:
  """The file in which the user's first archives are recorded.

  It lies in the user's own folder, whichever folder the archives are in, as
  others may be able to write to that one.

  Raises:
    ExportError: The user has no folder of their own.
  """
  return storage.default_checkpoint_dir() / checksums.FILE


def _refuse_writers(path: pathlib.Path) -> None:
  """Raises a SpecError if others can write to a file, or put one there."""
  if shared := storage.open_to_others(path):
    raise model_specs.SpecError(
      f'{shared} can be written to by others, and says which archives are '
      'trusted; expected one that only you can write to: `chmod o-w`, or '
      'name another SLIMHUB_HOME'
    )


def _recorded() -> dict[str, checksums.Checksum]:
  """What the user's own file says; empty where there can be none."""
  try:
    path = own_file()
  except errors.ExportError:
    return {}
  if not path.exists():
    return {}
  _refuse_writers(path)
  return read(path)


def known(url: str) -> checksums.Checksum | None:
  """What an archive must be, if that was published or recorded.

  Args:
    url: Where the archive was published.

  Raises:
    SpecError: Others can write to what was recorded, or it is damaged.
  """
  return checksums.published().get(url) or _recorded().get(url)


def _expected(folder: pathlib.Path, url: str) -> dict[str, checksums.Checksum]:
  """The checksums that an archive must have, by where each is written down.

  A file of checksums beside archives may come from whoever put them there. So
  an archive that differs from it is refused, but one that agrees with it is not
  trusted for that.
  """
  beside = folder / checksums.FILE
  by_source = {
    f"slimhub's own {checksums.FILE}": checksums.published().get(url),
    f'{beside}, where the first one was recorded': read(beside).get(url),
  }
  with contextlib.suppress(errors.ExportError):
    name = f'{own_file()}, where the first one was recorded'
    by_source[name] = _recorded().get(url)
  return {name: each for name, each in by_source.items() if each}


def difference(path: pathlib.Path, folder: pathlib.Path, url: str) -> str:
  """Says how a file differs from the known archive; empty if it does not.

  Args:
    path: The file.
    folder: The folder of archives, which may have a file of checksums, too.
    url: Where the archive was published.
  """
  for source, expected in _expected(folder, url).items():
    try:
      actual = measure(path, url, expected.algorithm)
    except outside.NotUsableError as error:
      return str(error.strerror)
    if actual != expected:
      return f'is {actual}; expected {expected}, as in {source}'
  return ''


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
  path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
  with _locked(path.parent):
    all_checksums = {**read(path), checksum.url: checksum}
    storage.write_whole(path, checksums.render(all_checksums.values()).encode())
