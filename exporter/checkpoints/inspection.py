"""What is known of a file of weights, once it was looked into."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import math

from exporter import storage
from exporter.checkpoints import checkpoint
from exporter.checkpoints import recognition
from exporter.checkpoints import specimen
from exporter.checkpoints import specimens
from exporter.checkpoints import weights as weights_lib

_STEP = 'global_step'
_OBJECTS = '_CHECKPOINTABLE_OBJECT_GRAPH'
_FLOAT = 'float32'
_FLOATS = ('float', 'bfloat')
_MOST = 8  # Scopes that are named.


@dataclasses.dataclass(frozen=True)
class Network:
  """Which network a file is of, and how well it fits."""

  name: str
  title: str
  multipliers: tuple[float, ...]  # All that build it, the likeliest first.
  num_classes: int | None
  parameters: int
  variables: int
  models: tuple[str, ...]  # The published ones that it may be.
  sizes: tuple[int, ...]  # Of their images.
  published_classes: int | None  # How many those have.

  @property
  def multiplier(self) -> float | None:
    """The likeliest."""
    return self.multipliers[0] if self.multipliers else None


@dataclasses.dataclass(frozen=True)
class Inspection:
  """Facts of one file."""

  file: str
  path: str  # What an export would read.
  kind: str
  network: Network | None
  size: int | None  # Of the images, where the file says it.
  weights: (
    str | None
  )  # What `auto` takes: EMA or RAW of exporter/checkpoints/weights.py.
  step: int | None
  parameters: int  # All numbers in the file.
  averages: int  # Variables with a moving average.
  slots: dict[str, int]  # Of optimizers: name -> how many.
  extra: dict[str, int]  # Scope -> variables that the network lacks.
  flaws: dict[str, str]  # Variable -> what is wrong with its values.
  problems: tuple[str, ...]  # Why it cannot be exported.


def _parent(key: str) -> str:
  return key.rpartition('/')[0]


def _plain(shapes: recognition.Shapes) -> dict[str, tuple[int, ...]]:
  """Every variable, also where only its moving average is there."""
  ends = checkpoint.SHADOW
  return {key.removesuffix(ends): shape for key, shape in shapes.items()}


def _slots(shapes: recognition.Shapes) -> Counter[str]:
  """What stands below a variable's own name."""
  names = (
    key.rpartition('/')[2]
    for key in shapes
    if _parent(key) in shapes and not key.endswith(checkpoint.SHADOW)
  )
  return Counter(names)


def _extra(shapes: recognition.Shapes, wanted: Iterable[str]) -> dict[str, int]:
  """What neither the network nor its training asks for, by scope."""
  ours, known = set(wanted), _plain(shapes)
  return Counter(
    '/'.join(key.split('/')[:2])
    for key, shape in known.items()
    if shape and key not in ours and _parent(key) not in known
  )


def _describe(names: Iterable[str]) -> str:
  found = list(names)
  more = f' and {len(found) - _MOST} more' if len(found) > _MOST else ''
  return ', '.join(found[:_MOST]) + more


def _stranger(shapes: recognition.Shapes) -> str:
  """Why a file is of no network of ours."""
  if _OBJECTS in shapes:
    return (
      'it is an object-based checkpoint, of Keras or tf.train.Checkpoint, '
      'whose variables are named by objects; slimhub reads those that '
      'tf.compat.v1.train.Saver wrote for a TF-Slim network'
    )
  counts = recognition.scopes(shapes).items()
  scopes = _describe(f'{scope}/ ({count})' for scope, count in counts)
  found = recognition.below(shapes)
  if found:
    outer, family = found
    return (
      f'it has {family.title} below {outer}/, as another program (object '
      'detection, segmentation) builds upon it; expected '
      f'{family.scope}/ at the top. Its scopes are {scopes}'
    )
  return (
    'it is of no network that slimhub knows (`slimhub list` shows them); its '
    f'scopes are {scopes}'
  )


