"""The weights that the oracles were recorded with.

They depend only on the name and the shape of a variable, as those of
`synthetic` do, but let the activations of some networks explode.
"""

from collections.abc import Mapping
import zlib

import numpy as np

_SLOTS = ('/ExponentialMovingAverage', '/RMSProp', '/RMSProp_1', '/Momentum')
_DEPTHWISE_FAN_IN = 9
_RESIDUAL_SCALE = 0.25  # Scales the last convolution of a ResNet unit.


def value(name: str, shape: tuple[int, ...]) -> np.ndarray:
  """The weights of one variable, or of one of its optimizer slots."""
  random = np.random.RandomState(zlib.crc32(name.encode()))
  for slot in _SLOTS:
    name = name.removesuffix(slot)
  leaf = name.rsplit('/', 1)[-1]
  fan_in = max(1, int(np.prod(shape[:-1])))
  if leaf == 'moving_variance':
    values = random.uniform(0.5, 1.5, shape)
  elif leaf == 'gamma':
    values = random.uniform(0.8, 1.2, shape)
  elif leaf in ('moving_mean', 'beta', 'biases'):
    values = random.normal(0, 0.1, shape)
  elif leaf == 'depthwise_weights':
    values = random.normal(0, np.sqrt(2 / _DEPTHWISE_FAN_IN), shape)
  else:
    values = random.normal(0, np.sqrt(2 / fan_in), shape)
  if '/conv3/' in name and leaf in ('gamma', 'weights'):
    values = values * _RESIDUAL_SCALE
  return values.astype(np.float32)


def tensors(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
  """The weights of all variables of a network."""
  return {name: value(name, shape) for name, shape in shapes.items()}
