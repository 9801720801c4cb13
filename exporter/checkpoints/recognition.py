"""Names and shapes of variables -> the network that has them."""

from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses

from exporter import networks
import model_specs

# Of networks that share names: a scope that one has, and one that it has not.
_MARKS = {
  'mobilenet_v3_large': ('MobilenetV3/expanded_conv_14/', None),
  'mobilenet_v3_small': ('', 'MobilenetV3/expanded_conv_14/'),
  'nasnet_large': ('cell_17/', None),
  'nasnet_mobile': ('reduction_cell_0/', 'cell_17/'),
  'pnasnet_large': ('cell_0/', 'reduction_cell_0/'),
}
_DECIMALS = (2, 3, 4)
_LARGEST = 4  # Multiplier that is looked for.
_ENOUGH = 0.5  # Of a network's variables; with fewer it is another.

Shapes = Mapping[str, tuple[int, ...]]


@dataclasses.dataclass(frozen=True)
class Match:
  """A network, and what decides its graph."""

  family: model_specs.Family
  multipliers: tuple[float, ...]  # All that build it, the likeliest first.
  num_classes: int | None  # None: there is no classifier.
  shapes: Shapes  # Of the network, of 1001 classes if nobody knows.
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
  return {model.network: model.family for model in model_specs.MODELS}


def find_family(shapes: Shapes) -> model_specs.Family | None:
  """Whose names these are, be they few of them."""
  for network, family in _families().items():
    starts = (f'{family.scope}/', family.classifier)
    has, has_not = _MARKS.get(network, ('', None))
    if (
      any(_has(shapes, start) for start in starts)
      and _has(shapes, has)
      and not (has_not and _has(shapes, has_not))
    ):
      return family
  return None


def _num_classes(shapes: Shapes, family: model_specs.Family) -> int | None:
  for name, shape in shapes.items():
    if name.startswith(family.classifier) and name.endswith('/biases'):
      return shape[-1] if shape else None
  return None


def _fitting(shapes: Shapes, network: str, multiplier: float) -> int:
  """How many of the widths that a multiplier decides are there."""
  wanted = networks.WIDTHS[network](multiplier)
  return sum(
    shapes[name][-1] == width
    for name, width in wanted.items()
    if shapes.get(name)
  )


def _candidates(network: str) -> Iterator[list[float]]:
  """Multipliers to try, the likely ones first."""
  yield [
    model.multiplier
    for model in model_specs.MODELS
    if model.network == network and model.multiplier
  ]
  for decimals in _DECIMALS:
    unit = 10**decimals
    found = [count / unit for count in range(1, _LARGEST * unit + 1)]
    # People choose 0.35 rather than 0.36.
    yield sorted(found, key=lambda value: round(value * 100, 2) % 5 != 0)


def find_multipliers(shapes: Shapes, network: str) -> tuple[float, ...]:
  """The multipliers that give these widths, or one that comes nearest."""
  if network not in networks.WIDTHS:
    return ()
  count = len(networks.WIDTHS[network](1.0))
  best, nearest = 0, 1.0
  exact: dict[float, None] = {}  # In order.
  for number, values in enumerate(_candidates(network)):
    for value in values:
      fitting = _fitting(shapes, network, value)
      if fitting == count:
        exact[value] = None
      elif fitting > best:
        best, nearest = fitting, value
    if exact and number:
      break
  return tuple(exact) or (nearest,)


def scopes(shapes: Shapes) -> dict[str, int]:
  """First parts of the names, and how many names begin so."""
  found: dict[str, int] = {}
  for name in shapes:
    scope = name.split('/')[0]
    found[scope] = found.get(scope, 0) + 1
  return found


def below(shapes: Shapes) -> tuple[str, model_specs.Family] | None:
  """A scope under which a network stands that is looked for at the top."""
  for family in _families().values():
    for name in shapes:
      outer, found, _ = name.partition(f'/{family.scope}/')
      if found:
        return outer, family
  return None


def recognize(shapes: Shapes) -> Match | None:
  """The network of some variables.

  Args:
    shapes: Of all that a file holds, moving averages under the names of what
      they are averages of.

  Returns:
    The network, at the multiplier that fits best; None if it is none of ours.
  """
  family = find_family(shapes)
  if family is None:
    return None
  multipliers = find_multipliers(shapes, family.network)
  num_classes = _num_classes(shapes, family)
  built = networks.Source(
    networks.Architecture(
      family.network,
      multipliers[0] if multipliers else None,
      num_classes or model_specs.NUM_CLASSES,
      family.preprocessing,
    ),
    is_training=False,
  )
  wanted = built.shapes
  there = sum(shapes.get(name) == shape for name, shape in wanted.items())
  if there < _ENOUGH * len(wanted):
    return None
  return Match(family, multipliers, num_classes, wanted, built.trainable)
