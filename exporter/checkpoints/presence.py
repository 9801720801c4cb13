"""Whether a model's checkpoint is there at all, told without TensorFlow."""

from collections.abc import Iterable
import pathlib

from exporter import errors
from exporter.checkpoints import archive
from exporter.checkpoints import prefixes
import model_specs


def check_named(model: model_specs.ModelSpec) -> None:
  """Raises a CheckpointError if an own model's spec names no checkpoint."""
  assert model.own
  if not model.own.checkpoint:
    raise errors.CheckpointError(
      f'{model.own.file}: model {model.name!r} names no checkpoint; write '
      'checkpoint = "PATH" there, or try things out with --synthetic_weights'
    )


def no_own(
  model: model_specs.ModelSpec, looked_for: Iterable[str]
) -> errors.CheckpointError:
  """The error for an own model whose checkpoint is nowhere.

  Args:
    model: The model.
    looked_for: Each place, and what is wrong with what lies there.
  """
  assert model.own
  return errors.CheckpointError(
    f'{model.own.file}: no checkpoint of {model.name!r}; looked for\n'
    + ''.join(f'  {place}\n' for place in looked_for)
    + 'expected the prefix of a checkpoint, a folder with one or an archive; '
    'correct `checkpoint` in that file'
  )


def _is_there(path: pathlib.Path) -> bool:
  """Whether a path may be a checkpoint's, its folder's or its archive's."""
  if path.is_dir():
    return any(
      prefixes.split(inside.name) is not None or prefixes.is_old(inside)
      for inside in path.iterdir()
    )
  prefix = prefixes.of(path) or path
  return path.exists() or prefixes.index_of(prefix).exists()


def check_checkpoint(
  model: model_specs.ModelSpec,
  folder: pathlib.Path,
  *,
  require_checksum: bool = False,
) -> None:
  """Raises a CheckpointError if there is no checkpoint of a model.

  What lies at its place is not read: a damaged one, or one of another network,
  counts as there.

  Args:
    model: The model.
    folder: Where checkpoints are, if an own model's is not beside its spec.
    require_checksum: Whether a published model's must be an archive.
  """
  if not model.own:
    if require_checksum:
      archive.check_packed(folder, model)
    archive.check_there(folder, model)
    return
  check_named(model)
  paths = dict.fromkeys(prefixes.of_own(folder, model))
  if not any(map(_is_there, paths)):
    raise no_own(model, map(str, paths))
