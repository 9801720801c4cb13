"""Makes seeded weights and images, for trying things out and for tests.

Weights depend only on the name and the shape of a variable, so every machine
makes the same ones. They are untrained, but activations keep their scale
through all layers, and differences between pictures are not lost on the way. So
features differ from picture to picture, and a network can be trained from here.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import math
import re
import zlib

import numpy as np

_ALIGNMENT = 64  # Bytes.
_SLOTS = ('/ExponentialMovingAverage', '/RMSProp', '/RMSProp_1', '/Momentum')
_COLOURS = 3  # Of images, which are the only inputs with so few channels.
# The squared norm that a kernel has for each output, so that it makes values of
# variance 1 from a standard normal variable as it is, or behind a ReLU.
_LINEAR, _RELU = 1.0, 2 / (1 - 1 / np.pi)
# Kernels behind layers without an activation.
_BEHIND_LINEAR = re.compile(
  '(/expand/|Mobilenet(V[23]|EdgeTPU)/Conv_1/|/pointwise_)weights$'
)
# Where branches are added, the sum has more variance than each branch. These
# factors make up for that. The first pattern that matches a name counts.
_SUMS = {
  '/unit_[0-9]+/.*conv3/(weights|.*gamma)$': 0.25,
  '^MobilenetEdgeTPU/.*/project/.*gamma$': 0.55,
  '/project/.*gamma$': 0.68,
  '^(reduction_)?cell_.*gamma$': 0.8,
}
# The first layers of networks that see colours from 0 to 255: half of 255 is to
# them what 1 is to other networks.
_PIXELS_OF_BYTES = {
  '^resnet_v1_[0-9]+/conv1/.*moving_variance$': np.square(255 / 2),
  '^vgg_[a-z0-9]+/conv1/conv1_1/weights$': 2 / 255,
}
# The ends of ranges in networks that round, and the layers without a Relu6.
_RANGE = re.compile('_quant/(min|max)$')
_UNBOUND = re.compile('/(project|Conv2d_1c_1x1|post_activation_bypass_quant)/')
_GATES = re.compile('/squeeze_excite/Conv_1/biases$')


def _kernel(
  random: np.random.RandomState, shape: tuple[int, ...], norm: float
) -> np.ndarray:
  """Kernels with zero mean, so that a value all inputs share has no effect."""
  values = random.standard_normal(shape)
  axes = tuple(range(len(shape) - 1))
  if len(shape) > 1 and shape[-2] > _COLOURS:
    values -= values.mean(axes, keepdims=True)
  squares = np.square(values).sum(axes, keepdims=True)
  values *= np.sqrt(norm / np.maximum(squares, 1e-6))
  return values


def _depthwise(
  random: np.random.RandomState, shape: tuple[int, ...], norm: float
) -> np.ndarray:
  """Kernels for single channels, all with the same norm and the same mean.

  As that mean is not zero, smooth images keep their scale as rough ones do.
  """
  height, width, *_ = shape
  values = random.standard_normal(shape)
  values = values - values.mean((0, 1), keepdims=True)
  squares = np.square(values).sum((0, 1), keepdims=True)
  size = height * width
  rest = 1 - 1 / size
  values = values * np.sqrt(rest / np.maximum(squares, 1e-6)) + 1 / size
  return values * np.sqrt(norm)


def _activation_range(name: str) -> np.ndarray:
  """The end of a trained range of an activation, of a sum or of logits."""
  is_open = _UNBOUND.search(name) is not None
  low, high = (-8.0, 8.0) if is_open else (0.0, 6.0)
  return np.array(low if name.endswith('/min') else high, np.float32)


def _kernel_range(name: str, tensors: Mapping[str, np.ndarray]) -> np.ndarray:
  """The end of the range of a kernel that its batch norm was folded into."""
  scope, end = name.split('/weights_quant/')
  # Ranges are named after TF-Slim's ops, which may repeat the first scope.
  scope = re.sub('^([^/]+)/\\1/', '\\1/', scope)
  (kernel,) = (
    tensors[f'{scope}/{leaf}']
    for leaf in ('weights', 'depthwise_weights')
    if f'{scope}/{leaf}' in tensors
  )
  norm = f'{scope}/BatchNorm'
  if f'{norm}/gamma' in tensors:
    factor = tensors[f'{norm}/gamma'] / np.sqrt(
      tensors[f'{norm}/moving_variance']
    )
    is_depthwise = f'{scope}/weights' not in tensors
    kernel = kernel * (factor[:, np.newaxis] if is_depthwise else factor)
  value = min(kernel.min(), 0) if end == 'min' else max(kernel.max(), 0)
  return np.array(value, np.float32)


def _factors(name: str) -> Iterator[float]:
  """What the weights of a variable are multiplied by."""
  for table in (_SUMS, _PIXELS_OF_BYTES):
    for words, factor in table.items():
      if re.search(words, name):
        yield factor
        break


def aligned(shape: tuple[int, ...]) -> np.ndarray:
  """An array of floats that TensorFlow takes without copying it.

  Its values are not set. TensorFlow copies what does not begin where its own
  memory would, and the system takes longer to find the room than the copy.
  """
  size = np.dtype(np.float32).itemsize * math.prod(shape)
  block = np.empty(size + _ALIGNMENT, np.uint8)
  start = -block.ctypes.data % _ALIGNMENT
  return block[start : start + size].view(np.float32).reshape(shape)


def value(name: str, shape: tuple[int, ...]) -> np.ndarray:
  """The weights of one variable, or of one of its optimizer slots."""
  random = np.random.RandomState(zlib.crc32(name.encode()))
  for slot in _SLOTS:
    name = name.removesuffix(slot)
  leaf = name.rsplit('/', 1)[-1]
  norm = _LINEAR if _BEHIND_LINEAR.search(name) else _RELU
  if leaf == 'moving_variance':
    values = random.uniform(0.6, 1.6, shape)
  elif leaf == 'gamma':
    values = random.uniform(0.8, 1.2, shape)
  elif leaf in ('moving_mean', 'beta', 'biases'):
    values = random.normal(0, 0.1, shape)
  elif leaf == 'depthwise_weights':
    values = _depthwise(random, shape, norm)
  else:
    values = _kernel(random, shape, norm)
  for factor in _factors(name):
    values = values * factor
  if _GATES.search(name):  # So that the gates are mostly open.
    values = values + 2.0
  rounded = aligned(shape)
  rounded[...] = values
  return rounded


def tensors(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
  """The weights of all variables of a network."""
  values = {name: value(name, shape) for name, shape in shapes.items()}
  for name in values:
    if '/weights_quant/' in name:
      values[name] = _kernel_range(name, values)
    elif _RANGE.search(name):
      values[name] = _activation_range(name)
  return values


def synthetic_images(
  count: int, height: int, width: int, seed: int = 1, channels: int = _COLOURS
) -> np.ndarray:
  """Images of uniform noise in [0, 1], to compare two computations on."""
  random = np.random.RandomState(seed)
  images = random.uniform(0, 1, [count, height, width, _COLOURS])
  return images[..., :channels].astype(np.float32)


def synthetic_pictures(
  count: int, size: int, channels: int = _COLOURS
) -> np.ndarray:
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
  return pictures[..., :channels]
