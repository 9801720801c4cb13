"""Cells of operations that a search found: what NASNet and PNASNet are of."""

from typing import NamedTuple
from typing import TypeAlias

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import slim

# What a cell's sums add: an operation on an earlier state, twice. State 0 is
# the cell's input, 1 the input of the cell before it, 2 the first sum.
_Operand: TypeAlias = tuple[str, int]
_Sum: TypeAlias = tuple[_Operand, _Operand]

NONE = 'none'
STEP = 2  # What halves the image multiplies the depth by this.
_KEEP_PROB = 0.5
_STEM_CELLS = 2
_STEM_DEPTH = 32


class Cell(NamedTuple):
  """One kind of cell."""

  sums: tuple[_Sum, ...]
  joined: tuple[int, ...]  # The states that it puts out, side by side.
  stride: int


class _Output(NamedTuple):
  """What a cell puts out. The size of images is open while this is built."""

  net: tf.Tensor
  halvings: int  # How often its image was halved.


class Tower:
  """Cell upon cell; their variables have the cells' names alone."""

  def __init__(self, layers: layers_lib.Layers):
    self._layers = layers
    self._outputs: list[_Output] = []
    self._endpoints: dict[str, tf.Tensor] = {}

  def add_stem(
    self, images: tf.Tensor, multiplier: int, kind: Cell, depth: int
  ) -> None:
    """The first layer, and cells that lead to `depth`."""
    first = _STEM_DEPTH * multiplier
    net = self._plain(images, first, 3, 'conv0', stride=2, padding='VALID')
    net = self._layers.norm(net, 'conv0_bn')
    self._outputs.append(_Output(net, 0))
    for number in range(_STEM_CELLS):
      shallow = depth // STEP ** (_STEM_CELLS - number)
      net = self._stack(kind, f'cell_stem_{number}', shallow, 2)
    self._endpoints['Stem'] = net

  def add(self, kind: Cell, name: str, depth: int, before: int = 2) -> None:
    """A cell; its other input was put out by the `before`th cell from here."""
    self._endpoints[name.title()] = self._stack(kind, name, depth, before)

  def finish(self, num_classes: int) -> layers_lib.Outputs:
    """The classifier, upon the last cell."""
    layers, endpoints = self._layers, self._endpoints
    with tf.compat.v1.variable_scope('final_layer'):
      pooled = layers_lib.global_pool(tf.nn.relu(self._outputs[-1].net))
      pooled = tf.squeeze(pooled, [1, 2])
      endpoints['global_pool'] = pooled
      net = layers.dropout(pooled, _KEEP_PROB, 'Dropout')
      logits = endpoints['Logits'] = layers.dense(net, num_classes, 'FC')
      endpoints['Predictions'] = tf.nn.softmax(logits, name='predictions')
    return layers_lib.Outputs(logits, 'global_pool', endpoints)

  def _stack(self, kind: Cell, name: str, depth: int, before: int) -> tf.Tensor:
    outputs = self._outputs
    earlier = outputs[-before] if len(outputs) >= before else None
    with tf.compat.v1.variable_scope(name):
      outputs.append(self._cell(kind, outputs[-1], earlier, depth))
    return outputs[-1].net

  def _cell(
    self, kind: Cell, last: _Output, before: _Output | None, depth: int
  ) -> _Output:
    net, halvings = last
    other = self._fit(before, halvings, depth) if before else net
    states = [self._conv(net, depth, ('1x1', 'beginning_bn')), other]
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

  def _fit(self, before: _Output, halvings: int, depth: int) -> tf.Tensor:
    """The input of the cell before, in the size of this cell's."""
    if before.halvings != halvings:
      return self._halve(tf.nn.relu(before.net), depth)
    if before.net.shape[-1] != depth:
      return self._conv(before.net, depth, ('prev_1x1', 'prev_bn'))
    return before.net

  def _halve(self, net: tf.Tensor, depth: int) -> tf.Tensor:
    """Every other pixel, and those between them, each for half the depth."""
    shifted = tf.pad(net, [[0, 0], [0, 1], [0, 1], [0, 0]])[:, 1:, 1:, :]
    paths = []
    for number, path in enumerate((net, shifted), start=1):
      pixels = slim.avg_pool2d(path, [1, 1], stride=2, padding='VALID')
      half = depth // 2 + (depth % 2 if number == 2 else 0)
      paths.append(self._plain(pixels, half, 1, f'path{number}_conv'))
    return self._layers.norm(tf.concat(paths, 3), 'final_path_bn')

  def _apply(
    self, operation: str, net: tf.Tensor, depth: int, stride: int
  ) -> tf.Tensor:
    kind, _, size = operation.rpartition('_')
    fitting = ('1x1', 'bn_1')
    if operation == NONE:
      if stride > 1 or net.shape[-1] != depth:
        return self._conv(net, depth, fitting, stride)
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
    pooled = pool(net, [kernel, kernel], stride=stride, padding='SAME')
    if pooled.shape[-1] != depth:
      return self._bare(pooled, depth, fitting)
    return pooled

  def _conv(
    self, net: tf.Tensor, depth: int, names: tuple[str, str], stride: int = 1
  ) -> tf.Tensor:
    """What a 1x1 convolution makes of the positive part."""
    return self._bare(tf.nn.relu(net), depth, names, stride)

  def _bare(
    self, net: tf.Tensor, depth: int, names: tuple[str, str], stride: int = 1
  ) -> tf.Tensor:
    """A 1x1 convolution without biases, and batch norm beside it."""
    conv, norm = names
    return self._layers.norm(
      self._plain(net, depth, 1, conv, stride=stride), norm
    )

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
