"""Finds checkpoints by their prefix, the path that their files begin with."""

import glob
import pathlib
import re
from typing import NamedTuple

from exporter import storage
import model_specs
from model_specs import outside

MAGIC = bytes.fromhex('57fb808b247547db')  # The end of every table.
STATE = 'checkpoint'  # The file in a folder that names the newest.
INDEX = '.index'
GRAPH = '.pb'
TRAINING = '.meta'
_PART = re.compile(
  r'(?P<prefix>.+)(?P<part>\.(index|meta|data-[0-9]{5}-of-[0-9]{5}))'
)
_OLD = re.compile(r'.+\.ckpt(-[0-9]+)?')  # A checkpoint in V1 format: one file.


class Files(NamedTuple):
  """The files of a checkpoint, or copies of them from an archive."""

  prefix: pathlib.Path
  name: str  # The last part of its prefix, in the archive if it is a copy.
  shown: str  # What to call it: its path, or ARCHIVE: NAME.
  graph: pathlib.Path | None = None  # The frozen graph beside it.
  archive: storage.Archive | None = None  # The one that it was copied from.

  @property
  def training(self) -> pathlib.Path | None:
    """The graph of its training; None if it is not there."""
    path = self.prefix.with_name(self.prefix.name + TRAINING)
    return path if path.exists() else None


def index_of(prefix: pathlib.Path) -> pathlib.Path:
  """The path of a checkpoint's index."""
  return prefix.with_name(prefix.name + INDEX)


def split(name: str) -> tuple[str, str] | None:
  """The prefix and the rest of a file's name, if it holds weights.

  The rest is empty for a checkpoint in V1 format.
  """
  part = _PART.fullmatch(name)
  if part and part['part'] != TRAINING:
    return part['prefix'], part['part']
  return (name, '') if _OLD.fullmatch(name) else None


def is_old(path: pathlib.Path) -> bool:
  """Whether a file ends as V1 checkpoints do: each of them is a table."""
  try:
    with outside.open_file(path) as file:
      end = file.seek(0, 2)
      file.seek(max(0, end - len(MAGIC)))
      return file.read() == MAGIC
  except OSError:
    return False


def of_state(path: pathlib.Path) -> pathlib.Path:
  """The folder of a state file `checkpoint`; any other path itself."""
  is_state = path.name == STATE and path.is_file()
  return path.parent if is_state and not is_old(path) else path


def _has_data(prefix: pathlib.Path) -> bool:
  name = f'{glob.escape(prefix.name)}.data-?????-of-?????'
  return any(prefix.parent.glob(name))


def of(path: pathlib.Path) -> pathlib.Path | None:
  """The prefix of a V2 checkpoint, from the prefix itself or one of its files.

  A checkpoint that lacks its index or its data counts, too: whoever reads it
  says which. None if the path is neither.
  """
  part = _PART.fullmatch(path.name)
  prefix = path.with_name(part['prefix']) if part else path
  is_part = part is not None and part['part'] != TRAINING
  if is_part or index_of(prefix).exists() or _has_data(prefix):
    return prefix
  return None


def frozen_names(prefix: str) -> tuple[str, str]:
  """The names that the frozen graph beside a checkpoint may have."""
  name = prefix.removesuffix('.ckpt')
  return f'{name}_frozen{GRAPH}', f'{name.replace(".", "_")}_frozen{GRAPH}'


def files_at(prefix: pathlib.Path) -> Files:
  """A checkpoint that lies unpacked, with the frozen graph beside it."""
  graphs = map(prefix.with_name, frozen_names(prefix.name))
  graph = next((path for path in graphs if path.exists()), None)
  return Files(prefix, prefix.name, str(prefix), graph)


def of_own(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> list[pathlib.Path]:
  """The paths that an own model's spec may mean, the likelier one first.

  They begin at the spec's own folder, or at that of checkpoints.
  """
  assert model.own
  beside = model.own.folder or folder
  return [beside / model.own.checkpoint, folder / model.own.checkpoint]
