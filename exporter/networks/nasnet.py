"""NASNet-A in its two sizes, mobile and large, and for images of CIFAR."""

from typing import NamedTuple

import tensorflow as tf

from exporter.networks import cells as cells_lib
from exporter.networks import layers as layers_lib

_REDUCTIONS = 2  # The cells that halve the image, after the stem.
_NORMAL = cells_lib.Cell(
  sums=(
    (('separable_5x5', 0), ('separable_3x3', 1)),
    (('separable_5x5', 1), ('separable_3x3', 1)),
    (('avg_pool_3x3', 0), (cells_lib.NONE, 1)),
    (('avg_pool_3x3', 1), ('avg_pool_3x3', 1)),
    (('separable_3x3', 0), (cells_lib.NONE, 0)),
  ),
  joined=(1, 2, 3, 4, 5, 6),
  stride=1,
)
_REDUCTION = cells_lib.Cell(
  sums=(
    (('separable_5x5', 0), ('separable_7x7', 1)),
    (('max_pool_3x3', 0), ('separable_7x7', 1)),
    (('avg_pool_3x3', 0), ('separable_5x5', 1)),
    ((cells_lib.NONE, 3), ('avg_pool_3x3', 2)),
    (('separable_3x3', 2), ('max_pool_3x3', 0)),
  ),
  joined=(3, 4, 5, 6),
  stride=2,
)


class _Nasnet(NamedTuple):
  """One of the three networks."""

  cells: int  # How many normal cells it has.
  depth: int  # Of the first of them.
  stem: int  # Multiplies the depth of the first layer.
  halves: bool  # Whether that layer, and the two cells after it, halve images.
  # Whether the second input of the cell after a reduction cell comes from
  # before the cell that the reduction follows.
  skips: bool
  style: layers_lib.Style
  keep_prob: float = 0.5  # Of the features, in training.

  def build(
    self,
    images: tf.Tensor,
    num_classes: int,
    is_training: bool,
    momentum: tf.Tensor,
  ) -> layers_lib.Outputs:
    """Builds the network on images in [-1, 1]."""
    layers = layers_lib.Layers(is_training, momentum, self.style)
    tower = cells_lib.Tower(layers)
    if self.halves:
      tower.add_stem(images, self.stem, _REDUCTION, self.depth)
    else:
      tower.add_small_stem(images, self.stem * self.depth)
    depth, every = self.depth, self.cells // (_REDUCTIONS + 1)
    for number in range(self.cells):
      before = 2
      if number and number % every == 0:
        depth *= cells_lib.STEP
        reduction = number // every - 1
        tower.add(_REDUCTION, f'reduction_cell_{reduction}', depth)
        before = 3 if self.skips else 2
      tower.add(_NORMAL, f'cell_{number}', depth, before)
    return tower.finish(num_classes, self.keep_prob)


_NETWORKS = {
  'nasnet_cifar': _Nasnet(
    18, 32, 3, False, False, layers_lib.NASNET_CIFAR, keep_prob=1.0
  ),
  'nasnet_large': _Nasnet(18, 168, 3, True, True, layers_lib.NASNET_LARGE),
  'nasnet_mobile': _Nasnet(12, 44, 1, True, False, layers_lib.NASNET),
}
BUILDERS = {name: network.build for name, network in _NETWORKS.items()}
