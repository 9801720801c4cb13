"""Follows the edges of the graph of a training, as far as layers go."""

import tensorflow as tf

KERNEL = 1  # Which input of a convolution is its kernel.
CONVOLUTIONS = ('Conv2D', 'DepthwiseConv2dNative')
VARIABLES = ('VarHandleOp', 'VariableV2', 'Variable')
# Operations that hand on what they get.
_SAME = (
  *('Identity', 'ReadVariableOp', 'Cast', 'Enter', 'StopGradient'),
  *('Switch', 'Merge'),
  *('FakeQuantWithMinMaxVars', 'FakeQuantWithMinMaxVarsPerChannel'),
)
# What may lie between a pooling and the layer that takes its output: dropout,
# and what changes the shape alone. The input that comes from the pooling.
_BETWEEN = {
  **dict.fromkeys(('Mul', 'RealDiv', 'Squeeze', 'Reshape', 'ExpandDims'), 0),
  **dict.fromkeys(('Select', 'SelectV2'), 1),
}
_BORDERS = ('Pad', 'PadV2', 'MirrorPad')
_SHAPES = '_output_shapes'  # The attribute in which Savers keep them.
_UNKNOWN = [-1] * 4  # The shape of images of which nothing is known.
_ACTIVATIONS = (
  *('Elu', 'LeakyRelu', 'Relu', 'Relu6', 'Selu', 'Sigmoid', 'Softplus'),
  *('Softsign', 'Tanh'),
)
_POOLINGS = {'Mean': 'mean', 'AvgPool': 'mean', 'Max': 'max', 'MaxPool': 'max'}
_OF_ALL = ('Mean', 'Max')  # These take all places, and know no window.


def _node_of(name: str) -> str:
  """The node that an input comes from, whichever of its outputs it is."""
  return name.partition(':')[0]


def _of_places(node: tf.compat.v1.NodeDef, sizes: list[int]) -> list[int]:
  """Those of four sizes that are of height and width."""
  channels_first = node.attr['data_format'].s == b'NCHW'
  return sizes[2:] if channels_first else sizes[1:3]


class Graph:
  """Follows the edges of a graph."""

  def __init__(self, definition: tf.compat.v1.GraphDef):
    self.nodes = {node.name: node for node in definition.node}
    self._consumers: dict[str, list[str]] = {}
    for node in definition.node:
      for name in node.input:
        self._consumers.setdefault(_node_of(name), []).append(node.name)

  def variable(self, name: str) -> str:
    """The variable that an input of a node is read from; empty if none is."""
    for _ in self.nodes:  # A graph may have a loop.
      node = self.nodes.get(_node_of(name))
      if node is None:
        return ''
      if node.op in VARIABLES:
        return node.name
      if node.op not in _SAME or not node.input:
        return ''
      name = node.input[0]
    return ''

  def activations(self, name: str) -> str:
    """The activations that a node's output goes through next."""
    found, waiting, known = set(), [name], {name}
    while waiting:
      for consumer in self._consumers.get(waiting.pop(), ()):
        operation = self.nodes[consumer].op
        if operation in _ACTIVATIONS:
          found.add(operation)
        elif operation in _SAME and consumer not in known:
          known.add(consumer)
          waiting.append(consumer)
    return ' and '.join(sorted(found)) or 'none'

  def image_size(self, kernel: str) -> int | None:
    """The height of the images that a kernel sees, if that is their width."""
    for node in self.nodes.values():
      is_layer = node.op in CONVOLUTIONS
      if is_layer and self.variable(node.input[KERNEL]) == kernel:
        height, width = self._sides(node)
        return height if height == width and height > 0 else None
    return None

  def _sides(self, node: tf.compat.v1.NodeDef) -> list[int]:
    """Height and width of the images that a layer gets; -1 if unknown."""
    return _of_places(node, self._shape(node.input[0]))

  def padding(self, node: tf.compat.v1.NodeDef) -> str:
    """What a convolution puts around its images; empty if it makes none.

    A kernel of one place sees no border.
    """
    kernel = self.nodes.get(self.variable(node.input[KERNEL]))
    sizes = kernel.attr['shape'].shape.dim[:2] if kernel else ()
    if all(dim.size == 1 for dim in sizes):
      return ''
    before = self.nodes.get(_node_of(node.input[0]))
    border = (
      'a border of its own, then ' if before and before.op in _BORDERS else ''
    )
    return f'{border}{node.attr["padding"].s.decode()}'

  def pooling(self, node: tf.compat.v1.NodeDef) -> str:
    """What a layer gets of a pooling before it; empty if there is none."""
    name = node.input[0]
    for _ in self.nodes:  # A graph may have a loop.
      before = self.nodes.get(_node_of(name))
      if before is None:
        return ''
      if before.op in _POOLINGS:
        return self._places(before)
      if before.op not in (*_SAME, *_BETWEEN):
        return ''
      name = before.input[_BETWEEN.get(before.op, 0)]
    return ''

  def _places(self, node: tf.compat.v1.NodeDef) -> str:
    whole = f'the {_POOLINGS[node.op]} of all places'
    if node.op in _OF_ALL:
      return whole
    window = _of_places(node, list(node.attr['ksize'].list.i))
    sides = self._sides(node)
    if window == sides:
      return whole
    if min(sides, default=-1) < 0:
      return ''
    (height, width), (most, widest) = window, sides
    return (
      f'the {_POOLINGS[node.op]} of {height} x {width} of {most} x {widest} '
      'places'
    )

  def _shape(self, name: str) -> list[int]:
    """The shape of images, before a border was put around them."""
    for _ in self.nodes:  # A graph may have a loop.
      node = self.nodes[_node_of(name)]
      if node.op not in (*_BORDERS, 'Identity'):
        shapes = node.attr[_SHAPES].list.shape
        dims = [dim.size for dim in shapes[0].dim] if shapes else []
        return dims if len(dims) == 4 else _UNKNOWN
      name = node.input[0]
    return _UNKNOWN

  def factor(self, name: str) -> str:
    """The constant that a node's output is multiplied by; empty if none is."""
    for consumer in self._consumers.get(name, ()):
      if self.nodes[consumer].op == 'Mul':
        values = map(self.constant, map(_node_of, self.nodes[consumer].input))
        return next(filter(None, values), '')
    return ''

  def constant(self, name: str) -> str:
    """The value of a constant; empty if the node is none."""
    node = self.nodes.get(name)
    if node is None or node.op != 'Const':
      return ''
    return f'{float(tf.make_ndarray(node.attr["value"].tensor)):.3g}'
