"""Simplifies a frozen network for TensorFlow.js, which executes node by node.

Batch norms are folded into the convolutions before them, biases and activations
become part of these, and identities go. The nodes that are left keep their
names, behind a prefix, as pages ask for activations by them.
"""

from collections.abc import Iterator
import dataclasses

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import node_def_pb2
from tensorflow.python.framework import op_def_registry

from exporter.artifacts import frozen
from exporter.artifacts import graph as graph_lib
from exporter.artifacts import operations
from model_specs import formats

IMAGES = 'images'  # The input, as a hub.Module calls it.
# What all names began with in the files that tfhub.dev had for TensorFlow.js.
PREFIX = 'module_apply_default/'

# The fused operation that each operation becomes together with its followers.
_FUSED = {
  'Conv2D': '_FusedConv2D',
  'DepthwiseConv2dNative': 'FusedDepthwiseConv2dNative',
  'MatMul': '_FusedMatMul',
}
_KERNELS = (*_FUSED, *_FUSED.values())
_ACTIVATIONS = ('Relu', 'Relu6')


@dataclasses.dataclass
class Graph:
  """A network as TensorFlow.js computes it."""

  nodes: dict[str, node_def_pb2.NodeDef]  # By name, without constants.
  values: dict[str, np.ndarray]  # The constants, by name.
  output: str

  def users(self, name: str) -> list[node_def_pb2.NodeDef]:
    """The nodes that use the result of a node."""
    return [node for node in self.nodes.values() if name in node.input]

  def kernel_of(self, layer: node_def_pb2.NodeDef) -> str:
    """The name of the constant that a layer's kernel is made of."""
    name = layer.input[1]
    return self.nodes[name].input[0] if name in self.nodes else name

  def kernels(self) -> Iterator[tuple[node_def_pb2.NodeDef, np.ndarray]]:
    """The layers with a constant kernel, and these constants."""
    for node in self.nodes.values():
      if node.op in _KERNELS and self.kernel_of(node) in self.values:
        yield node, self.values[self.kernel_of(node)]

  def remove_unused(self) -> None:
    """Removes what does not lead to the output, and sorts the rest."""
    ordered: dict[str, node_def_pb2.NodeDef] = {}
    values: dict[str, np.ndarray] = {}
    waiting = [(self.output, False)]
    while waiting:
      name, has_inputs = waiting.pop()
      if name in self.values:
        values[name] = self.values[name]
      elif has_inputs:
        ordered[name] = self.nodes[name]
      elif name not in ordered:
        waiting.append((name, True))
        waiting += [(each, False) for each in reversed(self.nodes[name].input)]
    self.nodes, self.values = ordered, values


def _complete(node: node_def_pb2.NodeDef) -> None:
  """Adds attributes at their defaults, as TensorFlow.js knows no defaults."""
  for attribute in op_def_registry.get(node.op).attr:
    if attribute.HasField('default_value') and attribute.name not in node.attr:
      node.attr[attribute.name].CopyFrom(attribute.default_value)


def _read(network: frozen.Frozen) -> Graph:
  """Takes a network apart, without its identities."""
  named = {
    formats.INPUT: IMAGES,
    network.output: network.output,
  }
  graph = Graph({}, {}, network.output)
  for original in network.definition.node:
    inputs = [named[graph_lib.op_name(name)] for name in original.input]
    if original.op == 'Identity' and original.name != network.output:
      named[original.name] = inputs[0]
      continue
    name = named.setdefault(original.name, f'{PREFIX}{original.name}')
    if original.op == 'Const':
      graph.values[name] = tf.make_ndarray(original.attr['value'].tensor)
      continue
    node = node_def_pb2.NodeDef.FromString(original.SerializeToString())
    _complete(node)
    node.name = name
    node.ClearField('input')
    node.input.extend(inputs)
    graph.nodes[name] = node
  return graph


def _scaled(op: str, kernel: np.ndarray, scale: np.ndarray) -> np.ndarray:
  """A kernel whose output channels are multiplied by numbers."""
  if op == 'DepthwiseConv2dNative':
    scale = scale.reshape(kernel.shape[2:])
  return (kernel * scale).astype(np.float32)


