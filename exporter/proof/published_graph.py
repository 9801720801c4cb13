"""Runs the frozen graph that was published with a checkpoint, to compare with.

The graph is a program that somebody else wrote. Only the part that computes the
logits is run, and only if all its operations compute something and do nothing
else, such as reading files.
"""

from collections.abc import Mapping
import dataclasses

from google.protobuf import message
import numpy as np
import tensorflow as tf

from exporter import artifacts
from exporter import faults
import model_specs

_v1 = tf.compat.v1
_INPUT = 'Placeholder'
_CONSTANT = 'Const'


@dataclasses.dataclass(frozen=True)
class Answer:
  """What a frozen graph computes from images, or why it was not run."""

  logits: np.ndarray | None = None
  features: np.ndarray | None = None
  problem: str = ''


class _ProblemError(Exception):
  """Says why a frozen graph cannot be compared with the network."""


def _layer(classifier: str, tensors: Mapping[str, np.ndarray]) -> str:
  """The scope of the only layer of a classifier that has weights."""
  end = '/weights'
  (name,) = (n for n in tensors if n.startswith(classifier) and n.endswith(end))
  return name.removesuffix(end)


def _parse(data: bytes, logits: str) -> tf.compat.v1.GraphDef:
  """The part of a graph that computes the logits."""
  try:
    whole = _v1.GraphDef.FromString(data)
  except message.DecodeError as error:
    raise _ProblemError('it is damaged') from error
  if logits not in {node.name for node in whole.node}:
    raise _ProblemError(f'it has no {logits}')
  part = _v1.graph_util.extract_sub_graph(whole, [logits])
  strange = artifacts.strange('the graph', part.node, artifacts.FROZEN)
  if operations := sorted({each.does for each in strange}):
    raise _ProblemError(f'it has the operations {operations}')
  return part


def _compare_weights(
  graph: tf.compat.v1.GraphDef, tensors: Mapping[str, np.ndarray]
) -> None:
  """Raises a _ProblemError unless the constants are the checkpoint's."""
  constants = {
    node.name: node.attr['value'].tensor
    for node in graph.node
    if node.op == _CONSTANT
  }
  differ = sum(
    name not in constants
    or not np.array_equal(tf.make_ndarray(constants[name]), tensor)
    for name, tensor in tensors.items()
  )
  if differ:
    raise _ProblemError(
      f'{differ} of its {len(tensors)} weights are not those of the checkpoint '
      'that were asked for'
    )


def _scaled(
  images: np.ndarray, preprocessing: model_specs.Preprocessing
) -> np.ndarray:
  offset = np.array(preprocessing.offset, np.float32)
  scaled = images * np.float32(preprocessing.factor) - offset
  if not isinstance(preprocessing, model_specs.Standardization):
    return scaled
  deviation = scaled.std((1, 2, 3), keepdims=True)
  least = scaled[0].size ** -0.5
  centered = scaled - scaled.mean((1, 2, 3), keepdims=True)
  return centered / np.maximum(deviation, np.float32(least))


def _run(
  part: tf.compat.v1.GraphDef, logits: str, layer: str, images: np.ndarray
) -> Answer:
  nodes = {node.name: node for node in part.node}
  inputs = [node.name for node in part.node if node.op == _INPUT]
  if len(inputs) != 1:
    raise _ProblemError(f'it has {len(inputs)} inputs')
  features = nodes[f'{layer}/Conv2D'].input[0]
  fetches = [f'{logits}:0', features if ':' in features else f'{features}:0']
  with tf.Graph().as_default() as graph:
    tf.import_graph_def(part, name='')
  with _v1.Session(graph=graph) as session:
    # One image at a time: the graph may accept no other batch.
    answers = [
      session.run(fetches, {f'{inputs[0]}:0': image[np.newaxis]})
      for image in images
    ]
  logits_of_images, features_of_images = (
    np.stack([value.reshape(-1) for value in values])
    for values in zip(*answers, strict=True)
  )
  return Answer(logits_of_images, features_of_images)


def ask(
  data: bytes,
  family: model_specs.Family,
  tensors: Mapping[str, np.ndarray],
  images: np.ndarray,
) -> Answer:
  """Runs a frozen graph, if it is of the network and has the same weights.

  Args:
    data: The content of the file.
    family: The family of the network.
    tensors: The weights of the network, which must be constants of the graph.
    images: Images in [0, 1], of the size that the network was trained with.

  Returns:
    Logits and features with one row for each image, or the problem.
  """
  layer = _layer(family.classifier, tensors)
  scaled = _scaled(images, family.preprocessing)
  logits = f'{layer}/BiasAdd'
  try:
    part = _parse(data, logits)
    _compare_weights(part, tensors)
    return _run(part, logits, layer, scaled)
  except _ProblemError as problem:
    return Answer(problem=str(problem))
  except (KeyError, ValueError, tf.errors.OpError) as error:
    faults.check_machine('the published frozen graph', error)
    reason = str(error).partition('\n')[0]
    return Answer(problem=f'it does not run: {reason}')
