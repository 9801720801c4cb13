"""What TensorFlow calls a checkpoint: the prefix that its files share."""

from collections.abc import Mapping
import pathlib
import re
from typing import NamedTuple

import tensorflow as tf

from exporter.checkpoints import members

INDEX = '.index'
GRAPH = '.pb'
_META = '.meta'
_PART = re.compile(r'(?P<prefix>.+)\.(?P<part>index|meta|data-\d{5}-of-\d{5})')
_OLD = re.compile(r'.+\.ckpt(-\d+)?')  # A whole checkpoint in V1's format.
_STATE = 'checkpoint'


def of(path: pathlib.Path) -> pathlib.Path | None:
  """The prefix of the V2 checkpoint that a path is, or is a file of."""
  found = _PART.fullmatch(path.name)
  prefix = path.with_name(found['prefix']) if found else path
  is_there = prefix.with_name(prefix.name + INDEX).exists()
  is_part = found is not None and found['part'] != _META[1:]
  return prefix if is_there or is_part else None


def newest(folder: pathlib.Path) -> pathlib.Path | None:
  """The checkpoint that a training called its newest."""
  if not (folder / _STATE).is_file():
    return None
  state = tf.train.get_checkpoint_state(str(folder))
  if state is None:
    return None
  # A folder that was moved still names its old place.
  return folder / pathlib.PurePath(state.model_checkpoint_path).name


class Unpacked(NamedTuple):
  """Copies of what an archive holds -> their names there."""

  prefixes: Mapping[pathlib.Path, str]
  graphs: Mapping[pathlib.Path, str]


def unpack(archive: pathlib.Path, folder: pathlib.Path) -> Unpacked:
  """Copies the checkpoints and graphs of an archive, under names of our own."""
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
