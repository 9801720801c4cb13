"""Freezes a graph: weights become constants, and the image size is fixed."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

import numpy as np
import tensorflow as tf

from exporter import networks
from exporter.artifacts import graph as graph_lib
from exporter.artifacts import shapes
import model_specs
from model_specs import formats


@dataclasses.dataclass(frozen=True)
class Frozen:
  """A network whose weights are constants, from formats.INPUT to `output`."""

  definition: tf.compat.v1.GraphDef
  shape: tuple[int, int, int]  # Height, width and channels of an image.
  output: str


def constant(name: str, value: np.ndarray) -> tf.compat.v1.NodeDef:
  """A node that holds numbers."""
  node = tf.compat.v1.NodeDef(name=name, op='Const')
  node.attr['dtype'].type = tf.float32.as_datatype_enum
  node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(value, tf.float32))
  return node


def _input(shape: tuple[int, int, int]) -> tf.compat.v1.NodeDef:
  node = tf.compat.v1.NodeDef(name=formats.INPUT, op='Placeholder')
  node.attr['dtype'].type = tf.float32.as_datatype_enum
  shapes.fill(node.attr['shape'].shape, (None, *shape))
  return node


def freeze(
  source: networks.Source,
  conversion: model_specs.Handle,
  tensors: Mapping[str, np.ndarray],
) -> Frozen:
  """Freezes the network of a conversion.

  Args:
    source: The inference network.
    conversion: What it will be converted to.
    tensors: The weights, by the names of variables.
  """
  graph = graph_lib.build_graph(source, conversion)
  targets = (graph.default, graph_lib.IMAGES)
  pruned = graph_lib.prune(graph.definition, targets)
  size, channels = conversion.spec.size, conversion.spec.family.channels
  shape = (size, size, channels)
  frozen = tf.compat.v1.GraphDef(versions=pruned.versions)
  for node in pruned.node:
    if node.op == 'ReadVariableOp':
      frozen.node.append(constant(node.name, tensors[node.input[0]]))
    elif node.name == graph_lib.IMAGES:
      frozen.node.append(_input(shape))
    elif node.op != 'VarHandleOp':
      copy = frozen.node.add()
      copy.CopyFrom(node)
      for number, name in enumerate(copy.input):
        if graph_lib.op_name(name) == graph_lib.IMAGES:
          copy.input[number] = formats.INPUT
  answer = frozen.node.add(name=conversion.output, op='Identity')
  answer.input.append(graph.default)
  answer.attr['T'].type = tf.float32.as_datatype_enum
  return Frozen(frozen, shape, conversion.output)


def values(
  definition: tf.compat.v1.GraphDef, tensors: Sequence[str]
) -> list[np.ndarray]:
  """The values of tensors that do not depend on images."""
  with tf.Graph().as_default() as live:
    tf.import_graph_def(definition, name='')
  with tf.compat.v1.Session(graph=live) as session:
    return session.run([f'{graph_lib.op_name(t)}:0' for t in tensors])
