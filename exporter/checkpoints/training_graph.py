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

from exporter.checkpoints import edges
from exporter.checkpoints import reader
from model_specs import outside

_OFFSET = 2  # Which input of batch norm is its beta.
_NORMS = ('FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3')
_BIASES = ('BiasAdd', 'BiasAddV1')
_DECAY = 'weight decay'
# Batch norm of several operations: the one that takes its beta, where its
# epsilon is, and what it computes, by the ends of their names.
_PARTS = ('/batchnorm/sub', '/batchnorm/add/y', '/batchnorm/add_1')
# What the search of a graph raises that no TensorFlow wrote.
_NOT_SO = (LookupError, TypeError, ValueError)


class Trait(NamedTuple):
  """Something that a network does with one of its variables."""

  what: str  # Of which kind it is, as a person calls it.
  value: str


Traits = Mapping[str, frozenset[Trait]]  # By the name of a variable.


def _pooled(
  graph: edges.Graph, node: tf.compat.v1.NodeDef
) -> Iterator[tuple[str, Trait]]:
  if pooling := graph.pooling(node):
    yield node.input[edges.KERNEL], Trait('pooling', pooling)


def _of_convolution(
  graph: edges.Graph, node: tf.compat.v1.NodeDef
) -> Iterator[tuple[str, Trait]]:
  kernel = node.input[edges.KERNEL]
  strides = node.attr['strides'].list.i[1:3]
  yield kernel, Trait('stride', f'{max(strides, default=1)}')
  dilations = node.attr['dilations'].list.i[1:3]
  yield kernel, Trait('rate', f'{max(dilations, default=1)}')
  if padding := graph.padding(node):
    yield kernel, Trait('padding', padding)
  yield from _pooled(graph, node)


def _of_norm(
  graph: edges.Graph, node: tf.compat.v1.NodeDef
) -> Iterator[tuple[str, Trait]]:
  epsilon = f'{node.attr["epsilon"].f:.3g}'
  yield node.input[_OFFSET], Trait("batch norm's epsilon", epsilon)
  activation = graph.activations(node.name)
  yield node.input[_OFFSET], Trait('activation', activation)


def _of_parts(
  graph: edges.Graph, node: tf.compat.v1.NodeDef
) -> Iterator[tuple[str, Trait]]:
  """What batch norm of several operations does, given the one of its beta."""
  start = node.name.removesuffix(_PARTS[0])
  if epsilon := graph.constant(start + _PARTS[1]):
    yield node.input[0], Trait("batch norm's epsilon", epsilon)
    activation = graph.activations(start + _PARTS[2])
    yield node.input[0], Trait('activation', activation)


def _of_node(
  graph: edges.Graph, node: tf.compat.v1.NodeDef
) -> Iterator[tuple[str, Trait]]:
  """What a node does, each with the input that the variable is read from."""
  if node.op in edges.CONVOLUTIONS:
    yield from _of_convolution(graph, node)
  elif node.op == 'MatMul':
    yield from _pooled(graph, node)
  elif node.op in _NORMS:
    yield from _of_norm(graph, node)
  elif node.op in _BIASES:
    activation = graph.activations(node.name)
    yield node.input[1], Trait('activation', activation)
  elif node.op == 'L2Loss':
    if decay := graph.factor(node.name):
      yield node.input[0], Trait(_DECAY, decay)
  elif node.name.endswith(_PARTS[0]):
    yield from _of_parts(graph, node)


def _traits(graph: edges.Graph) -> Traits:
  found: dict[str, set[Trait]] = {}
  for node in graph.nodes.values():
    for name, trait in _of_node(graph, node):
      if variable := graph.variable(name):
        found.setdefault(variable, set()).add(trait)
  return {variable: frozenset(each) for variable, each in found.items()}


def traits(definition: tf.compat.v1.GraphDef) -> Traits:
  """What a graph does with its variables."""
  return _traits(edges.Graph(definition))


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
    trained = edges.Graph(read(path))
  except (message.DecodeError, OSError) as error:
    reason = outside.shown(str(error))
    return Comparison(problem=f'it cannot be read: {reason}')
  nodes = trained.nodes.values()
  variables = {node.name for node in nodes if node.op in edges.VARIABLES}
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
