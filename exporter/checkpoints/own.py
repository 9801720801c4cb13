"""Finds and reads the checkpoint that a spec file of a user's model names."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import dataclasses
import pathlib

import numpy as np

from exporter import errors
from exporter.checkpoints import averages
from exporter.checkpoints import checkpoint
from exporter.checkpoints import copies
from exporter.checkpoints import folder as folder_lib
from exporter.checkpoints import members
from exporter.checkpoints import other_files
from exporter.checkpoints import outer
from exporter.checkpoints import prefixes
from exporter.checkpoints import presence
from exporter.checkpoints import reader as reader_lib
from exporter.checkpoints import surplus
from exporter.checkpoints import training_graph
from exporter.checkpoints import weights as weights_lib
import model_specs


def _names(checkpoints: Iterable[str], what: str) -> str:
  return f'holds {", ".join(checkpoints) or what}, expected one checkpoint'


@contextlib.contextmanager
def _at(path: pathlib.Path) -> Iterator[prefixes.Files | str]:
  """Yields the only checkpoint at a path, or a text that says what is wrong.

  The text is empty if nothing is at the path.
  """
  path = prefixes.of_state(path)
  if path.is_dir():
    within = folder_lib.find(path)
    if len(within) == 1:
      yield prefixes.files_at(within[0])
    else:
      holds = _names((each.name for each in within), 'no checkpoint')
      yield f'a folder that {holds}; name the prefix of one'
  elif prefix := prefixes.of(path):
    yield prefixes.files_at(prefix)
  elif not path.exists():
    yield ''
  elif members.is_archive(path):
    with copies.copied(path) as copied:
      if len(copied.checkpoints) == 1:
        yield next(iter(copied.checkpoints.values()))
      else:
        holds = _names(copied.checkpoints, 'none')
        files = 'NAME.index and NAME.data-*, or NAME.ckpt'
        yield f'an archive that {holds}: {files}'
  elif prefixes.is_old(path):
    yield prefixes.files_at(path)  # In V1 format, which is a single file.
  else:
    yield other_files.describe(path)


@contextlib.contextmanager
def _find(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> Iterator[prefixes.Files]:
  """Yields the checkpoint of a model."""
  presence.check_named(model)
  looked_for = []
  for path in dict.fromkeys(prefixes.of_own(folder, model)):
    with _at(path) as files:
      if isinstance(files, prefixes.Files):
        yield files
        return
      looked_for.append(f'{path}{files and f", {files}"}')
  raise presence.no_own(model, looked_for)


def _without_classifier(
  wanted: checkpoint.Wanted, names: set[str]
) -> checkpoint.Wanted:
  return checkpoint.Wanted(
    {name: shape for name, shape in wanted.shapes.items() if name not in names},
    wanted.trainable - names,
  )


def _check_classes(
  files: prefixes.Files,
  model: model_specs.ModelSpec,
  wanted: checkpoint.Wanted,
  shapes: Mapping[str, tuple[int, ...]],
) -> None:
  """Raises a CheckpointError if the classifier's number of classes is wrong."""
  assert model.own
  for name, shape in wanted.shapes.items():
    actual = shapes.get(name)
    is_last = name.startswith(model.family.classifier) and (
      shape[-1:] == (model.num_classes,)
    )
    if is_last and actual and actual[-1] != shape[-1]:
      raise errors.CheckpointError(
        f'checkpoint {files.shown} has a classifier of {actual[-1]} classes '
        f'({name}), expected {shape[-1]}, the num_classes of {model.name!r} in '
        f'{model.own.file}; write num_classes = {actual[-1]} there, with as '
        'many labels, or name the checkpoint that is meant'
      )


def _of_training(
  reader: reader_lib.Reader, wanted: checkpoint.Wanted, size: int
) -> str:
  """What the graph beside a checkpoint says against the network."""
  path = reader.files.training
  if wanted.traits is None or path is None:
    return ''
  names = {name: reader.key(name) for name in wanted.shapes}
  shown = f'{reader.files.shown}{prefixes.TRAINING}'
  comparison = training_graph.compare(path, wanted.traits(), names)
  return training_graph.warning(shown, comparison, size)


def _warning(
  reader: reader_lib.Reader,
  wanted: checkpoint.Wanted,
  size: int,
  *,
  is_raw: bool,
) -> str:
  """Why the weights that were read may not be those that are meant.

  Args:
    reader: The checkpoint.
    wanted: The variables of the network.
    size: The height and width of images that the spec names.
    is_raw: Whether averages would have been taken, and none were found.
  """
  shapes, unnamed = reader.shapes, dict[str, int]()
  if is_raw:
    unnamed = averages.unnamed(shapes, wanted.trainable)
  texts = (
    surplus.warning(surplus.surplus(shapes, wanted.shapes), wanted.shapes),
    averages.warning(unnamed),
    outer.warning(shapes, wanted.shapes),
    _of_training(reader, wanted, size),
  )
  return '; '.join(filter(None, texts))


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
    The tensors, also of a network that has a scope of the user's own around
    it. If the checkpoint has no classifier, or the spec wants none,
    the classifier's tensors are zeros.

  Raises:
    CheckpointError: The checkpoint is missing, damaged or does not fit.
  """
  classifier = {
    n for n in wanted.shapes if n.startswith(model.family.classifier)
  }
  with _find(folder, model) as files:
    opened = reader_lib.Reader(files)
    opened = opened.renamed(averages.beside(opened.shapes))
    reader = outer.within(opened, wanted.shapes)
    plain = surplus.plain(reader.shapes)
    has_classifier = bool(model.num_classes and classifier & plain.keys())
    needed = wanted
    if has_classifier:
      _check_classes(files, model, wanted, plain)
    else:
      needed = _without_classifier(wanted, classifier)
    own_checkpoint = checkpoint.read(reader, needed, weights)
    kinds = (weights, own_checkpoint.kind)
    is_raw = kinds == (weights_lib.AUTO, weights_lib.RAW)
    warning = _warning(reader, wanted, model.size, is_raw=is_raw)
  lacking = wanted.shapes.keys() - needed.shapes.keys()
  zeros = {name: np.zeros(wanted.shapes[name], np.float32) for name in lacking}
  return dataclasses.replace(
    own_checkpoint,
    warning=warning,
    tensors={**own_checkpoint.tensors, **zeros},
    has_classifier=has_classifier,
  )
