"""Where the checkpoint of an own model is, and what of it there is."""

from collections.abc import Iterator
import contextlib
import dataclasses
import pathlib
import re
import tarfile
import tempfile

import numpy as np
import tensorflow as tf

from exporter import checkpoint
from exporter import errors
from exporter import members
from model_specs import spec

_PART = re.compile(r'(.+)\.(index|meta|data-\d+-of-\d+)')
_INDEX = '.index'


def _candidates(
  folder: pathlib.Path, model: spec.ModelSpec
) -> list[pathlib.Path]:
  """Where the path that a spec names may be meant."""
  assert model.own
  beside = model.own.folder or folder
  return [beside / model.own.checkpoint, folder / model.own.checkpoint]


def _prefix(path: pathlib.Path) -> pathlib.Path | None:
  """The prefix of the checkpoint that a path is, or is a file of."""
  match = _PART.fullmatch(path.name)
  found = path.with_name(match[1]) if match else path
  index = found.with_name(found.name + _INDEX)
  is_old = path.is_file() and not tarfile.is_tarfile(path)
  return found if index.exists() or is_old else None


def _last(folder: pathlib.Path) -> pathlib.Path:
  """The prefix of the last checkpoint in a folder."""
  last = tf.train.latest_checkpoint(str(folder))
  if last:
    return pathlib.Path(last)
  found = sorted(folder.glob(f'*{_INDEX}'))
  if len(found) == 1:
    return found[0].with_suffix('')
  names = ', '.join(path.name for path in found) or 'no .index file'
  raise errors.CheckpointError(
    f'folder {folder} has no file `checkpoint` that says which is the last, '
    f'and {names}; expected one checkpoint; name its prefix'
  )


@contextlib.contextmanager
def _unpacked(archive: pathlib.Path) -> Iterator[pathlib.Path]:
  """The prefix of the only checkpoint in an archive."""
  with tempfile.TemporaryDirectory() as copy:
    folder, found = pathlib.Path(copy), []
    for path, content in members.read(archive):
      match = _PART.fullmatch(path.name)
      if not match or match[2] == 'meta':
        continue
      if match[2] == 'index':
        found.append(str(path.with_name(match[1])))
      with (folder / path.name).open('wb') as file:
        file.writelines(content)
    if len(found) != 1:
      names = ', '.join(found) or 'none'
      raise errors.CheckpointError(
        f'archive {archive} holds {names}, expected one checkpoint: NAME.index '
        'and NAME.data-*'
      )
    try:
      yield folder / pathlib.PurePath(found[0]).name
    except errors.CheckpointError as error:
      # Nobody can look at the copy any more.
      message = str(error).replace(copy, str(archive))
      raise errors.CheckpointError(message) from error


@contextlib.contextmanager
def _find(
  folder: pathlib.Path, model: spec.ModelSpec
) -> Iterator[pathlib.Path]:
  """Gives the prefix of a model's checkpoint."""
  assert model.own
  if not model.own.checkpoint:
    raise errors.CheckpointError(
      f'{model.own.file}: model {model.name!r} names no checkpoint; write '
      'checkpoint = "PATH" there, or try things out with --synthetic_weights'
    )
  candidates = _candidates(folder, model)
  for path in candidates:
    if path.is_dir():
      yield _last(path)
      return
    prefix = _prefix(path)
    if prefix:
      yield prefix
      return
    if path.is_file():
      with _unpacked(path) as unpacked:
        yield unpacked
      return
  places = dict.fromkeys(candidates)
  raise errors.CheckpointError(
    f'{model.own.file}: no checkpoint of {model.name!r}; looked for\n'
    + ''.join(f'  {path}\n' for path in places)
    + 'expected the prefix of a checkpoint, a folder with one or an archive; '
    'mend `checkpoint` in that file'
  )


def _without_classifier(
  wanted: checkpoint.Wanted, names: set[str]
) -> checkpoint.Wanted:
  return checkpoint.Wanted(
    {name: shape for name, shape in wanted.shapes.items() if name not in names},
    wanted.trainable - names,
  )


def _check_classes(
  prefix: pathlib.Path,
  model: spec.ModelSpec,
  wanted: checkpoint.Wanted,
  shapes: dict[str, list[int]],
) -> None:
  """Refuses a classifier of another width than the spec's."""
  assert model.own
  for name, shape in wanted.shapes.items():
    found = shapes.get(name)
    is_last = name.startswith(model.family.classifier) and (
      shape[-1] == model.num_classes
    )
    if is_last and found and found[-1] != shape[-1]:
      raise errors.CheckpointError(
        f'checkpoint {prefix} has a classifier of {found[-1]} classes '
        f'({name}), expected {shape[-1]}, the num_classes of {model.name!r} in '
        f'{model.own.file}; write num_classes = {found[-1]} there, with as '
        'many labels, or name the checkpoint that is meant'
      )


def read(
  folder: pathlib.Path,
  model: spec.ModelSpec,
  wanted: checkpoint.Wanted,
  weights: str,
) -> checkpoint.Checkpoint:
  """Reads the checkpoint that an own model's spec names.

  Args:
    folder: Where it is if it is not beside its spec file.
    model: Whose checkpoint.
    wanted: What its network needs.
    weights: One of weights.CHOICES.

  Returns:
    The tensors; zeros for a classifier that is not there.

  Raises:
    CheckpointError: It is missing, damaged or does not fit.
  """
  names = {n for n in wanted.shapes if n.startswith(model.family.classifier)}
  with _find(folder, model) as prefix:
    shapes = checkpoint.shapes(prefix)
    if model.num_classes and names & shapes.keys():
      _check_classes(prefix, model, wanted, shapes)
      return checkpoint.read_prefix(prefix, wanted, weights)
    found = checkpoint.read_prefix(
      prefix, _without_classifier(wanted, names), weights
    )
  zeros = {name: np.zeros(wanted.shapes[name], np.float32) for name in names}
  return dataclasses.replace(
    found, tensors={**found.tensors, **zeros}, has_classifier=False
  )
