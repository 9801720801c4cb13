"""Makes seeded weights and images, for trying things out and for tests.

Weights depend only on the name and the shape of a variable, so every machine
makes the same ones. They are untrained, but keep activations in a sane range
through deep networks.
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


def synthetic_images(
  count: int, height: int, width: int, seed: int = 1
) -> np.ndarray:
  """Images of uniform noise in [0, 1], to compare two computations on."""
  random = np.random.RandomState(seed)
  return random.uniform(0, 1, [count, height, width, 3]).astype(np.float32)


def synthetic_pictures(count: int, size: int) -> np.ndarray:
  """Pictures, as bytes, of coloured squares in sizes from coarse to fine.

  To a network all images of noise look alike. These pictures differ, so that it
  takes them for different classes.
  """
  random = np.random.RandomState(3)
  pictures = np.empty([count, size, size, 3], np.uint8)
  pixels = np.arange(size)
  for number in range(count):
    picture = np.full([size, size, 3], 0.5)
    for squares in (1, 3, 7, 18, 45):
      strength = random.uniform(0, 0.5)
      colors = random.uniform(-strength, strength, [squares, squares, 3])
      square_of_pixel = pixels * squares // size
      picture += colors[square_of_pixel][:, square_of_pixel]
    pictures[number] = np.round(255 * np.clip(picture, 0, 1))
  return pictures