def _misfits(
  found: specimen.Specimen,
  keys: Mapping[str, str],
  match: recognition.Match,
) -> tuple[str, ...]:
  """What an export would miss, or find in another form."""
  missing = [key for key in keys.values() if key not in found.shapes]
  wrong = [
    f'{key} is {found.dtypes[key]} {list(found.shapes[key])}, '
    f'expected {_FLOAT} {list(match.shapes[name])}'
    for name, key in keys.items()
    if key in found.shapes
    and (found.shapes[key], found.dtypes[key]) != (match.shapes[name], _FLOAT)
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


def _flaws(found: specimen.Specimen) -> dict[str, str]:
  """Variables whose values cannot be used."""
  flaws = {
    key: checkpoint.flaw(key, found.read(key))
    for key, dtype in found.dtypes.items()
    if dtype.startswith(_FLOATS)
  }
  return {key: flaw for key, flaw in flaws.items() if flaw}


def _unusable(flaws: Mapping[str, str], used: Iterable[str]) -> tuple[str, ...]:
  """What an export would refuse of them."""
  bad = sorted(flaws.keys() & set(used))
  if not bad:
    return ()
  return (f'values of {len(bad)} variables cannot be used: {_describe(bad)}',)


def _step(found: specimen.Specimen) -> int | None:
  if found.shapes.get(_STEP) != ():
    return None
  return int(found.read(_STEP))


def _wanted(match: recognition.Match) -> checkpoint.Wanted:
  """What an export asks for: without a classifier, only the features."""
  is_whole = match.num_classes is not None
  shapes = {
    name: shape
    for name, shape in match.shapes.items()
    if is_whole or not name.startswith(match.family.classifier)
  }
  return checkpoint.Wanted(shapes, match.trainable & shapes.keys())


def _network(match: recognition.Match, size: int | None) -> Network:
  models, shapes = match.models, _wanted(match).shapes
  alike = [model for model in models if size in (None, model.size)]
  return Network(
    match.family.network,
    match.family.title,
    match.multipliers,
    match.num_classes,
    sum(math.prod(shape) for shape in shapes.values()),
    len(shapes),
    tuple(model.name for model in alike),
    tuple(sorted({model.size for model in models})),
    models[0].num_classes if models else None,
  )


def _quantized(shapes: recognition.Shapes) -> tuple[str, ...]:
  ranges = sorted(filter(checkpoint.QUANTIZED.search, shapes))
  if not ranges:
    return ()
  return (
    f'it was trained for 8 bits: {len(ranges)} ranges for rounding, such as '
    f'{ranges[0]}, which the network does not apply',
  )


def inspect(found: specimen.Specimen) -> Inspection:
  """Looks into a file, reading all of it.

  Raises:
    CheckpointError: A tensor cannot be read.
  """
  shapes = found.shapes
  plain = _plain(shapes)
  match = recognition.recognize(plain)
  kind, keys, flaws = None, {}, _flaws(found)
  if match:
    keys = checkpoint.keys(shapes, _wanted(match), weights_lib.AUTO)
    averaged = any(key.endswith(checkpoint.SHADOW) for key in keys.values())
    kind = weights_lib.EMA if averaged else weights_lib.RAW
    problems = (*_quantized(shapes), *_misfits(found, keys, match))
  else:
    problems = (_stranger(shapes),)
  return Inspection(
    found.name,
    found.path,
    found.kind,
    _network(match, found.size) if match else None,
    found.size,
    kind,
    _step(found),
    sum(math.prod(shape) for shape in shapes.values()),
    sum(key.endswith(checkpoint.SHADOW) for key in shapes),
    dict(_slots(shapes)),
    dict(_extra(shapes, match.shapes)) if match else {},
    flaws,
    (*problems, *_unusable(flaws, keys.values())),
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
  with specimens.find_specimens(storage.to_path(path)) as found:
    return tuple(inspect(each) for each in found)
