"""Fetches one model's published archive, verifies it, records its checksum."""

from collections.abc import Callable
import dataclasses
import pathlib
import threading

from exporter import errors
from exporter import results
from exporter import storage
from exporter.checkpoints import archive
from exporter.checkpoints.fetch import checksums as checksums_lib
from exporter.checkpoints.fetch import download
from exporter.checkpoints.fetch import session
import model_specs
from model_specs import checksums

_TREE = pathlib.Path(checksums.__file__).parent


@dataclasses.dataclass(frozen=True)
class Request:
  """Which archives to fetch, from where, and where to."""

  models: tuple[model_specs.ModelSpec, ...]
  folder: pathlib.Path
  mirror: str | None = None  # URL of a folder with the archives.
  offline: bool = False
  register: bool = False  # Whether to add new checksums to the source tree.
  require: bool = False  # Whether to refuse archives without a known checksum.
  policy: download.Policy = download.DEFAULT


@dataclasses.dataclass(frozen=True)
class Moved:
  """Progress since the last report."""

  bytes: int  # How many more were downloaded.
  expected: int  # How many more are expected in the end.


Report = Callable[[Moved], None]


def tree_file() -> pathlib.Path:
  """The file in the source tree that holds the published checksums.

  Raises:
    FetchError: slimhub does not run from a source tree.
  """
  if not (_TREE.parent / 'setup.py').exists():
    raise errors.FetchError(
      f'slimhub runs from {_TREE.parent}, which is no source tree, so it has '
      f'no {checksums.FILE} to register in; run --register_checksums in a '
      'clone of the repository'
    )
  return _TREE / checksums.FILE


class Fetcher:
  """Fetches the archive of one model."""

  def __init__(
    self,
    model: model_specs.ModelSpec,
    request: Request,
    stop: threading.Event,
    report: Report,
  ):
    self._model, self._request = model, request
    self._archive, *others = archive.places(request.folder, model)
    for other in others:
      if other.exists() and not self._archive.exists():
        self._archive = other
    self._part = storage.Part(self._archive)
    self._url = model.archive_url
    if request.mirror:
      self._url = f'{request.mirror}/{model.archive_name}'
    self._files: tuple[pathlib.Path, ...] = (
      request.folder / checksums.FILE,
      checksums_lib.own_file(),
    )
    if request.register:
      self._files = (tree_file(),)
    self._published = checksums.published().get(model.archive_url)
    self._download = download.Download(
      self._url,
      self._part,
      request.policy,
      stop,
      lambda size, expected: report(Moved(size, expected)),
    )

  def fetch(self) -> results.Result:
    """Downloads and verifies the archive, or verifies the one in place.

    Raises:
      FetchError: It cannot be downloaded, or is not the known archive.
      CheckpointError: The archive in place is not one of the model.
    """
    if self._request.require and not self._expected():
      raise errors.FetchError(
        f'no checksum of {self._model.archive_url} is known, and '
        f'--require_checksums takes no archive on trust; put its line into '
        f'{checksums_lib.own_file()}, from somebody whom you believe'
      )
    self._request.folder.mkdir(parents=True, exist_ok=True)
    if not self._archive.exists():
      with self._part.locked():
        if not self._archive.exists():
          note = self._take()
          size = self._archive.stat().st_size
          return results.Result(self._model.name, results.FETCHED, note, size)
    return results.Result(self._model.name, results.KEPT, self._keep())

  def _expected(self) -> checksums.Checksum | None:
    return checksums_lib.known(self._model.archive_url)

  def _difference(self, path: pathlib.Path) -> str:
    """Says how a file differs from the known archive; empty if it does not."""
    folder, url = self._request.folder, self._model.archive_url
    return checksums_lib.difference(path, folder, url)

  def _take(self) -> str:
    """Downloads and verifies; returns a note for the user, or an empty text."""
    if self._request.offline and not self._url.startswith('file:'):
      raise errors.FetchError(
        f'{self._archive} is missing, and --offline forbids to download '
        f'{session.shown(self._url)}; put it there, or name a '
        '--mirror=file://FOLDER that has it'
      )
    expected = self._expected()
    size = expected.bytes if expected else None
    self._download.run(size)
    if self._download.was_resumed and self._is_wrong():
      # The file on the server may have changed unnoticed between two requests.
      self._part.discard()
      self._download.run(size)
    if difference := self._difference(self._part.path):
      self._part.discard()
      raise errors.FetchError(
        f'{session.shown(self._url)} {difference}. What was downloaded is '
        'deleted: a proxy, a mirror or a login page may have sent something '
        'else; try again, or name another --mirror'
      )
    note = self._record(self._part.path)
    self._part.finish()
    return note

  def _is_wrong(self) -> bool:
    try:
      if self._expected() is None:
        archive.inspect(self._part.path, self._model)
    except errors.CheckpointError:
      return True
    return bool(self._difference(self._part.path))

  def _keep(self) -> str:
    """Verifies the archive in place; returns a note for the user."""
    if difference := self._difference(self._archive):
      raise errors.FetchError(
        f'{self._archive} {difference}; delete it and run the command again'
      )
    return self._record(self._archive) or 'unchanged'

  def _record(self, path: pathlib.Path) -> str:
    """Records the checksum of an archive that is new, and returns a note."""
    checksum = self._expected()
    if not checksum:
      self._inspect(path)
      checksum = checksums_lib.measure(path, self._model.archive_url)
    elif self._published or not self._request.register:
      return ''
    for file in dict.fromkeys(self._files):
      checksums_lib.add(file, checksum)
    return (
      f'trusted on first use: its checksum was unknown, {checksum} is now in '
      f'{self._files[-1]}'
    )

  def _inspect(self, path: pathlib.Path) -> None:
    """Raises an error for a file that is not an archive of the model."""
    try:
      archive.inspect(path, self._model)
    except errors.CheckpointError as error:
      if path == self._archive:
        raise
      self._part.discard()
      text = str(error).replace(str(path), session.shown(self._url))
      raise errors.FetchError(f'{text}; what was downloaded is deleted') from (
        error
      )
