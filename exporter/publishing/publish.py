"""Writes uploads into a folder, each whole or not at all."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import functools
import pathlib
import shutil

from exporter import errors
from exporter import results
from exporter import storage
from exporter.publishing import content
from exporter.publishing import ledger as ledger_lib
from exporter.publishing import upload as upload_lib

_MOST = 3  # How many files a note names.


@dataclasses.dataclass(frozen=True)
class Published:
  """What became of one upload, and the commands that upload it."""

  result: results.Result
  commands: tuple[str, ...] = ()  # Empty if it failed.


def _present(target: pathlib.Path) -> dict[str, str]:
  """The hashes of the files that are in place."""
  if not target.exists():
    return {}
  return {
    path: file.sha256 for path, file in storage.hash_files(target).items()
  }


def _removed(paths: Collection[str]) -> str:
  """Says which files of an earlier upload are in it no more."""
  if not paths:
    return ''
  named = sorted(paths)[:_MOST]
  more = f' and {len(paths) - _MOST} more' if len(paths) > _MOST else ''
  return f'no longer in it: {", ".join(named)}{more}'


class _Publisher:
  """Writes uploads into one folder."""

  def __init__(
    self,
    folder: pathlib.Path,
    staging: pathlib.Path,
    ledger: ledger_lib.Ledger,
  ):
    self._folder = folder
    self._staging = staging
    self._ledger = ledger

  def publish(self, upload: upload_lib.Upload) -> results.Result:
    """Writes an upload, unless it is in place unchanged."""
    target = self._folder / upload.name
    files = upload.files()
    present = _present(target)
    notes = (upload.note, _removed(present.keys() - files.keys()))
    result = functools.partial(
      results.Result,
      upload.name,
      reason='; '.join(filter(None, notes)),
      bytes=upload.bytes,
    )
    if present == {path: each.sha256 for path, each in files.items()}:
      self._ledger.settle(upload.name, files)
      return result(results.KEPT)
    self._ledger.check(upload.name, present, files)
    self._write(files, target, upload.name)
    return result(results.PUBLISHED)

  def _write(
    self, files: content.Files, target: pathlib.Path, name: str
  ) -> None:
    staged = self._staging / 'upload'
    try:
      for path, each in files.items():
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        each.write(staged / path)
      storage.sync(staged)
      self._ledger.expect(name, files)
      target.parent.mkdir(parents=True, exist_ok=True)
      storage.swap(staged, target)
      storage.sync_folder(target.parent)
      self._ledger.settle(name, files)
    finally:
      shutil.rmtree(staged, ignore_errors=True)
      shutil.rmtree(self._staging / storage.REPLACED, ignore_errors=True)


def _refuse(
  upload: upload_lib.Upload,
  names: Counter[str],
  left_out: Sequence[results.Result],
) -> None:
  """Raises a PublishError for an upload that would lack or mix up exports."""
  if names[upload.name] > 1:
    raise errors.PublishError(
      f'{names[upload.name]} models would be {upload.name}, of which one is '
      f'{upload.items[0].handle.folder}; publish each into a folder of its own'
    )
  missing = [each.name for each in left_out if upload.concerns(each.name)]
  if missing:
    raise errors.PublishError(
      f'{upload.name} would lack {", ".join(missing)}, which cannot be used: '
      'export that again, or leave it out with --formats'
    )


def publish_uploads(
  uploads: Iterable[upload_lib.Upload],
  left_out: Sequence[results.Result],
  folder: pathlib.Path,
  layout: str,
) -> Iterator[Published]:
  """Writes uploads; the files of those that have not changed are kept.

  Uploads of earlier runs that are not among these stay as they are.

  Args:
    uploads: What to write.
    left_out: The failed results of exports that cannot be used.
    folder: A folder that is new, empty or was published into before.
    layout: The word of --layout for the place that takes the uploads.

  Yields:
    The result of each upload, as soon as it is there. One that fails stays as
    it was published before.

  Raises:
    PublishError: The folder holds files that slimhub did not publish.
    ExportError: The folder is not apart from that of the exports, or is not
      writable, or another slimhub works in it.
  """
  uploads = tuple(uploads)
  roots = {item.root for upload in uploads for item in upload.items}
  storage.check_apart(folder, roots)
  names = Counter(upload.name for upload in uploads)
  with storage.workplace(folder) as staging:
    ledger = ledger_lib.Ledger(folder, layout)
    publisher = _Publisher(folder, staging, ledger)
    yield from map(Published, left_out)
    for upload in uploads:
      yield _attempt(publisher, upload, names, left_out, folder)


def _attempt(
  publisher: _Publisher,
  upload: upload_lib.Upload,
  names: Counter[str],
  left_out: Sequence[results.Result],
  folder: pathlib.Path,
) -> Published:
  commands: tuple[str, ...] = ()

  def work() -> results.Result:
    nonlocal commands
    _refuse(upload, names, left_out)
    commands = upload.commands(folder / upload.name)
    return publisher.publish(upload)

  result = results.attempt(upload.name, work)
  return Published(result, () if result.status == results.FAILED else commands)
