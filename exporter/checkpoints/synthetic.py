"""Seeded weights that depend on a variable's name and shape alone.

For trying out and for tests: any machine makes the same ones. They are
untrained, but keep activations in a sane range through deep networks.
"""

from collections.abc import Mapping
import zlib

import numpy as np

_SLOTS = ('/ExponentialMovingAverage', '/RMSProp', '/RMSProp_1', '/Momentum')
_DEPTHWISE_FAN_IN = 9
_RESIDUAL_SCALE = 0.25  # Of the last convolution in a ResNet unit.


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
  """The weights of a whole network."""
  return {name: value(name, shape) for name, shape in shapes.items()}


def synthetic_images(
  count: int, height: int, width: int, seed: int = 1
) -> np.ndarray:
  """Uniform noise in [0, 1], for comparing one computation with another."""
  random = np.random.RandomState(seed)
  return random.uniform(0, 1, [count, height, width, 3]).astype(np.float32)


def synthetic_pictures(count: int, size: int) -> np.ndarray:
  """Patterns of squares from coarse to fine, as bytes: each unlike the others.

  Noise is the same picture again to a network, and tells no two classes apart.
  """
  random = np.random.RandomState(3)
  found = np.empty([count, size, size, 3], np.uint8)
  pixels = np.arange(size)
  for number in range(count):
    picture = np.full([size, size, 3], 0.5)
    for squares in (1, 3, 7, 18, 45):
      strength = random.uniform(0, 0.5)
      colors = random.uniform(-strength, strength, [squares, squares, 3])
      at = pixels * squares // size
      picture += colors[at][:, at]
    found[number] = np.round(255 * np.clip(picture, 0, 1))
  return found
