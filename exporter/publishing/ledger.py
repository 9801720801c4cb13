"""Remembers what slimhub wrote, so that nothing of anybody else is replaced."""

from collections.abc import Mapping
import dataclasses
import json
import pathlib

import exporter
from exporter import errors
from exporter import storage
from exporter.publishing import content

_FILE = '.slimhub-published.json'
_MOST = 2**28  # Bytes; an upload takes 5 kB of it.
_NEW = 'name an empty or a new folder with --to'


@dataclasses.dataclass(frozen=True)
class _Record:
  """The file of a ledger."""

  slimhub: str
  layout: str
  # By the name of an upload and the path of a file: the hashes of what slimhub
  # may have written there. While an upload is replaced, there are two.
  uploads: dict[str, dict[str, tuple[str, ...]]]


class Ledger:
  """What slimhub wrote into one folder."""

  def __init__(self, folder: pathlib.Path, layout: str):
    """Reads what earlier runs wrote; writes nothing.

    Args:
      folder: Where uploads lie. It may be new or empty.
      layout: The word of --layout for the place that takes the uploads.

    Raises:
      PublishError: Others wrote into the folder, or slimhub for somebody else.
    """
    self._path = folder / _FILE
    self._layout = layout
    self._written: dict[str, dict[str, tuple[str, ...]]] = {}
    if self._path.exists():
      self._written = self._read().uploads
    elif folder.exists():
      for path in sorted(folder.iterdir()):
        # The lock and the staging folder have names that begin so.
        if not path.name.startswith('.slimhub'):
          raise errors.PublishError(
            f'{folder} holds {path.name}, which slimhub did not publish; {_NEW}'
          )

  def _read(self) -> _Record:
    try:
      text = storage.read_small(self._path.parent, _FILE, _NEW, _MOST) or b''
      record = storage.parse_record(_Record, text)
    except ValueError as error:
      raise errors.PublishError(
        f'{self._path} does not say what slimhub published ({error}); {_NEW}'
      ) from error
    if record.layout != self._layout:
      raise errors.PublishError(
        f'{self._path.parent} holds uploads of --layout={record.layout}, '
        f'expected {self._layout}; {_NEW}'
      )
    return record

  def _save(self) -> None:
    record = _Record(exporter.__version__, self._layout, self._written)
    text = json.dumps(dataclasses.asdict(record), indent=1)
    storage.write_whole(self._path, f'{text}\n'.encode())

  def check(
    self, name: str, present: Mapping[str, str], wanted: content.Files
  ) -> None:
    """Makes sure that an upload in place may be replaced.

    Args:
      name: The upload.
      present: The hashes of the files that are in place.
      wanted: What is to be in their place.

    Raises:
      PublishError: Some of the files are not as slimhub wrote them.
    """
    written = self._written.get(name, {})
    for path, sha256 in present.items():
      is_wanted = path in wanted and wanted[path].sha256 == sha256
      if sha256 not in written.get(path, ()) and not is_wanted:
        is_ours = path in written
        how = 'was changed since then' if is_ours else 'is not from slimhub'
        raise errors.PublishError(
          f'{self._path.parent / name} is not as slimhub published it: {path} '
          f'{how}; move the folder away, or {_NEW}'
        )

  def expect(self, name: str, files: content.Files) -> None:
    """Notes what is about to take the place of an upload."""
    before, after = self._written.get(name, {}), _hashes(files)
    self._written[name] = {
      path: tuple({*before.get(path, ()), *after.get(path, ())})
      for path in sorted({*before, *after})
    }
    self._save()

  def settle(self, name: str, files: content.Files) -> None:
    """Notes that an upload is in place, and nothing else."""
    if self._written.get(name) != _hashes(files):
      self._written[name] = _hashes(files)
      self._save()


def _hashes(files: content.Files) -> dict[str, tuple[str, ...]]:
  return {path: (each.sha256,) for path, each in sorted(files.items())}
