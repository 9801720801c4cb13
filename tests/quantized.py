"""Networks that round, with the weights and ranges of their oracle.

The ranges of kernels are those that training would have left; those behind a
Relu6 are from 0 to 6, and all others are seeded by their names.
"""

import functools
import zlib

import numpy as np

from exporter import networks
from exporter.checkpoints import synthetic
from tests import oracles
from tests import seeded

NAME = 'mobilenet_v1_025_128_quant'
V1 = networks.Architecture('mobilenet_v1_quant', 0.25, 1001)
V2 = networks.Architecture('mobilenet_v2_quant', 1.0, 1001)
_UNITS = {V1.network: 1, V2.network: 3}
_LINEAR = ('/project/', '/Logits/', '/post_activation')
_KERNEL = 'weights_quant'


def _range(name: str, unit: int) -> np.ndarray:
  scope, end = name.rsplit('/', 1)
  low, high = 0.0, 6.0
  if any(part in scope for part in _LINEAR):
    random = np.random.RandomState(zlib.crc32(scope.encode()))
    low, high = np.round(random.uniform(2, 4, 2) * unit, 2) * [-1, 1]
  return np.array(low if end == 'min' else high, np.float32)


def tensors(source: networks.Source, network: str) -> dict[str, np.ndarray]:
  """Weights for a network, and the ranges that training would have left."""
  unit = _UNITS[network]
  values = {
    name: seeded.value(name, shape) if shape else _range(name, unit)
    for name, shape in source.shapes.items()
  }
  source.load(values)
  rounding = {
    op.inputs[1].op.inputs[0].op.name.removesuffix('/min'): op.inputs[0]
    for op in source.graph.get_operations()
    if op.type == 'FakeQuantWithMinMaxVars' and _KERNEL in op.name
  }
  kernels = source.run(rounding, synthetic.synthetic_images(1, 32, 32))
  for scope, kernel in kernels.items():
    values[f'{scope}/min'] = np.minimum(kernel.min(), np.float32(0))
    values[f'{scope}/max'] = np.maximum(kernel.max(), np.float32(0))
  return values


@functools.cache
def oracle() -> oracles.Oracle:
  """What the original network computed, and where it rounds."""
  return oracles.get(NAME)


def rms(values: np.ndarray, expected: np.ndarray) -> float:
  """The root of the mean square difference, in standard deviations.

  A value that falls on the other side of a step changes those behind it, so
  that the largest difference says little.
  """
  return float(np.sqrt(np.mean(np.square(values - expected))) / expected.std())
