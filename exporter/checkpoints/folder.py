"""Finds the checkpoints in a folder, as a training leaves it."""

from collections.abc import Iterator
import pathlib

import tensorflow as tf

from exporter import errors
from exporter.checkpoints import prefixes
from model_specs import outside

_MOST = 2**20  # Bytes of that file.


def _newest(folder: pathlib.Path) -> pathlib.Path | None:
  """The prefix that a folder's file `checkpoint` calls the newest.

  Returns:
    The prefix; None if there is no such file, or no checkpoint in the folder.

  Raises:
    CheckpointError: That one is not there, and others are.
  """
  try:
    outside.read_file(folder / prefixes.STATE, _MOST).decode()
    state = tf.train.get_checkpoint_state(str(folder))
  except (OSError, ValueError):  # There is no such file, or it is unreadable.
    return None
  # The state may hold an absolute path, which is wrong once a folder was moved.
  name = state and pathlib.PurePath(state.model_checkpoint_path).name
  if not name or name == '..' or not outside.is_plain(name):
    return None
  prefix = folder / name
  if prefixes.of(prefix) or prefix.is_file():
    return prefix
  if others := sorted(path.name for path in _all(folder)):
    raise errors.CheckpointError(
      f'{folder / prefixes.STATE} names {outside.shown(name)} as the newest, '
      f'and the folder has only {outside.shown(", ".join(others))}; put the '
      'newest there, too, or name the prefix of the one that is meant'
    )
  return None


def _all(folder: pathlib.Path) -> Iterator[pathlib.Path]:
  for path in folder.iterdir():
    if path.suffix == prefixes.INDEX:
      yield path.with_suffix('')
    elif path.is_file() and prefixes.is_old(path):
      yield path


def _without_index(folder: pathlib.Path) -> Iterator[pathlib.Path]:
  for path in folder.iterdir():
    prefix, part = prefixes.split(path.name) or ('', '')
    if part:
      yield folder / prefix


def find(folder: pathlib.Path) -> list[pathlib.Path]:
  """The prefix of a folder's newest checkpoint; all, if it names none.

  Where there is none, these are the prefixes of those that lack their index,
  for whoever reads them to say so.

  Raises:
    CheckpointError: The folder names a newest one that it does not have.
  """
  newest = _newest(folder)
  if newest:
    return [newest]
  return sorted(_all(folder)) or sorted(set(_without_index(folder)))
