"""A path that somebody has -> what is there to look into."""

from collections.abc import Iterator
import contextlib
import dataclasses
import difflib
import pathlib
import tempfile

from exporter import errors
from exporter.checkpoints import archive as archive_lib
from exporter.checkpoints import prefixes
from exporter.checkpoints import specimen

_META, _SAVED_MODEL = '.meta', 'saved_model.pb'
# A table of TensorFlow's ends in this: a V1 checkpoint, or the index of a V2.
_TABLE = bytes.fromhex('57fb808b247547db')
_ARCHIVES = (b'\x1f\x8b', b'BZh', b'\xfd7zXZ')
_TAR, _TAR_AT = b'ustar', 257
# What else is met under the name of a checkpoint.
_OTHERS = (
  (0, b'\x89HDF', 'a file of HDF5, as Keras writes weights'),
  (0, b'PK\x03\x04', 'a zip archive, such as a .keras model'),
  (4, b'TFL3', 'a LiteRT file, which holds no variables'),
)
_EXPECTED = (
  'expected a TF-Slim checkpoint (its prefix, its .index, one V1 file), a '
  'folder with one, an archive (.tar.gz) or a frozen graph (.pb)'
)


def _refuse(path: pathlib.Path, found: str) -> errors.CheckpointError:
  return errors.CheckpointError(f'{path} is {found}; {_EXPECTED}')


def _is_table(path: pathlib.Path) -> bool:
  with path.open('rb') as file:
    end = file.seek(0, 2)
    file.seek(max(0, end - len(_TABLE)))
    return file.read() == _TABLE


def _is_archive(path: pathlib.Path) -> bool:
  with path.open('rb') as file:
    start = file.read(_TAR_AT + len(_TAR))
  return start.startswith(_ARCHIVES) or start[_TAR_AT:] == _TAR


def _other(path: pathlib.Path) -> str:
  """What a file is that holds no weights we can read."""
  with path.open('rb') as file:
    start = file.read(8)
  for at, magic, what in _OTHERS:
    if start[at:].startswith(magic):
      return what
  if path.suffix == _META:
    return "a checkpoint's graph without its weights"
  if path.suffix == '.pbtxt':
    return 'a graph as text, without weights'
  return 'no file of weights that slimhub knows'


def _checkpoints(folder: pathlib.Path) -> list[pathlib.Path]:
  """The checkpoints in a folder: the newest, if the folder says which it is."""
  newest = prefixes.newest(folder)
  if newest is not None:
    return [newest]
  files = sorted(p for p in folder.iterdir() if p.is_file())
  indexes = [p.with_suffix('') for p in files if p.suffix == prefixes.INDEX]
  old = [p for p in files if p.suffix != prefixes.INDEX and _is_table(p)]
  return sorted(indexes + old)


def _checkpoint(prefix: pathlib.Path) -> specimen.Specimen:
  """A checkpoint, with what the frozen graph beside it says of images."""
  found = specimen.of_checkpoint(prefix, str(prefix))
  beside = archive_lib.frozen_graph(prefix)
  if beside is None:
    return found
  return dataclasses.replace(found, size=_frozen(beside).size)


def _in_folder(folder: pathlib.Path) -> list[specimen.Specimen]:
  if (folder / _SAVED_MODEL).exists():
    raise errors.CheckpointError(
      f'{folder} is a SavedModel, not a checkpoint; `slimhub inspect '
      f'{folder / "variables" / "variables"}` shows its variables'
    )
  checkpoints = _checkpoints(folder)
  if checkpoints:
    return [_checkpoint(path) for path in checkpoints]
  graphs = sorted(folder.glob(f'*{prefixes.GRAPH}'))
  if graphs:
    return [_frozen(path) for path in graphs]
  archives = [p for p in folder.iterdir() if p.is_file() and _is_archive(p)]
  names = ', '.join(sorted(p.name for p in folder.iterdir())[:5])
  hint = '; name one of its archives' if archives else ''
  raise _refuse(folder, f'a folder without a checkpoint ({names}){hint}')


def _frozen(path: pathlib.Path) -> specimen.Specimen:
  if path.name == _SAVED_MODEL:
    raise _refuse(path, 'the graph of a SavedModel')
  found = specimen.of_frozen_graph(path.read_bytes(), str(path))
  if not found.shapes:
    raise _refuse(path, 'a graph without weights')
  return found


@contextlib.contextmanager
def _in_archive(archive: pathlib.Path) -> Iterator[list[specimen.Specimen]]:
  with tempfile.TemporaryDirectory() as unpacked:
    copies = prefixes.unpack(archive, pathlib.Path(unpacked))
    frozen = [
      specimen.of_frozen_graph(graph.read_bytes(), f'{archive}: {name}')
      for graph, name in copies.graphs.items()
    ]
    size = frozen[0].size if len(frozen) == 1 else None
    found = [
      dataclasses.replace(
        specimen.of_checkpoint(prefix, f'{archive}: {name}', str(archive)),
        size=size,
      )
      for prefix, name in copies.prefixes.items()
    ]
    if not found and not frozen:
      raise _refuse(archive, 'an archive without a checkpoint')
    yield found or frozen


def _missing(path: pathlib.Path) -> errors.CheckpointError:
  hint = ''
  if path.parent.is_dir():
    names = [p.name.removesuffix(prefixes.INDEX) for p in path.parent.iterdir()]
    close = difflib.get_close_matches(path.name, names, n=3)
    hint = f' (there is {", ".join(close)})' if close else ''
  return errors.CheckpointError(f'{path} does not exist{hint}; {_EXPECTED}')


@contextlib.contextmanager
def find_specimens(path: pathlib.Path) -> Iterator[list[specimen.Specimen]]:
  """Gives what there is to look into at a path.

  Args:
    path: A checkpoint's prefix or any of its files, a folder with one, an
      archive, or a frozen graph.

  Yields:
    What was found; readable while the context is open. More than one from an
    archive or a folder that does not say which checkpoint is the newest.

  Raises:
    CheckpointError: It is something else, and the message says what.
  """
  if path.is_dir():
    yield _in_folder(path)
    return
  prefix = prefixes.of(path)
  if prefix is not None:
    yield [_checkpoint(prefix)]
  elif not path.exists():
    raise _missing(path)
  elif _is_archive(path):
    with _in_archive(path) as found:
      yield found
  elif _is_table(path):
    yield [_checkpoint(path)]
  elif path.suffix == prefixes.GRAPH:
    yield [_frozen(path)]
  else:
    raise _refuse(path, _other(path))
