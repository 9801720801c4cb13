"""Finds checkpoints by their prefix, the path that their files begin with."""

from collections.abc import Mapping
import pathlib
import re
from typing import NamedTuple

import tensorflow as tf

from exporter.checkpoints import members

INDEX = '.index'
GRAPH = '.pb'
_META = '.meta'
_PART = re.compile(
  r'(?P<prefix>.+)\.(?P<part>index|meta|data-[0-9]{5}-of-[0-9]{5})'
)
_OLD = re.compile(r'.+\.ckpt(-[0-9]+)?')  # A checkpoint in V1 format: one file.
_STATE = 'checkpoint'


def of(path: pathlib.Path) -> pathlib.Path | None:
  """The prefix of a V2 checkpoint, from the prefix itself or one of its files.

  None if the path is neither.
  """
  part = _PART.fullmatch(path.name)
  prefix = path.with_name(part['prefix']) if part else path
  is_there = prefix.with_name(prefix.name + INDEX).exists()
  is_part = part is not None and part['part'] != _META[1:]
  return prefix if is_there or is_part else None


def newest(folder: pathlib.Path) -> pathlib.Path | None:
  """The prefix that a folder's file `checkpoint` calls the newest, or None."""
  if not (folder / _STATE).is_file():
    return None
  state = tf.train.get_checkpoint_state(str(folder))
  if state is None:
    return None
  # The state may hold an absolute path, which is wrong once a folder was moved.
  return folder / pathlib.PurePath(state.model_checkpoint_path).name


class Unpacked(NamedTuple):
  """The copies of what an archive holds, with their names in the archive."""

  prefixes: Mapping[pathlib.Path, str]  # Checkpoints, by prefix.
  graphs: Mapping[pathlib.Path, str]  # Graphs, by file.


def unpack(archive: pathlib.Path, folder: pathlib.Path) -> Unpacked:
  """Copies the checkpoints and graphs of an archive into a folder.

  The copies get numbers for names, as names from an archive are not trusted.
  """
  prefixes: dict[str, pathlib.Path] = {}
  graphs: dict[str, pathlib.Path] = {}
  for path, content in members.read(archive):
    part = _PART.fullmatch(path.name)
    if path.suffix == GRAPH:
      copy = graphs[str(path)] = folder / f'{len(graphs)}{GRAPH}'
    elif part:
      name = str(path.with_name(part['prefix']))
      prefix = prefixes.setdefault(name, folder / str(len(prefixes)))
      copy = prefix.with_name(f'{prefix.name}.{part["part"]}')
    elif _OLD.fullmatch(path.name):
      copy = prefixes.setdefault(str(path), folder / str(len(prefixes)))
    else:
      continue
    with copy.open('wb') as file:
      file.writelines(content)
  return Unpacked(
    {prefix: name for name, prefix in prefixes.items()},
    {graph: name for name, graph in graphs.items()},
  )
