"""Finishes what replaces an artifact, even if the process was killed meanwhile.

A folder cannot take another one's place in one step: the old one is renamed
away before the new one is renamed to its place, and the files beside it follow
one by one. What is to move is therefore written down before the first step, so
that the next run can take those that are left.
"""

import contextlib
import dataclasses
import json
import pathlib

from exporter.storage import disk
from exporter.storage import inside
from exporter.storage import places
from exporter.storage import record

_RECORD = 'replacing.json'
_MOST = 2**16  # Bytes: six paths.


def _move(
  staged: places.Place[pathlib.Path], place: places.Place[pathlib.Path]
) -> None:
  """Takes all steps that nobody has taken before."""
  if staged.artifact.exists():
    disk.swap(staged.artifact, place.artifact)
  # They describe the artifact that was here before.
  place.manifest.unlink(missing_ok=True)
  place.measured.unlink(missing_ok=True)
  place.signature.unlink(missing_ok=True)
  *others, last = zip(staged.said, place.said, strict=True)
  for path, target in others:
    if path.exists():
      path.rename(target)
  disk.sync_folder(place.manifest.parent)
  last[0].rename(last[1])
  disk.sync_folder(place.manifest.parent)


@dataclasses.dataclass(frozen=True)
class _Paths:
  """The paths of a Place, below a folder."""

  artifact: str
  manifest: str
  card: str

  @classmethod
  def of(
    cls, place: places.Place[pathlib.Path], root: pathlib.Path
  ) -> '_Paths':
    """The paths of a place that is in a folder."""
    paths = (place.artifact, place.manifest, place.card)
    return cls(*(path.relative_to(root).as_posix() for path in paths))

  def below(self, root: pathlib.Path) -> places.Place[pathlib.Path]:
    """The place in a folder.

    Raises:
      ValueError: One of the paths leads elsewhere.
    """
    paths = dataclasses.astuple(self)
    for path in paths:
      if path.startswith('/') or '..' in path.split('/'):
        raise ValueError(f'{path} is not below {root}')
    return places.Place(*(root / path for path in paths))


@dataclasses.dataclass(frozen=True)
class _Record:
  """What is moved, in the folder it is staged in, and whither."""

  staged: _Paths
  place: _Paths


def move(
  staged: places.Place[pathlib.Path],
  place: places.Place[pathlib.Path],
  output_dir: pathlib.Path,
) -> None:
  """Moves an artifact and the files beside it to where others may be.

  Args:
    staged: Where they are, on the disk as well, in a folder that nothing else
      is in.
    place: Where they go.
    output_dir: The folder of exports, which the place is in.
  """
  path = staged.artifact.with_name(_RECORD)
  if place.artifact.exists():
    steps = _Record(
      _Paths.of(staged, path.parent), _Paths.of(place, output_dir)
    )
    disk.write_whole(path, json.dumps(dataclasses.asdict(steps)).encode())
  try:
    _move(staged, place)
  except OSError:
    if staged.artifact.exists():  # The old one was put back.
      path.unlink(missing_ok=True)
    raise


def _read(
  folder: pathlib.Path, output_dir: pathlib.Path
) -> tuple[places.Place[pathlib.Path], places.Place[pathlib.Path]] | None:
  """What a process was moving, and whither; None if nothing was touched."""
  with contextlib.suppress(OSError, ValueError):
    text = inside.read_file(folder, _RECORD, _MOST)
    steps = record.parse_record(_Record, text)
    staged, place = steps.staged.below(folder), steps.place.below(output_dir)
    # Nothing is taken from elsewhere, whoever wrote this. The manifest is the
    # last that moves.
    if staged.artifact.parent == folder and staged.manifest.is_file():
      return staged, place
  return None


def finish(folder: pathlib.Path, output_dir: pathlib.Path) -> None:
  """Takes the steps that are left, if a process was killed between them.

  Args:
    folder: The folder that the process staged in.
    output_dir: The folder of exports.
  """
  if not folder.is_symlink() and (paths := _read(folder, output_dir)):
    _move(*paths)
