"""PNASNet-5 in its large size."""

import tensorflow as tf

from exporter.networks import cells
from exporter.networks import layers as layers_lib

_CELLS, _DEPTH, _STEM = 12, 216, 3
_HALVING = (4, 8)  # The cells that halve the image.
_NORMAL = cells.Cell(
  sums=(
    (('separable_5x5', 1), ('max_pool_3x3', 1)),
    (('separable_7x7', 0), ('max_pool_3x3', 0)),
    (('separable_5x5', 0), ('separable_3x3', 0)),
    (('separable_3x3', 4), ('max_pool_3x3', 0)),
    (('separable_3x3', 1), (cells.NONE, 0)),
  ),
  joined=(2, 3, 4, 5, 6),
  stride=1,
)
_REDUCTION = _NORMAL._replace(stride=2)


def build(
  images: tf.Tensor, num_classes: int, is_training: bool, momentum: tf.Tensor
) -> layers_lib.Outputs:
  """Builds the network on images in [-1, 1]."""
  layers = layers_lib.Layers(is_training, momentum, layers_lib.NASNET)
  tower = cells.Tower(layers)
  tower.add_stem(images, _STEM, _REDUCTION, _DEPTH)
  depth = _DEPTH
  for number in range(_CELLS):
    is_halving = number in _HALVING
    depth *= cells.STEP if is_halving else 1
    kind = _REDUCTION if is_halving else _NORMAL
    tower.add(kind, f'cell_{number}', depth)
  return tower.finish(num_classes)


BUILDERS = {'pnasnet_large': build}
