"""NASNet-A, mobile and large: cells of operations that a search found."""

from typing import NamedTuple
from typing import TypeAlias

import tensorflow as tf

from exporter import slim
from exporter.networks import layers as layers_lib
from exporter.networks.outputs import Outputs

# What a cell's sums add: an operation on an earlier state, twice. State 0 is
# the cell's input, 1 the input of the cell before it, 2 the first sum.
_Operand: TypeAlias = tuple[str, int]
_Sum: TypeAlias = tuple[_Operand, _Operand]

_KEEP_PROB = 0.5
_STEM_DEPTH = 32
_STEM_CELLS = 2
_REDUCTIONS = 2
_STEP = 2  # A reduction halves the image and multiplies the depth by this.
_NONE = 'none'


class _Cell(NamedTuple):
  """One kind of cell."""

  sums: tuple[_Sum, ...]
  joined: tuple[int, ...]  # The states that it puts out, side by side.
  stride: int


_NORMAL = _Cell(
  sums=(
    (('separable_5x5', 0), ('separable_3x3', 1)),
    (('separable_5x5', 1), ('separable_3x3', 1)),
    (('avg_pool_3x3', 0), (_NONE, 1)),
    (('avg_pool_3x3', 1), ('avg_pool_3x3', 1)),
    (('separable_3x3', 0), (_NONE, 0)),
  ),
  joined=(1, 2, 3, 4, 5, 6),
  stride=1,
)
_REDUCTION = _Cell(
  sums=(
    (('separable_5x5', 0), ('separable_7x7', 1)),
    (('max_pool_3x3', 0), ('separable_7x7', 1)),
    (('avg_pool_3x3', 0), ('separable_5x5', 1)),
    ((_NONE, 3), ('avg_pool_3x3', 2)),
    (('separable_3x3', 2), ('max_pool_3x3', 0)),
  ),
  joined=(3, 4, 5, 6),
  stride=2,
)


class _Output(NamedTuple):
  """What a cell puts out. The size of images is open while this is built."""

  net: tf.Tensor
  halvings: int  # How often its image was halved.


class _Builder:
  """Builds cells; their variables have the cells' names alone."""

  def __init__(self, layers: layers_lib.Layers):
    self._layers = layers

  def conv(
    self, net: tf.Tensor, depth: int, kernel: int, names: tuple[str, str]
  ) -> tf.Tensor:
    """A convolution without biases, and batch norm beside it."""
    conv, norm = names
    net = self._plain(net, depth, kernel, conv)
    return self._layers.norm(net, norm)

  def stem(self, images: tf.Tensor, depth: int) -> tf.Tensor:
    """The first layer."""
    net = self._plain(images, depth, 3, 'conv0', stride=2, padding='VALID')
    return self._layers.norm(net, 'conv0_bn')

  def _plain(
    self, net: tf.Tensor, depth: int, kernel: int, scope: str, **kwargs: object
  ) -> tf.Tensor:
    return self._layers.conv(
      net,
      depth,
      kernel,
      scope,
      activation_fn=None,
      normalizer_fn=None,
      biases_initializer=None,
      **kwargs,
    )

  def _halve(self, net: tf.Tensor, depth: int) -> tf.Tensor:
    """Every other pixel, and those between them, each for half the depth."""
    shifted = tf.pad(net, [[0, 0], [0, 1], [0, 1], [0, 0]])[:, 1:, 1:, :]
    paths = []
    for number, path in enumerate((net, shifted), start=1):
      pixels = slim.avg_pool2d(path, [1, 1], stride=2, padding='VALID')
      half = depth // 2 + (depth % 2 if number == 2 else 0)
      paths.append(self._plain(pixels, half, 1, f'path{number}_conv'))
    return self._layers.norm(tf.concat(paths, 3), 'final_path_bn')

  def _fit(self, before: _Output, halvings: int, depth: int) -> tf.Tensor:
    """The input of the cell before, in the size of this cell's."""
    if before.halvings != halvings:
      return self._halve(tf.nn.relu(before.net), depth)
    if before.net.shape[-1] != depth:
      names = ('prev_1x1', 'prev_bn')
      return self.conv(tf.nn.relu(before.net), depth, 1, names)
    return before.net

  def _apply(
    self, operation: str, net: tf.Tensor, depth: int, stride: int
  ) -> tf.Tensor:
    kind, _, size = operation.rpartition('_')
    if operation == _NONE:
      return net
    kernel = int(size[0])
    if kind == 'separable':
      for number, step in ((1, stride), (2, 1)):
        net = self._layers.separable(
          tf.nn.relu(net), depth, kernel, step, f'{operation}_{number}'
        )
        net = self._layers.norm(net, f'bn_sep_{size}_{number}')
      return net
    pool = slim.max_pool2d if kind == 'max_pool' else slim.avg_pool2d
    return pool(net, [kernel, kernel], stride=stride, padding='SAME')

  def cell(
    self, kind: _Cell, last: _Output, before: _Output | None, depth: int
  ) -> _Output:
    """One cell, below the current scope."""
    net, halvings = last
    other = self._fit(before, halvings, depth) if before else net
    states = [
      self.conv(tf.nn.relu(net), depth, 1, ('1x1', 'beginning_bn')),
      other,
    ]
    for number, operands in enumerate(kind.sums):
      ends = []
      for side, (operation, state) in zip(
        ('left', 'right'), operands, strict=True
      ):
        stride = kind.stride if state < 2 else 1
        with tf.compat.v1.variable_scope(f'comb_iter_{number}/{side}'):
          ends.append(self._apply(operation, states[state], depth, stride))
      states.append(tf.add(*ends))
    net = tf.concat([states[number] for number in kind.joined], 3)
    return _Output(net, halvings + kind.stride - 1)


