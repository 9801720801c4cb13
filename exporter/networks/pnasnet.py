"""PNASNet-5 in its two sizes, mobile and large."""

from typing import NamedTuple

import tensorflow as tf

from exporter.networks import cells as cells_lib
from exporter.networks import layers as layers_lib

_REDUCTIONS = 2  # The cells that halve the image, after the stem.
_NORMAL = cells_lib.Cell(
  sums=(
    (('separable_5x5', 1), ('max_pool_3x3', 1)),
    (('separable_7x7', 0), ('max_pool_3x3', 0)),
    (('separable_5x5', 0), ('separable_3x3', 0)),
    (('separable_3x3', 4), ('max_pool_3x3', 0)),
    (('separable_3x3', 1), (cells_lib.NONE, 0)),
  ),
  joined=(2, 3, 4, 5, 6),
  stride=1,
)
_REDUCTION = _NORMAL._replace(stride=2)


class _Pnasnet(NamedTuple):
  """One of the two networks."""

  cells: int
  depth: int  # Of the first of them.
  stem: int  # Multiplies the depth of the first layer.

  def build(
    self,
    images: tf.Tensor,
    num_classes: int,
    is_training: bool,
    momentum: tf.Tensor,
  ) -> layers_lib.Outputs:
    """Builds the network on images in [-1, 1]."""
    layers = layers_lib.Layers(is_training, momentum, layers_lib.NASNET)
    tower = cells_lib.Tower(layers)
    tower.add_stem(images, self.stem, _REDUCTION, self.depth)
    depth, every = self.depth, self.cells // (_REDUCTIONS + 1)
    for number in range(self.cells):
      is_halving = number > 0 and number % every == 0
      depth *= cells_lib.STEP if is_halving else 1
      kind = _REDUCTION if is_halving else _NORMAL
      tower.add(kind, f'cell_{number}', depth)
    return tower.finish(num_classes)


BUILDERS = {
  'pnasnet_large': _Pnasnet(12, 216, 3).build,
  'pnasnet_mobile': _Pnasnet(9, 54, 1).build,
}
