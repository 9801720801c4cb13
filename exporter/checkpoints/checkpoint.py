"""Reads a checkpoint and checks that its tensors are those of the network."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
import dataclasses
import hashlib
import pathlib
from typing import TypeAlias

import numpy as np

from exporter import errors
from exporter import storage
from exporter.checkpoints import archive
from exporter.checkpoints import ranges
from exporter.checkpoints import reader as reader_lib
from exporter.checkpoints import recognition
from exporter.checkpoints import surplus
from exporter.checkpoints import synthetic
from exporter.checkpoints import training_graph
from exporter.checkpoints import weights as weights_lib
import model_specs

_VARIANCE = '/moving_variance'
_MISSING = 'missing'
_OTHER_TYPE = 'dtype '
OBJECTS = '_CHECKPOINTABLE_OBJECT_GRAPH'  # The key that tells of objects.
OBJECT_BASED = (
  'it is an object-based checkpoint, of Keras or tf.train.Checkpoint, whose '
  'variables are named by objects; slimhub reads those that '
  'tf.compat.v1.train.Saver wrote for a TF-Slim network'
)
_DAMAGED = 'cannot be read: '
_MOST = 20  # How many variables an error names.

Tensor: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class _ProblemError(Exception):
  """Says what is wrong with one variable of a checkpoint."""


@dataclasses.dataclass(frozen=True)
class Wanted:
  """The variables that a network needs from a checkpoint."""

  shapes: Mapping[str, tuple[int, ...]]
  trainable: frozenset[str]
  # What the network does with them; None where nothing asks for that.
  traits: Callable[[], training_graph.Traits] | None = None


def hash_tensors(tensors: Mapping[str, Tensor]) -> str:
  """A hash of tensors, their names and shapes, in the order of the names."""
  digest = hashlib.sha256()
  for name, tensor in sorted(tensors.items()):
    digest.update(f'{name} {tensor.dtype} {tensor.shape}\n'.encode())
    digest.update(np.ascontiguousarray(tensor).data)
  return digest.hexdigest()


@dataclasses.dataclass(frozen=True)
class Checkpoint:
  """The tensors of one network, and where they came from."""

  name: str
  kind: storage.WeightsKind
  tensors: Mapping[str, Tensor]
  frozen_graph: bytes | None = None  # The file published with them, if any.
  has_classifier: bool = True  # If not, the classifier's tensors are zeros.
  archive: storage.Archive | None = None  # The published one, if it was read.
  warning: str = ''  # Why it may be of another network than the one named.

  @property
  def sha256(self) -> str:
    """A hash of the tensors, which does not depend on how they were stored."""
    return hash_tensors(self.tensors)


def _tensor(
  reader: reader_lib.Reader, key: str, shape: tuple[int, ...]
) -> np.ndarray:
  """Reads one tensor; raises a _ProblemError if it cannot be used."""
  if key not in reader.shapes:
    raise _ProblemError(_MISSING)
  actual, dtype = reader.shapes[key], reader.dtypes[key]
  if actual != shape:
    raise _ProblemError(f'shape {list(actual)}, expected {list(shape)}')
  if dtype != 'float32':
    raise _ProblemError(f'{_OTHER_TYPE}{dtype}, expected float32')
  try:
    tensor = reader.read(key)
  except reader_lib.UnreadableError as error:
    raise _ProblemError(f'{_DAMAGED}{error}') from error
  problem = flaw(key, tensor)
  if problem:
    raise _ProblemError(problem)
  return tensor


def flaw(key: str, tensor: np.ndarray) -> str:
  """Says why the values of a tensor cannot be used; empty if they can."""
  bad = tensor.size - int(np.count_nonzero(np.isfinite(tensor)))
  if bad:
    return f'{bad} of {tensor.size} values are NaN or infinite'
  bad = int(np.count_nonzero(tensor < 0)) if key.endswith(_VARIANCE) else 0
  return f'{bad} of {tensor.size} variances are negative' if bad else ''


def keys(
  stored: Collection[str], wanted: Wanted, weights: str
) -> dict[str, str]:
  """The key in the checkpoint to read each variable from, by its name.

  Averages are taken of what is trained. Batch norm's statistics are averages
  already; where a program averaged those once more, they are read as they are.

  Args:
    stored: The keys that the checkpoint holds.
    wanted: The variables of the network.
    weights: One of weights.WEIGHTS_CHOICES. AUTO means averages if there is
      any.
  """
  has_shadows = any(
    f'{name}{weights_lib.SHADOW}' in stored for name in wanted.trainable
  )
  if weights == weights_lib.RAW or (
    weights == weights_lib.AUTO and not has_shadows
  ):
    return {name: name for name in wanted.shapes}
  return {
    name: name + weights_lib.SHADOW if name in wanted.trainable else name
    for name in wanted.shapes
  }


def _of_all(
  reader: reader_lib.Reader, wanted: Wanted, problems: Mapping[str, str]
) -> str:
  """What to do where all problems are one; empty if there are several."""
  if OBJECTS in reader.shapes:
    return OBJECT_BASED
  texts = problems.values()
  # A single one is rather of another checkpoint.
  if len(problems) > 1 and all(text.startswith(_OTHER_TYPE) for text in texts):
    return (
      'its values are of another type: read them (tf.train.load_checkpoint), '
      'and save them as float32 under the same names (tf.compat.v1.train.Saver)'
    )
  raw = {key.removesuffix(weights_lib.SHADOW) for key in problems}
  lacks_averages = raw.isdisjoint(problems) and {*texts} == {_MISSING}
  if not lacks_averages or not raw <= reader.shapes.keys():
    return ''
  if count := len(wanted.trainable) - len(problems):
    return (
      f'{count} of {len(wanted.trainable)} variables have moving averages and '
      'the others none; --weights=raw takes no average at all. For what '
      'variables_to_restore() gives, restore the checkpoint by it, and save it '
      'again under the names of the variables'
    )
  return (
    'it lacks moving averages; use --weights=raw if these are the weights you '
    'mean'
  )


def _advice(
  reader: reader_lib.Reader, wanted: Wanted, problems: Mapping[str, str]
) -> str:
  """Says what to do about keys that cannot be used."""
  if any(problem.startswith(_DAMAGED) for problem in problems.values()):
    return reader_lib.DOWNLOAD
  if advice := _of_all(reader, wanted, problems):
    return advice
  replace = 'put the checkpoint that was trained for this model in its place'
  match = recognition.recognize(surplus.plain(reader.shapes))
  if match and not _agree(match, wanted.shapes):
    name = f'network = "{match.family.network}"'
    if match.multipliers:
      name += f' and multiplier = {match.multipliers[0]}'
    return f'it is of {name}: a spec file with these exports it, or {replace}'
  scopes = {name.split('/')[0] for name in wanted.shapes}
  actual_scopes = {key.split('/')[0] for key in reader.shapes if '/' in key}
  if scopes & actual_scopes:
    return replace
  return (
    'it is of another network: its variables begin with '
    f'{", ".join(sorted(actual_scopes)) or "no scope"}, expected '
    f'{", ".join(sorted(scopes))}; {replace}'
  )


def _agree(
  match: recognition.Match, shapes: Mapping[str, tuple[int, ...]]
) -> bool:
  """Whether a network is the recognized one, whatever its classes are."""
  common = {
    name
    for name in match.shapes.keys() & shapes.keys()
    if not name.startswith(match.family.classifier)
  }
  return bool(common) and all(match.shapes[n] == shapes[n] for n in common)


def read(reader: reader_lib.Reader, wanted: Wanted, weights: str) -> Checkpoint:
  """Reads an open checkpoint; otherwise as `read_published`."""
  ranges.check_rounding(reader.files.shown, reader.shapes, wanted.shapes)
  chosen = keys(reader.shapes, wanted, weights)
  tensors, problems = {}, {}
  for name, key in chosen.items():
    try:
      tensors[name] = _tensor(reader, key, wanted.shapes[name])
    except _ProblemError as problem:
      problems[key] = str(problem)
  problems.update(ranges.flaws(tensors))
  if problems:
    lines = [f'  {key}: {text}\n' for key, text in problems.items()]
    if len(lines) > _MOST:
      lines[_MOST:] = [f'  and {len(lines) - _MOST} more\n']
    raise errors.CheckpointError(
      f'checkpoint {reader.files.shown} does not fit: {len(problems)} of '
      f'{len(wanted.shapes)} variables\n'
      + ''.join(lines)
      + _advice(reader, wanted, problems)
    )
  averaged = any(key.endswith(weights_lib.SHADOW) for key in chosen.values())
  return Checkpoint(
    reader.files.name,
    weights_lib.EMA if averaged else weights_lib.RAW,
    tensors,
  )


def read_published(
  folder: pathlib.Path,
  model: model_specs.ModelSpec,
  wanted: Wanted,
  weights: str,
  require_checksum: bool = False,
) -> Checkpoint:
  """Reads the checkpoint of a published model.

  Args:
    folder: Holds checkpoints, in one of the layouts that `archive.find` knows.
    model: The model whose checkpoint is wanted.
    wanted: The variables that its network needs.
    weights: One of weights.WEIGHTS_CHOICES.
    require_checksum: Whether to take only an archive whose checksum is known.

  Returns:
    The tensors: complete, finite and of the right shapes.

  Raises:
    CheckpointError: The checkpoint is missing, damaged or does not fit; the
      message names every variable concerned.
  """
  with archive.find(folder, model, require_checksum) as files:
    checkpoint = read(reader_lib.Reader(files), wanted, weights)
    return dataclasses.replace(
      checkpoint,
      name=model.checkpoint,
      archive=files.archive,
      frozen_graph=reader_lib.read_graph(files.graph) if files.graph else None,
    )


def make_synthetic(wanted: Wanted) -> Checkpoint:
  """Seeded, untrained weights of the right shapes, instead of a checkpoint."""
  return Checkpoint(
    weights_lib.SYNTHETIC,
    weights_lib.SYNTHETIC,
    synthetic.tensors(wanted.shapes),
  )
