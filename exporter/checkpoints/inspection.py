"""Inspects a file of weights: which network it is of, and whether it fits."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import itertools
import math

from exporter import storage
from exporter.checkpoints import averages as averages_lib
from exporter.checkpoints import checkpoint
from exporter.checkpoints import outer
from exporter.checkpoints import ranges
from exporter.checkpoints import recognition
from exporter.checkpoints import recognized
from exporter.checkpoints import specimen
from exporter.checkpoints import specimens
from exporter.checkpoints import surplus
from exporter.checkpoints import training_graph
from exporter.checkpoints import weights as weights_lib

_STEP, _STEP_TYPES = 'global_step', ('int32', 'int64')
_FLOAT = 'float32'
_FLOATS = ('float', 'bfloat')
_MOST = 8  # How many names a list shows before it says "and N more".


@dataclasses.dataclass(frozen=True)
class Inspection:
  """All that is known of one file of weights."""

  file: str
  path: str  # The path that an export would be given.
  kind: str  # The kind of file: NEW, OLD or FROZEN of specimen.py.
  network: recognized.Network | None
  scope: str  # The scope around the network; empty if there is none.
  size: int | None  # Height and width of the images, if the file says it.
  weights: str | None  # Which weights `auto` takes: weights.EMA or weights.RAW.
  step: int | None  # The training step, if the file says it.
  parameters: int  # How many numbers the file holds.
  averages: int  # How many variables have a moving average.
  slots: dict[str, int]  # How many slots of each name optimizers left.
  extra: dict[str, int]  # By scope, how many variables the network has not.
  flaws: dict[str, str]  # By variable, what is wrong with its values.
  problems: tuple[str, ...]  # Why the file cannot be exported; empty if it can.
  # The graph of its training beside the network; None if there is none.
  training: training_graph.Comparison | None = None

  @property
  def image_size(self) -> int | None:
    """Height and width of the images, if the file or its training says it."""
    return self.size or (self.training.size if self.training else None)


def _slots(shapes: recognition.Shapes) -> Counter[str]:
  """How many optimizer slots of each name there are.

  A slot lies below the name of its variable, as VARIABLE/Momentum.
  """
  names = (
    key.rpartition('/')[2]
    for key in shapes
    if surplus.parent(key) in shapes and not key.endswith(weights_lib.SHADOW)
  )
  return Counter(names)


def _extra(shapes: recognition.Shapes, wanted: Iterable[str]) -> dict[str, int]:
  """How many variables neither the network nor an optimizer uses, by scope."""
  names = surplus.surplus(shapes, set(wanted))
  return Counter('/'.join(key.split('/')[:2]) for key in names)


def _describe(names: Iterable[str]) -> str:
  listed = list(names)
  more = f' and {len(listed) - _MOST} more' if len(listed) > _MOST else ''
  return ', '.join(listed[:_MOST]) + more


def _stranger(shapes: recognition.Shapes) -> str:
  """Says why a file is of no network that slimhub knows."""
  if checkpoint.OBJECTS in shapes:
    return checkpoint.OBJECT_BASED
  counts = recognition.scopes(shapes).items()
  scopes = _describe(f'{scope}/ ({count})' for scope, count in counts)
  for scope, family in recognition.below(shapes).items():
    return (
      f'it has some of {family.title} below {scope}/, less than half of the '
      f'variables. Its scopes are {scopes}'
    )
  return (
    'it is of no network that slimhub knows (`slimhub list` shows them); its '
    f'scopes are {scopes}'
  )


def _misfits(
  weights_file: specimen.Specimen,
  keys: Mapping[str, str],
  match: recognition.Match,
) -> tuple[str, ...]:
  """The variables that an export would miss, or find with another shape."""
  missing = [key for key in keys.values() if key not in weights_file.shapes]
  wrong = [
    f'{key} is {weights_file.dtypes[key]} {list(weights_file.shapes[key])}, '
    f'expected {_FLOAT} {list(match.shapes[name])}'
    for name, key in keys.items()
    if key in weights_file.shapes
    and (weights_file.shapes[key], weights_file.dtypes[key])
    != (match.shapes[name], _FLOAT)
  ]
  problems = []
  if missing:
    problems.append(
      f'{len(missing)} of {len(keys)} variables are missing: '
      + _describe(missing)
    )
  if wrong:
    problems.append(
      f'{len(wrong)} of {len(keys)} variables do not fit: {_describe(wrong)}'
    )
  return tuple(problems)


def _flaws(weights_file: specimen.Specimen) -> dict[str, str]:
  """What is wrong with values that cannot be used, by variable."""
  flaws = {
    key: checkpoint.flaw(key, weights_file.read(key))
    for key, dtype in weights_file.dtypes.items()
    if dtype.startswith(_FLOATS)
  }
  return {key: flaw for key, flaw in flaws.items() if flaw}


def _unusable(flaws: Mapping[str, str], used: Iterable[str]) -> tuple[str, ...]:
  """The flaws that would stop an export, as one problem, if there are any."""
  bad = sorted(flaws.keys() & set(used))
  if not bad:
    return ()
  return (f'values of {len(bad)} variables cannot be used: {_describe(bad)}',)


def _step(weights_file: specimen.Specimen) -> int | None:
  is_number = weights_file.dtypes.get(_STEP) in _STEP_TYPES
  if weights_file.shapes.get(_STEP) != () or not is_number:
    return None
  return int(weights_file.read(_STEP))


def _quantized(
  shapes: recognition.Shapes, match: recognition.Match
) -> tuple[str, ...]:
  stored = ranges.select(shapes)
  if not stored or match.family.is_quantized:
    return ()
  return (
    f'it was trained for 8 bits: {len(stored)} ranges for rounding, such as '
    f'{stored[0]}, which the network does not apply',
  )


@dataclasses.dataclass(frozen=True)
class _Named:
  """A file of weights, its tensors called by the names of its network."""

  weights_file: specimen.Specimen
  match: recognition.Match | None
  scopes: tuple[str, ...]  # The scopes that hold the network; one is expected.


def _recognize(weights_file: specimen.Specimen) -> _Named:
  plain = surplus.plain(weights_file.shapes)
  match = recognition.recognize(plain)
  if match:
    return _Named(weights_file, match, ())
  inner_ones = []
  for scope in itertools.islice(recognition.below(plain), _MOST):
    inner = weights_file.within(scope)
    match = recognition.recognize(surplus.plain(inner.shapes))
    if match:
      inner_ones.append(_Named(inner, match, (scope,)))
  if not inner_ones:
    return _Named(weights_file, None, ())
  scopes = tuple(scope for each in inner_ones for scope in each.scopes)
  return dataclasses.replace(inner_ones[0], scopes=scopes)


def _training(named: _Named) -> training_graph.Comparison | None:
  path, match = named.weights_file.training, named.match
  if path is None or match is None:
    return None
  start = f'{named.scopes[0]}/' if named.scopes else ''
  names = {name: f'{start}{name}' for name in match.shapes}
  return training_graph.compare(path, recognition.traits(match), names)


def inspect(weights_file: specimen.Specimen) -> Inspection:
  """Inspects a file of weights; all of its tensors are read.

  Raises:
    CheckpointError: A tensor cannot be read.
  """
  named = _recognize(
    weights_file.renamed(averages_lib.beside(weights_file.shapes))
  )
  weights_file, match = named.weights_file, named.match
  shapes, scopes = weights_file.shapes, named.scopes
  kind, keys, flaws = None, {}, _flaws(weights_file)
  problems: tuple[str, ...]
  if match:
    keys = checkpoint.keys(shapes, recognized.wanted(match), weights_lib.AUTO)
    averaged = any(key.endswith(weights_lib.SHADOW) for key in keys.values())
    kind = weights_lib.EMA if averaged else weights_lib.RAW
    problems = (
      *([outer.ambiguous('it', scopes)] if scopes[1:] else []),
      *_quantized(shapes, match),
      *_misfits(weights_file, keys, match),
    )
  else:
    problems = (_stranger(shapes),)
  return Inspection(
    weights_file.name,
    weights_file.path,
    weights_file.kind,
    recognized.describe(match, weights_file.size) if match else None,
    scopes[0] if scopes else '',
    weights_file.size,
    kind,
    _step(weights_file),
    sum(math.prod(shape) for shape in shapes.values()),
    sum(key.endswith(weights_lib.SHADOW) for key in shapes),
    dict(_slots(shapes)),
    dict(_extra(shapes, match.shapes)) if match else {},
    flaws,
    (*problems, *_unusable(flaws, keys.values())),
    _training(named) if match else None,
  )


def inspect_checkpoint(path: storage.LocalPath) -> tuple[Inspection, ...]:
  """Says what a checkpoint is, without being told its network.

  Args:
    path: A checkpoint's prefix or any of its files, a folder with one, an
      archive, or a frozen graph.

  Returns:
    What was found, mostly one; more from an archive, or from a folder that
    does not say which of its checkpoints is the newest.

  Raises:
    CheckpointError: It is something else, or damaged.
  """
  with specimens.find_specimens(storage.to_path(path)) as opened:
    return tuple(inspect(each) for each in opened)
