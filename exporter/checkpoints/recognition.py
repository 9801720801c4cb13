"""Recognizes a network by the names and shapes of its variables."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import functools
from typing import NamedTuple

from exporter import networks
from exporter.checkpoints import training_graph
import model_specs

# The ranges of the first kernel, in checkpoints that were trained for 8 bits.
_V1_RANGE = 'MobilenetV1/MobilenetV1/Conv2d_0/weights_quant/'
_V2_RANGE = 'MobilenetV2/Conv/weights_quant/'
_STEM, _SQUEEZE = 'cell_stem_0/', 'squeeze_excite/'
_LARGE_V3, _SMALL_V3 = (
  f'MobilenetV3/expanded_conv{number}/' for number in ('_14', '')
)


class _Marks(NamedTuple):
  """The scopes by which a network differs from others that share the rest."""

  present: tuple[str, ...] = ()  # Scopes that it has.
  absent: tuple[str, ...] = ()  # Scopes that it does not have.


_MARKS = {
  'mobilenet_v1': _Marks(absent=(_V1_RANGE,)),
  'mobilenet_v1_quant': _Marks((_V1_RANGE,)),
  'mobilenet_v2': _Marks(absent=(_V2_RANGE,)),
  'mobilenet_v2_narrow_end': _Marks(absent=(_V2_RANGE,)),
  'mobilenet_v2_quant': _Marks((_V2_RANGE,)),
  'mobilenet_v3_large': _Marks((_LARGE_V3 + _SQUEEZE,)),
  'mobilenet_v3_large_narrow_end': _Marks((_LARGE_V3 + _SQUEEZE,)),
  'mobilenet_v3_large_minimalistic': _Marks(
    (_LARGE_V3,), (_LARGE_V3 + _SQUEEZE,)
  ),
  'mobilenet_v3_small': _Marks((_SMALL_V3 + _SQUEEZE,), (_LARGE_V3,)),
  'mobilenet_v3_small_narrow_end': _Marks(
    (_SMALL_V3 + _SQUEEZE,), (_LARGE_V3,)
  ),
  'mobilenet_v3_small_minimalistic': _Marks(
    (_SMALL_V3,), (_SMALL_V3 + _SQUEEZE, _LARGE_V3)
  ),
  'nasnet_cifar': _Marks(('l1_stem_3x3/', 'reduction_cell_0/')),
  'nasnet_large': _Marks((_STEM, 'reduction_cell_0/', 'cell_17/')),
  'nasnet_mobile': _Marks((_STEM, 'reduction_cell_0/'), ('cell_17/',)),
  'pnasnet_large': _Marks((_STEM, 'cell_11/'), ('reduction_cell_0/',)),
  'pnasnet_mobile': _Marks(
    (_STEM, 'cell_8/'), ('reduction_cell_0/', 'cell_11/')
  ),
}
_DECIMALS = (2, 3, 4)
_LARGEST = 4  # The largest multiplier that is tried.
_ENOUGH = 0.5  # With this share of its variables, a network is recognized.

Shapes = Mapping[str, tuple[int, ...]]


@dataclasses.dataclass(frozen=True)
class Match:
  """A recognized network, and what its graph depends on."""

  family: model_specs.Family
  architecture: networks.Architecture  # With the likeliest of the multipliers.
  # The depth multipliers that give these shapes, the likeliest first.
  multipliers: tuple[float, ...]
  num_classes: int | None  # None: there is no classifier.
  size: int | None  # The size of images; None if no variable depends on it.
  # What the network expects; with as many classes as its published models, or
  # as TF-Slim's own network, if there is no classifier.
  shapes: Shapes
  trainable: frozenset[str]

  @property
  def models(self) -> tuple[model_specs.ModelSpec, ...]:
    """The published models of this network and multiplier."""
    return tuple(
      model
      for model in model_specs.MODELS
      if model.family == self.family
      and (model.multiplier is None or model.multiplier in self.multipliers)
    )


def _has(shapes: Shapes, start: str) -> bool:
  return any(name.startswith(start) for name in shapes)


def _families() -> dict[str, model_specs.Family]:
  return {
    network: model.family for network, model in model_specs.NETWORKS.items()
  }


def _starts(family: model_specs.Family) -> tuple[str, ...]:
  """Scopes that names of the network begin with.

  No scope surrounds the cells of NASNet and PNASNet, which have marks.
  """
  return (f'{family.scope}/', *_MARKS.get(family.network, _Marks()).present)


def _is_named_for(shapes: Shapes, family: model_specs.Family) -> bool:
  marks = _MARKS.get(family.network, _Marks())
  return (
    any(_has(shapes, start) for start in _starts(family))
    and all(_has(shapes, start) for start in marks.present)
    and not any(_has(shapes, start) for start in marks.absent)
  )


def find_network(
  shapes: Shapes,
) -> tuple[model_specs.Family, tuple[float, ...]] | None:
  """The family that variables are named for, and at what multipliers.

  Of families with the same names, it is the first whose widths fit best. None
  if no family has such names.
  """
  named = [f.network for f in _families().values() if _is_named_for(shapes, f)]
  if not named:
    return None
  network, multipliers = find_fitting(shapes, named)
  return _families()[network], multipliers


def _num_classes(shapes: Shapes, family: model_specs.Family) -> int | None:
  for name, shape in shapes.items():
    if name.startswith(family.classifier) and name.endswith('/biases'):
      return shape[-1] if shape else None
  return None


def _size(shapes: Shapes, family: model_specs.Family) -> int | None:
  """The size of images that variables are for; None if they do not tell."""
  if family.network not in networks.SIZES:
    return None
  size = networks.SIZES[family.network](shapes)
  return None if size is None or family.size_problem(size) else size


def _fitting(shapes: Shapes, network: str, multiplier: float) -> int:
  """How many kernels have the width that a multiplier gives them."""
  widths = networks.WIDTHS[network](multiplier)
  return sum(
    shapes[name][-1] == width
    for name, width in widths.items()
    if shapes.get(name)
  )


def _candidates(network: str) -> Iterator[list[float]]:
  """Lists of multipliers to try, the likelier lists and multipliers first."""
  yield [
    model.multiplier
    for model in (*model_specs.MODELS, *model_specs.NETWORKS.values())
    if model.network == network and model.multiplier
  ]
  for decimals in _DECIMALS:
    unit = 10**decimals
    values = [count / unit for count in range(1, _LARGEST * unit + 1)]
    # People choose 0.35 rather than 0.36.
    yield sorted(values, key=lambda value: round(value * 100, 2) % 5 != 0)


def find_fitting(
  shapes: Shapes, among: Sequence[str]
) -> tuple[str, tuple[float, ...]]:
  """The first network that fits best, at what multipliers.

  Returns:
    The network and all multipliers that give exactly these widths, or else the
    nearest one; none if it has no multiplier.
  """
  if among[0] not in networks.WIDTHS:
    return among[0], ()
  if networks.WIDTHS[among[0]](1.0).keys().isdisjoint(shapes):
    return among[0], (1.0,)
  counts = {network: len(networks.WIDTHS[network](1.0)) for network in among}
  best, nearest = 0, (among[0], 1.0)
  exact: dict[tuple[str, float], None] = {}  # A set that keeps its order.
  for number, lists in enumerate(zip(*map(_candidates, among), strict=True)):
    pairs = zip(among, lists, strict=True)
    for network, value in ((n, v) for n, values in pairs for v in values):
      fitting = _fitting(shapes, network, value)
      if fitting == counts[network]:
        exact[network, value] = None
      elif fitting > best:
        best, nearest = fitting, (network, value)
    if exact and number:
      break
  found = list(exact) or [nearest]
  first = min((network for network, _ in found), key=among.index)
  return first, tuple(value for network, value in found if network == first)


def scopes(shapes: Shapes) -> dict[str, int]:
  """How many names begin with each scope, by the scope."""
  counts: dict[str, int] = {}
  for name in shapes:
    scope = name.split('/')[0]
    counts[scope] = counts.get(scope, 0) + 1
  return counts


def below(shapes: Shapes) -> dict[str, model_specs.Family]:
  """The families whose networks lie below other scopes, by the outer scope.

  The scopes with the most of a network's names come first. Where families share
  those names, any of them is returned.
  """
  families = {
    start: family
    for family in reversed(_families().values())
    for start in _starts(family)
  }
  counts: Counter[tuple[str, str]] = Counter()
  for name in shapes:
    for start in families:
      outer, separator, _ = name.partition(f'/{start}')
      if separator:
        counts[outer, start] += 1
  by_scope: dict[str, model_specs.Family] = {}
  for (outer, start), _ in counts.most_common():
    by_scope.setdefault(outer, families[start])
  return by_scope


@functools.lru_cache(maxsize=64)
def _expected(
  architecture: networks.Architecture,
) -> tuple[Shapes, frozenset[str]]:
  """The variables of a network, and which of them train."""
  network = networks.build(architecture, is_training=False)
  return network.shapes, network.trainable


def recognize(shapes: Shapes) -> Match | None:
  """Recognizes the network that variables are of.

  Args:
    shapes: The shapes of all that a file holds, with moving averages under the
      names of their variables.

  Returns:
    The network at the multiplier that fits best, or None if slimhub does not
    know the network.
  """
  found = find_network(shapes)
  if found is None:
    return None
  family, multipliers = found
  template = model_specs.NETWORKS[family.network]
  num_classes = _num_classes(shapes, family)
  size = _size(shapes, family)
  architecture = networks.Architecture(
    family.network,
    multipliers[0] if multipliers else None,
    num_classes or template.num_classes or 1,
    family.preprocessing,
    family.channels,
    (size or template.size) if family.sizes else None,
  )
  expected, trainable = _expected(architecture)
  matching = sum(shapes.get(name) == shape for name, shape in expected.items())
  if matching < _ENOUGH * len(expected):
    return None
  return Match(
    family, architecture, multipliers, num_classes, size, expected, trainable
  )


def traits(match: Match) -> training_graph.Traits:
  """What the network of a match does with its variables."""
  network = networks.build(match.architecture, is_training=False)
  return training_graph.traits(network.graph.as_graph_def())
