"""Copies checkpoints and frozen graphs out of archives."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import pathlib
from typing import NamedTuple

from exporter import errors
from exporter import faults
from exporter.checkpoints import members
from exporter.checkpoints import prefixes
from exporter.checkpoints import scratch

Wanted = Callable[[pathlib.PurePosixPath], bool]


class Copies(NamedTuple):
  """What was copied, by its name in the archive."""

  checkpoints: Mapping[str, prefixes.Files]
  graphs: Mapping[str, pathlib.Path]


def _all(path: pathlib.PurePosixPath) -> bool:
  return (
    path.suffix in (prefixes.GRAPH, prefixes.TRAINING)
    or prefixes.split(path.name) is not None
  )


def copy(
  archive: pathlib.Path, folder: pathlib.Path | None, wanted: Wanted = _all
) -> Copies:
  """Copies checkpoints and graphs, nothing else, from an archive.

  The copies get numbers for names, as names from an archive are not trusted.

  Args:
    archive: The archive, which is read to its end.
    folder: The folder to copy into; None checks the archive without copying.
    wanted: Which of the checkpoints' files and graphs to take.

  Returns:
    What the archive holds, and where the copies are.

  Raises:
    CheckpointError: The archive is damaged, or unsafe to unpack.
  """
  place = folder or pathlib.Path()
  checkpoints: dict[str, prefixes.Files] = {}
  graphs: dict[str, pathlib.Path] = {}
  numbers: dict[str, int] = {}  # By prefix: what its copies are called.
  names = set()
  for path, content in members.read(archive):
    if not (_all(path) and wanted(path)):
      continue
    if path in names:
      raise errors.CheckpointError(
        f'archive {archive} holds {path} twice; put a whole one in its place'
      )
    names.add(path)
    part = prefixes.split(path.name)
    if path.suffix == prefixes.GRAPH:
      target = graphs[str(path)] = place / f'{len(graphs)}{prefixes.GRAPH}'
    else:
      stem, end = part or (path.stem, path.suffix)
      name = str(path.with_name(stem))
      number = str(numbers.setdefault(name, len(numbers)))
      target = place / f'{number}{end}'
      if part:
        checkpoints[name] = prefixes.Files(
          place / number, stem, f'{archive}: {name}'
        )
    if folder is not None:
      with target.open('wb') as file:
        file.writelines(content)
  return Copies(checkpoints, graphs)


@contextlib.contextmanager
def copied(archive: pathlib.Path, wanted: Wanted = _all) -> Iterator[Copies]:
  """Copies as `copy` does; the copies exist while the context is open.

  Raises:
    CheckpointError: The archive is damaged, or unsafe to unpack.
    MachineError: There is no room for the copies.
  """
  with scratch.folder() as folder:
    try:
      copies = copy(archive, folder, wanted)
    except OSError as error:
      advice = faults.advice(error) or 'see that it can be written to'
      raise errors.MachineError(
        f'archive {archive} cannot be unpacked in the temporary folder '
        f'{folder.parent}: {error.strerror}; {advice}; or let the variable '
        'TMPDIR name a folder on another disk'
      ) from error
    yield copies
