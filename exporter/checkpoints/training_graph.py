"""What the graph of a training says of the network that it trained.

A checkpoint holds variables alone: another activation, another stride or
another epsilon of batch norm than TF-Slim's does not show in it, and answers
otherwise with the same weights. TensorFlow leaves the graph beside the
checkpoint, in a file PREFIX.meta.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
import pathlib
from typing import NamedTuple

from google.protobuf import message
import tensorflow as tf

from exporter.checkpoints import reader
from model_specs import outside

_KERNEL = 1  # Which input of a convolution is its kernel.
_OFFSET = 2  # Which one of batch norm is its beta.
_CONVOLUTIONS = ('Conv2D', 'DepthwiseConv2dNative')
_NORMS = ('FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3')
_BIASES = ('BiasAdd', 'BiasAddV1')
_DECAY = 'weight decay'
# Batch norm of several operations: the one that takes its beta, where its
# epsilon is, and what it computes, by the ends of their names.
_PARTS = ('/batchnorm/sub', '/batchnorm/add/y', '/batchnorm/add_1')
_VARIABLES = ('VarHandleOp', 'VariableV2', 'Variable')
# Operations that hand on what they get.
_SAME = (
  *('Identity', 'ReadVariableOp', 'Cast', 'Enter', 'StopGradient'),
  *('Switch', 'Merge'),
  *('FakeQuantWithMinMaxVars', 'FakeQuantWithMinMaxVarsPerChannel'),
)
_BORDERS = ('Pad', 'PadV2', 'MirrorPad', 'Identity')
_SHAPES = '_output_shapes'  # The attribute in which Savers keep them.
_UNKNOWN = [-1] * 4  # The shape of images of which nothing is known.
# What the search of a graph raises that no TensorFlow wrote.
_NOT_SO = (LookupError, TypeError, ValueError)
_ACTIVATIONS = (
  *('Elu', 'LeakyRelu', 'Relu', 'Relu6', 'Selu', 'Sigmoid', 'Softplus'),
  *('Softsign', 'Tanh'),
)


class Trait(NamedTuple):
  """Something that a network does with one of its variables."""

  what: str  # Of which kind it is, as a person calls it.
  value: str


Traits = Mapping[str, frozenset[Trait]]  # By the name of a variable.


def _node_of(name: str) -> str:
  """The node that an input comes from, whichever of its outputs it is."""
  return name.partition(':')[0]


class _Graph:
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
      if node.op in _VARIABLES:
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
      if node.op == 'Conv2D' and self.variable(node.input[_KERNEL]) == kernel:
        shape = self._shape(node.input[0])
        channels_first = node.attr['data_format'].s == b'NCHW'
        height, width = shape[2:] if channels_first else shape[1:3]
        return height if height == width and height > 0 else None
    return None

  def _shape(self, name: str) -> list[int]:
    """The shape of images, before a border was put around them."""
    for _ in self.nodes:  # A graph may have a loop.
      node = self.nodes[_node_of(name)]
      if node.op not in _BORDERS:
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


def _of_node(
  graph: _Graph, node: tf.compat.v1.NodeDef
) -> Iterator[tuple[str, Trait]]:
  """What a node does, each with the input that the variable is read from."""
  if node.op in _CONVOLUTIONS:
    strides = node.attr['strides'].list.i[1:3]
    yield node.input[_KERNEL], Trait('stride', f'{max(strides, default=1)}')
    dilations = node.attr['dilations'].list.i[1:3]
    yield node.input[_KERNEL], Trait('rate', f'{max(dilations, default=1)}')
  elif node.op in _NORMS:
    epsilon = f'{node.attr["epsilon"].f:.3g}'
    yield node.input[_OFFSET], Trait("batch norm's epsilon", epsilon)
    activation = graph.activations(node.name)
    yield node.input[_OFFSET], Trait('activation', activation)
  elif node.op in _BIASES:
    activation = graph.activations(node.name)
    yield node.input[1], Trait('activation', activation)
  elif node.op == 'L2Loss':
    if decay := graph.factor(node.name):
      yield node.input[0], Trait(_DECAY, decay)
  elif node.name.endswith(_PARTS[0]):
    start = node.name.removesuffix(_PARTS[0])
    epsilon = graph.constant(start + _PARTS[1])
    if epsilon:
      yield node.input[0], Trait("batch norm's epsilon", epsilon)
      activation = graph.activations(start + _PARTS[2])
      yield node.input[0], Trait('activation', activation)


def _traits(graph: _Graph) -> Traits:
  found: dict[str, set[Trait]] = {}
  for node in graph.nodes.values():
    for name, trait in _of_node(graph, node):
      if variable := graph.variable(name):
        found.setdefault(variable, set()).add(trait)
  return {variable: frozenset(each) for variable, each in found.items()}


def traits(definition: tf.compat.v1.GraphDef) -> Traits:
  """What a graph does with its variables."""
  return _traits(_Graph(definition))


def _by_kind(found: Traits, variable: str) -> dict[str, set[str]]:
  values: dict[str, set[str]] = {}
  for trait in found.get(variable, ()):
    values.setdefault(trait.what, set()).add(trait.value)
  return values


def differences(
  trained: Traits, built: Traits, names: Mapping[str, str]
) -> tuple[str, ...]:
  """What a trained network does otherwise than the one that is built.

  Where a graph does several things with a variable, as one that has the network
  twice, one that is as expected is enough.

  Args:
    trained: The traits of the graph of the training.
    built: Those of the network.
    names: What each variable of the network is called in the training.

  Returns:
    Phrases, one for each difference, with the number of layers and one of them.
  """
  layers: dict[tuple[str, str, str], list[str]] = {}
  for variable, name in names.items():
    ours, theirs = _by_kind(built, variable), _by_kind(trained, name)
    for what in ours.keys() & theirs.keys():
      if ours[what].isdisjoint(theirs[what]):
        found, expected = (
          ' or '.join(sorted(each[what])) for each in (theirs, ours)
        )
        layers.setdefault((what, found, expected), []).append(name)
  return tuple(
    f'{what} is {found} at {outside.shown(variables[0])}'
    + (f' and {len(variables) - 1} more' if variables[1:] else '')
    + f', expected {expected}'
    for (what, found, expected), variables in sorted(layers.items())
  )


def read(path: pathlib.Path) -> tf.compat.v1.GraphDef:
  """The graph in a file that TensorFlow wrote beside a checkpoint.

  Raises:
    DecodeError: It is no such file.
    OSError: It cannot be read.
  """
  data = outside.read_file(path, reader.MAX_BYTES)
  return tf.compat.v1.MetaGraphDef.FromString(data).graph_def


@dataclasses.dataclass(frozen=True)
class Comparison:
  """The graph of a training, compared with the network that is built."""

  differences: tuple[str, ...] = ()
  size: int | None = None  # Height and width of its images, if it says that.
  problem: str = ''  # Why it cannot be compared; empty if it can.


def compare(
  path: pathlib.Path, built: Traits, names: Mapping[str, str]
) -> Comparison:
  """Compares the graph of a training with the network.

  Args:
    path: The file with the graph of the training.
    built: The traits of the network, that of its first layer first.
    names: What each variable of the network is called in the training.
  """
  try:
    trained = _Graph(read(path))
  except (message.DecodeError, OSError) as error:
    reason = outside.shown(str(error))
    return Comparison(problem=f'it cannot be read: {reason}')
  nodes = trained.nodes.values()
  variables = {node.name for node in nodes if node.op in _VARIABLES}
  if variables.isdisjoint(names.values()):
    return Comparison(problem='it has no variable of the network')
  first = next((names[name] for name in built if name in names), '')
  try:
    return Comparison(
      differences(_traits(trained), built, names), trained.image_size(first)
    )
  except _NOT_SO as error:
    reason = outside.shown(f'{type(error).__name__}: {error}')
    return Comparison(problem=f'it is no graph of TensorFlow: {reason:.200}')


def warning(shown: str, comparison: Comparison, size: int) -> str:
  """Says what a training did otherwise than the export; empty if nothing.

  Args:
    shown: What to call the file with the graph of the training.
    comparison: How it compares.
    size: The height and width of images that the spec names.
  """
  if comparison.problem:
    return (
      f'warning: {shown}, the graph of the training, was not compared with the '
      f'network: {comparison.problem}; put the one of this checkpoint in its '
      'place, or move it away'
    )
  texts = []
  decays = [d for d in comparison.differences if d.startswith(_DECAY)]
  if others := [d for d in comparison.differences if d not in decays]:
    texts.append(
      f"by {shown} the training computed otherwise than TF-Slim's network, "
      f'which was exported: {"; ".join(others)}. If that graph is of this '
      'checkpoint, the export answers otherwise than what was trained'
    )
  if decays:
    expected = 'which the regularization losses of the export have'
    texts.append(f'by {shown} the {"; ".join(decays)}, {expected}')
  if comparison.size and comparison.size != size:
    trained = f'{comparison.size} x {comparison.size}'
    texts.append(
      f'by {shown} the training saw images of {trained} pixels, and size is '
      f'{size} in the spec, which the card calls the size of the training'
    )
  return '; '.join(f'warning: {text}' for text in texts)
