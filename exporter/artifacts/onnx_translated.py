"""Translates a frozen graph into one of ONNX by tf2onnx, with little memory.

tf2onnx has one function for all of this. For the largest network that takes
16 GB, as it copies every weight before and after each of its many steps.
"""

from collections.abc import Iterator
import contextlib
from typing import Any

import tensorflow as tf

# Where the counter in names of nodes begins. All get the same number of digits,
# as tf2onnx sorts by name.
_FIRST_NAME = 10**6


@contextlib.contextmanager
def _steady() -> Iterator[None]:
  """Keeps tf2onnx from copying weights, and from chance, while it is open.

  After each step that makes the graph simpler, it brings the message of each
  node up to date. Of a weight nobody reads that message, as the values are
  taken from where they are kept. Then it leaves out what is not used any more,
  in the order of the nodes' addresses; by that order the next step decides what
  becomes of them. And it counts the names of all nodes that it has ever made.
  """
  from tf2onnx import graph as graph_lib
  from tf2onnx import utils

  update = graph_lib.Node.update_proto
  extract = graph_lib.Graph.extract_sub_graph_nodes

  def update_others(node: Any, *args: Any) -> None:
    if not node.is_const():
      update(node, *args)

  def extract_in_order(graph: Any, *args: Any, **flags: Any) -> list[Any]:
    places = {node.name: i for i, node in enumerate(graph.get_nodes())}
    nodes = extract(graph, *args, **flags)
    return sorted(nodes, key=lambda node: places[node.name])

  with (
    _replaced(graph_lib.Node, 'update_proto', update_others),
    _replaced(graph_lib.Graph, 'extract_sub_graph_nodes', extract_in_order),
    _replaced(utils, 'INTERNAL_NAME', _FIRST_NAME),
  ):
    yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: object) -> Iterator[None]:
  """Replaces an attribute while the context is open."""
  before = getattr(owner, name)
  setattr(owner, name, value)
  try:
    yield
  finally:
    setattr(owner, name, before)


def _merge(definition: tf.compat.v1.GraphDef) -> tf.compat.v1.GraphDef:
  """Leaves one of several nodes that compute the same from the same inputs.

  tf2onnx does so, too, and which of them stays, with its name, is chance.

  Args:
    definition: A graph, in which the nodes that a node uses come before it.
  """
  merged = tf.compat.v1.GraphDef(versions=definition.versions)
  kept: dict[tuple[object, ...], str] = {}  # What is computed, and the node.
  instead: dict[str, str] = {}  # Nodes that are left out, and which one stays.
  for node in definition.node:
    inputs = []
    for tensor in node.input:
      name, colon, output = tensor.partition(':')
      inputs.append(f'{instead.get(name, name)}{colon}{output}')
    stays = node.name
    if inputs:  # What takes none is a weight or the image.
      attributes = tuple(
        (key, node.attr[key].SerializeToString(deterministic=True))
        for key in sorted(node.attr)
      )
      stays = kept.setdefault((node.op, *inputs, attributes), node.name)
    if stays != node.name:
      instead[node.name] = stays
      continue
    copy = merged.node.add()
    copy.CopyFrom(node)
    copy.input[:] = inputs
  return merged


def translate(
  definition: tf.compat.v1.GraphDef,
  tensors: tuple[str, str],
  opset: int,
  is_nchw: bool,
) -> Any:
  """Translates a graph of TensorFlow into a model of ONNX.

  Args:
    definition: The graph, whose weights are constants.
    tensors: The names of the input and of the output.
    opset: The version of ONNX's operators.
    is_nchw: Whether the input has channels first.

  Returns:
    The model; nodes have the names that tf2onnx gives them.
  """
  from tf2onnx import optimizer
  from tf2onnx import tf_loader
  from tf2onnx import tf_utils
  from tf2onnx import tfonnx

  images, output = tensors
  with tf.Graph().as_default():
    folded = tf_loader.tf_optimize([images], [output], _merge(definition))
  weights = tf_utils.compress_graph_def(folded)
  with tf.Graph().as_default() as live, _steady():
    tf.import_graph_def(folded, name='')
    graph = tfonnx.process_tf_graph(
      live,
      opset=opset,
      input_names=[images],
      output_names=[output],
      inputs_as_nchw=[images] if is_nchw else None,
      const_node_values=weights,
    )
    # If a step fails, so does the translation: to go on from before it, tf2onnx
    # would have to keep a copy of all.
    graph = optimizer.optimize_graph(graph, catch_errors=False)
    return graph.make_model('')
