"""Builds the cells, found by an architecture search, of NASNet and PNASNet."""

from typing import NamedTuple
from typing import TypeAlias

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import slim

# A sum in a cell adds two operands. Each is an operation on an earlier state of
# the cell: state 0 is the cell's input, state 1 is the output of the cell
# before that, state 2 is the first sum, and so on.
_Operand: TypeAlias = tuple[str, int]
_Sum: TypeAlias = tuple[_Operand, _Operand]

NONE = 'none'  # The operation that hands its state on.
STEP = 2  # A cell that halves the image multiplies the depth by this.
_STEM_CELLS = 2
_STEM_DEPTH = 32


class Cell(NamedTuple):
  """The layout of one kind of cell."""

  sums: tuple[_Sum, ...]
  joined: tuple[int, ...]  # The states whose concatenation is its output.
  stride: int


class _Output(NamedTuple):
  """The output of a cell.

  The graph is built for images of any size, so heights cannot tell whether two
  outputs fit together; the number of halvings does.
  """

  net: tf.Tensor
  halvings: int  # How often the image was halved up to here.


class Tower:
  """Builds a network cell by cell.

  No scope surrounds the cells, so the names of their variables begin with the
  name of the cell, as in the published checkpoints.
  """

  def __init__(self, layers: layers_lib.Layers):
    self._layers = layers
    self._outputs: list[_Output] = []
    self._endpoints: dict[str, tf.Tensor] = {}

  def add_stem(
    self, images: tf.Tensor, multiplier: int, kind: Cell, depth: int
  ) -> None:
    """Adds the first layer, and the cells whose depth grows up to `depth`."""
    first = _STEM_DEPTH * multiplier
    net = self._conv_alone(images, first, 3, 'conv0', stride=2, padding='VALID')
    net = self._layers.norm(net, 'conv0_bn')
    self._outputs.append(_Output(net, 0))
    for number in range(_STEM_CELLS):
      shallow = depth // STEP ** (_STEM_CELLS - number)
      net = self._stack(kind, f'cell_stem_{number}', shallow, 2)
    self._endpoints['Stem'] = net

  def add_small_stem(self, images: tf.Tensor, depth: int) -> None:
    """Adds a first layer that leaves images of CIFAR at their size."""
    net = self._conv_alone(images, depth, 3, 'l1_stem_3x3')
    net = self._layers.norm(net, 'l1_stem_bn')
    self._outputs.append(_Output(net, 0))
    self._endpoints['Stem'] = net

  def add(self, kind: Cell, name: str, depth: int, before: int = 2) -> None:
    """Adds a cell.

    Args:
      kind: Its layout.
      name: The scope of its variables.
      depth: The depth of its states.
      before: Which output is its second input, counted back from here: 1 is
        the output of the last cell, which is always its first input.
    """
    self._endpoints[name.title()] = self._stack(kind, name, depth, before)

  def finish(
    self, num_classes: int, keep_prob: float = 0.5
  ) -> layers_lib.Outputs:
    """Adds the classifier after the last cell; returns the whole network."""
    layers, endpoints = self._layers, self._endpoints
    with tf.compat.v1.variable_scope('final_layer'):
      pooled = layers_lib.global_pool(tf.nn.relu(self._outputs[-1].net))
      pooled = tf.squeeze(pooled, [1, 2])
      endpoints['global_pool'] = pooled
      net = layers.dropout(pooled, keep_prob, 'Dropout')
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
    self, kind: Cell, first: _Output, second: _Output | None, depth: int
  ) -> _Output:
    net, halvings = first
    second_state = self._fit(second, halvings, depth) if second else net
    states = [
      self._relu_conv_norm(net, depth, ('1x1', 'beginning_bn')),
      second_state,
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
    joined = [self._matched(states, number, depth) for number in kind.joined]
    net = tf.concat(joined, 3)
    return _Output(net, halvings + kind.stride - 1)

  def _fit(self, second: _Output, halvings: int, depth: int) -> tf.Tensor:
    """The second input of a cell, brought to the size of its first input."""
    if second.halvings != halvings:
      return self._halve(tf.nn.relu(second.net), depth)
    if second.net.shape[-1] != depth:
      return self._relu_conv_norm(second.net, depth, ('prev_1x1', 'prev_bn'))
    return second.net

  def _matched(
    self, states: list[tf.Tensor], number: int, depth: int
  ) -> tf.Tensor:
    """A state as the output of a cell takes it: of the depth of its sums."""
    if states[number].shape[-1] == depth:
      return states[number]
    # Only where a cell follows a first layer of another depth.
    with tf.compat.v1.variable_scope(f'cell_output/reduction_{number}'):
      return self._conv_norm(states[number], depth, ('path_conv', 'path_bn'))

  def _halve(self, net: tf.Tensor, depth: int) -> tf.Tensor:
    """Halves height and width, and brings the result to `depth`.

    One path takes every other pixel, the other one the pixels diagonally next
    to those. Each makes half of the depth.
    """
    shifted = tf.pad(net, [[0, 0], [0, 1], [0, 1], [0, 0]])[:, 1:, 1:, :]
    paths = []
    for number, path in enumerate((net, shifted), start=1):
      pixels = slim.avg_pool2d(path, [1, 1], stride=2, padding='VALID')
      half = depth // 2 + (depth % 2 if number == 2 else 0)
      paths.append(self._conv_alone(pixels, half, 1, f'path{number}_conv'))
    return self._layers.norm(tf.concat(paths, 3), 'final_path_bn')

  def _apply(
    self, operation: str, net: tf.Tensor, depth: int, stride: int
  ) -> tf.Tensor:
    kind, _, size = operation.rpartition('_')
    scopes = ('1x1', 'bn_1')
    if operation == NONE:
      if stride > 1 or net.shape[-1] != depth:
        return self._relu_conv_norm(net, depth, scopes, stride)
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
      return self._conv_norm(pooled, depth, scopes)
    return pooled

  def _relu_conv_norm(
    self, net: tf.Tensor, depth: int, names: tuple[str, str], stride: int = 1
  ) -> tf.Tensor:
    """ReLU, then a 1x1 convolution without biases, then batch norm."""
    return self._conv_norm(tf.nn.relu(net), depth, names, stride)

  def _conv_norm(
    self, net: tf.Tensor, depth: int, names: tuple[str, str], stride: int = 1
  ) -> tf.Tensor:
    """A 1x1 convolution without biases, then batch norm.

    Batch norm has a scope beside that of the convolution, not inside it.
    """
    conv, norm = names
    return self._layers.norm(
      self._conv_alone(net, depth, 1, conv, stride=stride), norm
    )

  def _conv_alone(
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
