"""One model's published archive: downloaded, verified, remembered."""

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
import model_specs
from model_specs import checksums

_TREE = pathlib.Path(checksums.__file__).parent


@dataclasses.dataclass(frozen=True)
class Request:
  """What is wanted, and from where."""

  models: tuple[model_specs.ModelSpec, ...]
  folder: pathlib.Path
  mirror: str | None = None  # Holds the archives under their own names.
  offline: bool = False
  register: bool = False  # New checksums go into this source tree.
  policy: download.Policy = download.DEFAULT


@dataclasses.dataclass(frozen=True)
class Moved:
  """How many more bytes are there, and are expected."""

  bytes: int
  expected: int


Report = Callable[[Moved], None]


def tree_file() -> pathlib.Path:
  """The file that this source tree publishes checksums in.

  Raises:
    FetchError: This is no source tree.
  """
  if not (_TREE.parent / 'setup.py').exists():
    raise errors.FetchError(
      f'slimhub runs from {_TREE.parent}, which is no source tree, so it has '
      f'no {checksums.FILE} to register in; run --register_checksums in a '
      'clone of the repository'
    )
  return _TREE / checksums.FILE


class Fetcher:
  """One model's archive on its way."""

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
    self._own_file = request.folder / checksums.FILE
    self._file = tree_file() if request.register else self._own_file
    self._published = checksums.published().get(model.archive_url)
    self._download = download.Download(
      self._url,
      self._part,
      request.policy,
      stop,
      lambda size, expected: report(Moved(size, expected)),
    )

  def fetch(self) -> results.Result:
    """Fetches it, or finds it in place."""
    self._request.folder.mkdir(parents=True, exist_ok=True)
    if not self._archive.exists():
      with self._part.locked():
        if not self._archive.exists():
          note = self._take()
          size = self._archive.stat().st_size
          return results.Result(self._model.name, results.FETCHED, note, size)
    return results.Result(self._model.name, results.KEPT, self._keep())

  def _expected(self) -> checksums.Checksum | None:
    if self._published:
      return self._published
    return checksums_lib.read(self._own_file).get(self._model.archive_url)

  def _source(self) -> str:
    """Where the expectation stands."""
    if self._published:
      return f"slimhub's own {checksums.FILE}"
    return f'{self._own_file}, where the first one was recorded'

  def _difference(self, path: pathlib.Path) -> str:
    """How a file differs from the archive that is known, if it does."""
    expected = self._expected()
    if not expected:
      return ''
    found = checksums_lib.measure(path, expected.url, expected.algorithm)
    if found == expected:
      return ''
    return f'is {found}; expected {expected}, as in {self._source()}'

  def _take(self) -> str:
    """Downloads, verifies, names; returns what a person must know of it."""
    if self._request.offline and not self._url.startswith('file:'):
      raise errors.FetchError(
        f'{self._archive} is missing, and --offline forbids to download '
        f'{download.shown(self._url)}; put it there, or name a '
        '--mirror=file://FOLDER that has it'
      )
    expected = self._expected()
    size = expected.bytes if expected else None
    self._download.run(size)
    if self._download.was_resumed and self._is_wrong():
      # The server's file may have changed in between, unnoticed.
      self._part.discard()
      self._download.run(size)
    if difference := self._difference(self._part.path):
      self._part.discard()
      raise errors.FetchError(
        f'{download.shown(self._url)} {difference}. What was downloaded is '
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
    """Verifies what is in place; returns what a person must know of it."""
    if difference := self._difference(self._archive):
      raise errors.FetchError(
        f'{self._archive} {difference}; delete it and run the command again'
      )
    return self._record(self._archive) or 'unchanged'

  def _record(self, path: pathlib.Path) -> str:
    """Remembers an archive that was never met before, and says so."""
    known = self._expected()
    if not known:
      self._inspect(path)
      known = checksums_lib.measure(path, self._model.archive_url)
    elif self._published or not self._request.register:
      return ''
    checksums_lib.add(self._file, known)
    return (
      f'first use: its checksum was unknown, {known} is now in {self._file}'
    )

  def _inspect(self, path: pathlib.Path) -> None:
    """Refuses to remember what is no archive of the model."""
    try:
      archive.inspect(path, self._model)
    except errors.CheckpointError as error:
      if path == self._archive:
        raise
      self._part.discard()
      text = str(error).replace(str(path), download.shown(self._url))
      raise errors.FetchError(f'{text}; what was downloaded is deleted') from (
        error
      )