class _Nasnet(NamedTuple):
  """One of the two."""

  cells: int
  depth: int
  stem: int  # How many times as deep the first layer is.
  skips: bool  # Whether the cell after a reduction looks past its input.

  def build(
    self,
    images: tf.Tensor,
    num_classes: int,
    is_training: bool,
    momentum: tf.Tensor,
  ) -> Outputs:
    """Builds the network on images in [-1, 1]."""
    layers = layers_lib.Layers(is_training, momentum, layers_lib.NASNET)
    net, endpoints = self._extract(_Builder(layers), images)
    with tf.compat.v1.variable_scope('final_layer'):
      pooled = tf.reduce_mean(tf.nn.relu(net), [1, 2])
      endpoints['global_pool'] = pooled
      net = layers.dropout(pooled, _KEEP_PROB, 'Dropout')
      logits = endpoints['Logits'] = layers.dense(net, num_classes, 'FC')
      endpoints['Predictions'] = tf.nn.softmax(logits, name='predictions')
    return Outputs(logits, 'global_pool', endpoints)

  def _extract(
    self, builder: _Builder, images: tf.Tensor
  ) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
    """The last cell, and the endpoints."""
    endpoints: dict[str, tf.Tensor] = {}
    outputs = [_Output(builder.stem(images, _STEM_DEPTH * self.stem), 0)]

    def add(kind: _Cell, name: str, depth: int, before: int) -> tf.Tensor:
      earlier = outputs[before] if len(outputs) >= -before else None
      with tf.compat.v1.variable_scope(name):
        output = builder.cell(kind, outputs[-1], earlier, depth)
      outputs.append(output)
      return output.net

    for number in range(_STEM_CELLS):
      depth = self.depth // _STEP ** (_STEM_CELLS - number)
      net = add(_REDUCTION, f'cell_stem_{number}', depth, -2)
    endpoints['Stem'] = net
    depth, every = self.depth, self.cells // (_REDUCTIONS + 1)
    for number in range(self.cells):
      before = -2
      if number and number % every == 0:
        depth *= _STEP
        reduction = number // every - 1
        net = add(_REDUCTION, f'reduction_cell_{reduction}', depth, -2)
        endpoints[f'Reduction_Cell_{reduction}'] = net
        before = -3 if self.skips else -2
      net = add(_NORMAL, f'cell_{number}', depth, before)
      endpoints[f'Cell_{number}'] = net
    return net, endpoints


BUILDERS = {
  'nasnet_large': _Nasnet(18, 168, 3, skips=True).build,
  'nasnet_mobile': _Nasnet(12, 44, 1, skips=False).build,
}
