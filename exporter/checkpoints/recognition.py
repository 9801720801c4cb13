"""Recognizes a network by the names and shapes of its variables."""

from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses

from exporter import networks
import model_specs

# The ranges of the first kernel, in checkpoints that were trained for 8 bits.
_V1_RANGE = 'MobilenetV1/MobilenetV1/Conv2d_0/weights_quant/'
_V2_RANGE = 'MobilenetV2/Conv/weights_quant/'
# Networks whose variables have the same first scope are told apart by a scope
# that the network has and, if not None, by one that it does not have.
_MARKS = {
  'mobilenet_v1': ('', _V1_RANGE),
  'mobilenet_v1_quant': (_V1_RANGE, None),
  'mobilenet_v2': ('', _V2_RANGE),
  'mobilenet_v2_quant': (_V2_RANGE, None),
  'mobilenet_v3_large': ('MobilenetV3/expanded_conv_14/', None),
  'mobilenet_v3_small': ('', 'MobilenetV3/expanded_conv_14/'),
  'nasnet_large': ('cell_17/', None),
  'nasnet_mobile': ('reduction_cell_0/', 'cell_17/'),
  'pnasnet_large': ('cell_0/', 'reduction_cell_0/'),
}
_DECIMALS = (2, 3, 4)
_LARGEST = 4  # The largest multiplier that is tried.
_ENOUGH = 0.5  # The share of its variables by which a network is recognized.

Shapes = Mapping[str, tuple[int, ...]]


@dataclasses.dataclass(frozen=True)
class Match:
  """A recognized network, and what its graph depends on."""

  family: model_specs.Family
  # The depth multipliers that give these shapes, the likeliest first.
  multipliers: tuple[float, ...]
  num_classes: int | None  # None: there is no classifier.
  size: int | None  # Of images; None: no variable depends on it.
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


def find_family(shapes: Shapes) -> model_specs.Family | None:
  """The family that some or all of the variables are named for, or None."""
  for network, family in _families().items():
    starts = (f'{family.scope}/', family.classifier)
    present, absent = _MARKS.get(network, ('', None))
    if (
      any(_has(shapes, start) for start in starts)
      and _has(shapes, present)
      and not (absent and _has(shapes, absent))
    ):
      return family
  return None


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


def find_multipliers(shapes: Shapes, network: str) -> tuple[float, ...]:
  """All multipliers that give exactly these widths, or else the nearest one."""
  if network not in networks.WIDTHS:
    return ()
  count = len(networks.WIDTHS[network](1.0))
  best, nearest = 0, 1.0
  exact: dict[float, None] = {}  # A set that keeps its order.
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
  """How many names begin with each scope, by the scope."""
  counts: dict[str, int] = {}
  for name in shapes:
    scope = name.split('/')[0]
    counts[scope] = counts.get(scope, 0) + 1
  return counts


def below(shapes: Shapes) -> tuple[str, model_specs.Family] | None:
  """The scope around a known network, and the network's family; or None."""
  for family in _families().values():
    for name in shapes:
      outer, separator, _ = name.partition(f'/{family.scope}/')
      if separator:
        return outer, family
  return None


def recognize(shapes: Shapes) -> Match | None:
  """Recognizes the network that variables are of.

  Args:
    shapes: The shapes of all that a file holds, with moving averages under the
      names of their variables.

  Returns:
    The network at the multiplier that fits best, or None if slimhub does not
    know the network.
  """
  family = find_family(shapes)
  if family is None:
    return None
  template = model_specs.NETWORKS[family.network]
  multipliers = find_multipliers(shapes, family.network)
  num_classes = _num_classes(shapes, family)
  size = _size(shapes, family)
  network = networks.Source(
    networks.Architecture(
      family.network,
      multipliers[0] if multipliers else None,
      num_classes or template.num_classes or 1,
      family.preprocessing,
      family.channels,
      (size or template.size) if family.sizes else None,
    ),
    is_training=False,
  )
  expected = network.shapes
  matching = sum(shapes.get(name) == shape for name, shape in expected.items())
  if matching < _ENOUGH * len(expected):
    return None
  return Match(
    family, multipliers, num_classes, size, expected, network.trainable
  )
