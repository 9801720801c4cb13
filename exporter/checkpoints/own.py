"""Finds and reads the checkpoint that a spec file of a user's model names."""

from collections.abc import Iterator
import contextlib
import dataclasses
import pathlib
import tarfile
import tempfile

import numpy as np

from exporter import errors
from exporter.checkpoints import checkpoint
from exporter.checkpoints import prefixes
import model_specs


def _candidates(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> list[pathlib.Path]:
  """The paths that the spec may mean: from its own folder, or from `folder`."""
  assert model.own
  beside = model.own.folder or folder
  return [beside / model.own.checkpoint, folder / model.own.checkpoint]


def _last(folder: pathlib.Path) -> pathlib.Path:
  """The prefix of the newest checkpoint in a folder, or of the only one."""
  newest = prefixes.newest(folder)
  if newest and (prefixes.of(newest) or newest.is_file()):
    return newest
  indexes = sorted(folder.glob(f'*{prefixes.INDEX}'))
  if len(indexes) == 1:
    return indexes[0].with_suffix('')
  names = ', '.join(path.name for path in indexes) or 'no .index file'
  raise errors.CheckpointError(
    f'folder {folder} has no file `checkpoint` that says which one is the '
    f'newest, and holds {names}; expected a single checkpoint; name the prefix '
    'of one instead of the folder'
  )


@contextlib.contextmanager
def _unpacked(archive: pathlib.Path) -> Iterator[tuple[pathlib.Path, str]]:
  """Unpacks the only checkpoint in an archive; yields its prefix and its name.

  The files are copied under names that slimhub chose, so the prefix says
  nothing; the name is the one in the archive.
  """
  with tempfile.TemporaryDirectory() as folder:
    copies = prefixes.unpack(archive, pathlib.Path(folder)).prefixes
    if len(copies) != 1:
      raise errors.CheckpointError(
        f'archive {archive} holds {", ".join(copies.values()) or "none"}, '
        'expected one checkpoint: NAME.index and NAME.data-*, or NAME.ckpt'
      )
    ((prefix, name),) = copies.items()
    try:
      yield prefix, pathlib.PurePath(name).name
    except errors.CheckpointError as error:
      # The copy is about to be removed, so name the archive instead.
      message = str(error).replace(str(prefix), f'{archive}: {name}')
      raise errors.CheckpointError(message) from error


@contextlib.contextmanager
def _find(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> Iterator[tuple[pathlib.Path, str]]:
  """Yields the prefix of a model's checkpoint, and the checkpoint's name."""
  assert model.own
  if not model.own.checkpoint:
    raise errors.CheckpointError(
      f'{model.own.file}: model {model.name!r} names no checkpoint; write '
      'checkpoint = "PATH" there, or try things out with --synthetic_weights'
    )
  candidates = _candidates(folder, model)
  for path in candidates:
    prefix = _last(path) if path.is_dir() else prefixes.of(path)
    if prefix is None and path.is_file():
      if tarfile.is_tarfile(path):
        with _unpacked(path) as unpacked:
          yield unpacked
        return
      prefix = path  # A checkpoint in V1 format, which is a single file.
    if prefix:
      yield prefix, prefix.name
      return
  places = dict.fromkeys(candidates)
  raise errors.CheckpointError(
    f'{model.own.file}: no checkpoint of {model.name!r}; looked for\n'
    + ''.join(f'  {path}\n' for path in places)
    + 'expected the prefix of a checkpoint, a folder with one or an archive; '
    'correct `checkpoint` in that file'
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
  model: model_specs.ModelSpec,
  wanted: checkpoint.Wanted,
  shapes: dict[str, list[int]],
) -> None:
  """Raises a CheckpointError if the classifier's number of classes is wrong."""
  assert model.own
  for name, shape in wanted.shapes.items():
    actual = shapes.get(name)
    is_last = name.startswith(model.family.classifier) and (
      shape[-1] == model.num_classes
    )
    if is_last and actual and actual[-1] != shape[-1]:
      raise errors.CheckpointError(
        f'checkpoint {prefix} has a classifier of {actual[-1]} classes '
        f'({name}), expected {shape[-1]}, the num_classes of {model.name!r} in '
        f'{model.own.file}; write num_classes = {actual[-1]} there, with as '
        'many labels, or name the checkpoint that is meant'
      )


def read_own(
  folder: pathlib.Path,
  model: model_specs.ModelSpec,
  wanted: checkpoint.Wanted,
  weights: str,
) -> checkpoint.Checkpoint:
  """Reads the checkpoint that the spec of a user's own model names.

  Args:
    folder: Where the checkpoint is if it is not beside its spec file.
    model: The model whose checkpoint is wanted.
    wanted: The variables that its network needs.
    weights: One of weights.WEIGHTS_CHOICES.

  Returns:
    The tensors. If the checkpoint has no classifier, or the spec wants none,
    the classifier's tensors are zeros.

  Raises:
    CheckpointError: The checkpoint is missing, damaged or does not fit.
  """
  classifier = {
    n for n in wanted.shapes if n.startswith(model.family.classifier)
  }
  with _find(folder, model) as (prefix, name):
    shapes = checkpoint.shapes(prefix)
    if model.num_classes and classifier & shapes.keys():
      _check_classes(prefix, model, wanted, shapes)
      own_checkpoint = checkpoint.read_prefix(prefix, wanted, weights)
      return dataclasses.replace(own_checkpoint, name=name)
    own_checkpoint = checkpoint.read_prefix(
      prefix, _without_classifier(wanted, classifier), weights
    )
  zeros = {key: np.zeros(wanted.shapes[key], np.float32) for key in classifier}
  return dataclasses.replace(
    own_checkpoint,
    name=name,
    tensors={**own_checkpoint.tensors, **zeros},
    has_classifier=False,
  )
