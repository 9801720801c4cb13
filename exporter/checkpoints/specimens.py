"""Finds what there is to inspect at a path, whatever kind of file it is."""

from collections.abc import Iterator
import contextlib
import dataclasses
import difflib
import pathlib

from exporter import errors
from exporter.checkpoints import copies
from exporter.checkpoints import folder as folder_lib
from exporter.checkpoints import members
from exporter.checkpoints import other_files
from exporter.checkpoints import prefixes
from exporter.checkpoints import reader
from exporter.checkpoints import specimen

_SAVED_MODEL = 'saved_model.pb'
_EXPECTED = (
  'expected a TF-Slim checkpoint (its prefix, its .index, one V1 file), a '
  'folder with one, an archive (.tar.gz) or a frozen graph (.pb)'
)


def _refuse(path: pathlib.Path, found: str) -> errors.CheckpointError:
  return errors.CheckpointError(f'{path} is {found}; {_EXPECTED}')


def _checkpoint(prefix: pathlib.Path) -> specimen.Specimen:
  """Opens a checkpoint; a frozen graph beside it tells the size of images."""
  files = prefixes.files_at(prefix)
  opened = specimen.of_checkpoint(files)
  if files.graph is None:
    return opened
  return dataclasses.replace(opened, size=_frozen(files.graph).size)


def _in_folder(folder: pathlib.Path) -> list[specimen.Specimen]:
  if (folder / _SAVED_MODEL).exists():
    raise errors.CheckpointError(
      f'{folder} is a SavedModel, not a checkpoint; `slimhub inspect '
      f'{folder / "variables" / "variables"}` shows its variables'
    )
  checkpoints = folder_lib.find(folder)
  if checkpoints:
    return [_checkpoint(path) for path in checkpoints]
  graphs = sorted(folder.glob(f'*{prefixes.GRAPH}'))
  if graphs:
    return [_frozen(path) for path in graphs]
  archives = [p for p in folder.iterdir() if members.is_archive(p)]
  names = ', '.join(sorted(p.name for p in folder.iterdir())[:5])
  hint = '; name one of its archives' if archives else ''
  raise _refuse(folder, f'a folder without a checkpoint ({names}){hint}')


def _frozen(path: pathlib.Path) -> specimen.Specimen:
  if path.name == _SAVED_MODEL:
    raise _refuse(path, 'the graph of a SavedModel')
  opened = specimen.of_frozen_graph(reader.read_graph(path), str(path))
  if not opened.shapes:
    raise _refuse(path, 'a graph without weights')
  return opened


@contextlib.contextmanager
def _in_archive(archive: pathlib.Path) -> Iterator[list[specimen.Specimen]]:
  with copies.copied(archive) as copied:
    graphs = [
      specimen.of_frozen_graph(reader.read_graph(graph), f'{archive}: {name}')
      for name, graph in copied.graphs.items()
    ]
    size = graphs[0].size if len(graphs) == 1 else None
    opened = [
      dataclasses.replace(
        specimen.of_checkpoint(files, str(archive)), size=size
      )
      for files in copied.checkpoints.values()
    ]
    if not opened and not graphs:
      raise _refuse(archive, 'an archive without a checkpoint')
    yield opened or graphs


def _missing(path: pathlib.Path) -> errors.CheckpointError:
  hint = ''
  if path.parent.is_dir():
    names = [p.name.removesuffix(prefixes.INDEX) for p in path.parent.iterdir()]
    close = difflib.get_close_matches(path.name, names, n=3)
    hint = f' (there is {", ".join(close)})' if close else ''
  return errors.CheckpointError(f'{path} does not exist{hint}; {_EXPECTED}')


@contextlib.contextmanager
def find_specimens(path: pathlib.Path) -> Iterator[list[specimen.Specimen]]:
  """Opens the files of weights at a path.

  Args:
    path: The prefix of a checkpoint, any of its files, a folder (or the file
      `checkpoint` in it) or an archive that holds checkpoints or frozen graphs,
      or a frozen graph.

  Yields:
    The files of weights, readable while the context is open. There are several
    if an archive holds several, or a folder does not say which is the newest.

  Raises:
    CheckpointError: The path is something else; the message says what.
  """
  path = prefixes.of_state(path)
  if path.is_dir():
    yield _in_folder(path)
    return
  prefix = prefixes.of(path)
  if prefix is not None:
    yield [_checkpoint(prefix)]
  elif not path.exists():
    raise _missing(path)
  elif members.is_archive(path):
    with _in_archive(path) as opened:
      yield opened
  elif prefixes.is_old(path):
    yield [_checkpoint(path)]
  elif path.suffix == prefixes.GRAPH:
    yield [_frozen(path)]
  else:
    raise _refuse(path, other_files.describe(path))