def _fold_norms(graph: Graph) -> None:
  """Folds the batch norm after a layer into its kernel and a bias."""
  for norm in [*graph.nodes.values()]:
    layer = norm.op == 'FusedBatchNormV3' and graph.nodes.get(norm.input[0])
    if (
      not layer
      or layer.op not in _FUSED
      or layer.input[1] not in graph.values
      or len(graph.users(layer.name)) != 1
    ):
      continue
    gamma, beta, mean, variance = (
      graph.values[name].astype(np.float64) for name in norm.input[1:]
    )
    scale = gamma / np.sqrt(variance + norm.attr['epsilon'].f)
    kernel, bias = f'{layer.name}/kernel', f'{layer.name}/bias'
    graph.values[kernel] = _scaled(
      layer.op, graph.values[layer.input[1]], scale
    )
    graph.values[bias] = (beta - mean * scale).astype(np.float32)
    layer.input[1] = kernel
    added = node_def_pb2.NodeDef(
      name=norm.name, op='BiasAdd', input=[layer.name, bias]
    )
    added.attr['T'].CopyFrom(layer.attr['T'])
    _complete(added)
    graph.nodes[norm.name] = added


def _absorb(
  graph: Graph, layer: node_def_pb2.NodeDef, follower: node_def_pb2.NodeDef
) -> None:
  """Makes a follower the last part of a layer, which takes its name."""
  layer.op = _FUSED.get(layer.op, layer.op)
  layer.attr['fused_ops'].list.s.append(follower.op.encode())
  if follower.op == 'BiasAdd':
    layer.input.append(follower.input[1])
    layer.attr['num_args'].i = 1
    layer.attr['epsilon'].f = 0.0
  del graph.nodes[layer.name]
  layer.name = follower.name
  graph.nodes[layer.name] = layer


def _fuse(graph: Graph) -> None:
  """Makes biases, and activations after them, part of the layers before."""
  for name in [*graph.nodes]:
    layer = graph.nodes.get(name)
    if layer is None or layer.op not in _FUSED:
      continue
    for ops in (('BiasAdd',), _ACTIVATIONS):
      users = graph.users(layer.name)
      if len(users) != 1 or users[0].op not in ops:
        break
      if any(each not in graph.values for each in users[0].input[1:]):
        break
      _absorb(graph, layer, users[0])


def _share(graph: Graph) -> None:
  """Keeps one of several equal constants."""
  first: dict[tuple, str] = {}
  kept = {
    name: first.setdefault((a.dtype, a.shape, a.tobytes()), name)
    for name, a in graph.values.items()
  }
  for node in graph.nodes.values():
    node.input[:] = [kept.get(name, name) for name in node.input]


def simplify(network: frozen.Frozen) -> Graph:
  """The network with as few nodes and constants as it can be computed with.

  Raises:
    ValueError: It has operations that TensorFlow.js is not known to have.
  """
  graph = _read(network)
  unknown = {node.op for node in graph.nodes.values()} - operations.TFJS
  if unknown:
    raise ValueError(
      f'its operations {", ".join(sorted(unknown))} are not among those of '
      'TensorFlow.js in exporter/artifacts/operations.py'
    )
  graph.remove_unused()
  _fold_norms(graph)
  _fuse(graph)
  _share(graph)
  graph.remove_unused()
  return graph


def even_out(graph: Graph) -> None:
  """Gives all output channels of each kernel the same range, [-1, 1].

  A file in 8 bits has one scale for a whole kernel, and the channels of one
  differ by orders of magnitude. So each gets a factor of its own, which
  TensorFlow.js multiplies it by; that takes next to no time.
  """
  for node, kernel in [*graph.kernels()]:
    name = node.input[1]
    factor, product = f'{name}/factor', f'{name}/product'
    if product not in graph.nodes:
      is_depthwise = 'Depthwise' in node.op
      axes = (0, 1) if is_depthwise else tuple(range(kernel.ndim - 1))
      most = np.max(np.abs(kernel), axes)
      graph.values[factor] = np.where(most, most, 1).astype(np.float32)
      even = kernel / graph.values[factor]
      graph.values[f'{name}/even'] = even
      multiply = graph.nodes[product] = node_def_pb2.NodeDef(
        name=product, op='Mul', input=[f'{name}/even', factor]
      )
      multiply.attr['T'].CopyFrom(node.attr['T'])
    node.input[1] = product
  graph.remove_unused()
