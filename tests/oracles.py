"""What the original TF-Slim networks computed under TensorFlow 1.15.

The weights were those of `seeded.value`, the images those of
`synthetic.images`, mapped to [-1, 1]. Gammas of some networks are smaller, by
the factor of SMALLER. For each network NAME, data/oracles has

  NAME.npz      logits and features of two images
  NAME.json     variables and trainables; endpoints: shape, mean and standard
                deviation; number of regularization losses. Without the second
                classifier of Inception V4, which slimhub leaves out

of vgg_16

  NAME.npz      own_logits and own_features, too, for which the images were
                mapped as its checkpoints expect, not to [-1, 1]

and of TRAINED, beside that,

  NAME.npz      train_features: features of four images (seed 2) in training
                mode
  NAME.json     the sum of the losses; moving_after: mean and standard
                deviation of every moving statistic after that training pass,
                with momentum 0.9
  NAME.ema.npz  for two of them, logits and features of the weights that
                `ExponentialMovingAverage.variables_to_restore()` picks from a
                checkpoint as `checkpoints.with_slots` fills it

Of the networks of STATISTICS only a few numbers are known: counts, the sum of
the losses, and the standard deviation of the logits.
"""

from collections.abc import Mapping
import dataclasses
import functools
import json
import pathlib
from typing import Any
from typing import NamedTuple

import numpy as np

from exporter import networks
import model_specs
from tests import seeded

_FOLDER = pathlib.Path(__file__).parent / 'data' / 'oracles'
MOMENTUM = 0.9
TRAINED = (
  'mobilenet_v1_025_128',
  'mobilenet_v1_100_160',
  'mobilenet_v2_035_96',
  'mobilenet_v2_075_128',
  'mobilenet_v2_100_224',
  'mobilenet_v2_130_224',
  'mobilenet_v3_small_minimalistic',
  'pnasnet_mobile',
)
NAMES = (
  *TRAINED,
  'inception_v1',
  'inception_v4',
  'mobilenet_v3_small_100_224',
  'nasnet_mobile',
  'resnet_v2_50',
  'vgg_16',
)
# What another implementation computed on the same weights, which it was given
# layer by layer, logits and features alone: keras.applications and, in PyTorch,
# timm 0.6.13.
PEERS = ('inception_resnet_v2', 'pnasnet_large')
# What is filled with synthetic weights: one network of each kind. Others, which
# take longer, were measured by hand.
FILLED = (
  *('mobilenet_v1_025_128', 'mobilenet_v2_035_96', 'inception_v1'),
  *('mobilenet_v3_small_075_224', 'mobilenet_v3_large_075_224'),
  *('resnet_v1_50', 'resnet_v2_50', 'nasnet_mobile', 'nasnet_cifar'),
  *('mobilenet_v3_small_minimalistic', 'mobilenet_edgetpu'),
  *('pnasnet_mobile', 'alexnet_v2', 'cifarnet', 'lenet'),
)
# What gammas are multiplied by where activations explode otherwise.
SMALLER = {'nasnet_cifar': 0.7, 'pnasnet_mobile': 0.7}
AVERAGED = ('mobilenet_v1_025_128', 'mobilenet_v2_035_96')


class Statistics(NamedTuple):
  """A few numbers of one network."""

  variables: int
  trainable: int
  params: float  # Those that train, in millions.
  logits: float  # Their standard deviation.
  endpoints: int
  losses: int
  sum_of_losses: float  # With WEIGHT_DECAY, to which it is proportional.
  updates: int


WEIGHT_DECAY = 4e-5
STATISTICS = {
  'mobilenet_edgetpu': Statistics(
    292, 176, 4.09, 5.842e5, 83, 46, 0.52136, 116
  ),
  'mobilenet_edgetpu_075': Statistics(
    292, 176, 2.99, 4.952e5, 83, 46, 0.41965, 116
  ),
  'mobilenet_v3_large_minimalistic': Statistics(
    234, 142, 3.93, 4697, 66, 33, 0.37850, 92
  ),
  'nasnet_cifar': Statistics(1424, 936, 3.35, 246.2, 24, 447, 1.94596, 488),
}
# Models that are neither published nor the template of their network.
_OTHER_WIDTHS = {'mobilenet_edgetpu_075': ('mobilenet_edgetpu', 0.75)}


def model(name: str) -> model_specs.ModelSpec:
  """The model whose network an oracle of this name, or a spec, is of."""
  if name in _OTHER_WIDTHS:
    network, multiplier = _OTHER_WIDTHS[name]
    template = model_specs.NETWORKS[network]
    return dataclasses.replace(template, name=name, multiplier=multiplier)
  return model_specs.NETWORKS.get(name) or model_specs.get_model(name)


@dataclasses.dataclass(frozen=True)
class Oracle:
  """The recorded numbers of one network."""

  name: str
  arrays: Mapping[str, np.ndarray]
  facts: Mapping[str, Any]

  @property
  def model(self) -> model_specs.ModelSpec:
    """The model whose network it is."""
    return model(self.name)

  @property
  def shapes(self) -> dict[str, tuple[int, ...]]:
    """Every variable's shape."""
    return {n: tuple(s) for n, s in self.facts['variables'].items()}

  @property
  def trainable(self) -> frozenset[str]:
    """Names of the variables that train."""
    return frozenset(self.facts['trainable'])

  def averaged(self) -> Mapping[str, np.ndarray]:
    """Logits and features of the moving averages of the weights."""
    return _load(f'{self.name}.ema.npz')

  def source(self, is_training: bool) -> networks.Source:
    """The rebuilt network."""
    return networks.build(networks.architecture(self.model), is_training)


def _load(name: str) -> dict[str, np.ndarray]:
  with np.load(_FOLDER / name) as arrays:
    return dict(arrays)


def peer(name: str) -> Mapping[str, np.ndarray]:
  """Logits and features of one of PEERS."""
  return _load(f'{name}.npz')


@functools.cache
def get(name: str) -> Oracle:
  """One of NAMES."""
  facts = json.loads((_FOLDER / f'{name}.json').read_text('utf-8'))
  return Oracle(name, _load(f'{name}.npz'), facts)


def tensors(
  name: str, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, np.ndarray]:
  """The weights of a network."""
  factor = np.float32(SMALLER.get(name, 1.0))
  return {
    key: value * factor if key.endswith('gamma') else value
    for key, value in seeded.tensors(shapes).items()
  }


def distance(values: np.ndarray, expected: np.ndarray) -> float:
  """The largest difference, in standard deviations of what is expected."""
  assert values.shape == expected.shape
  return float(np.max(np.abs(values - expected)) / np.std(expected))
