"""Turns a source network into the graph of one handle, as plain data.

The names in it are those that users of the published modules rely on.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import functools

import tensorflow as tf

from exporter import networks
from exporter.artifacts import portable
from exporter.artifacts import shapes
import model_specs
from model_specs import versions

IMAGES = networks.IMAGES.removesuffix(':0')  # Ops, as are those below.
MOMENTUM = networks.MOMENTUM.removesuffix(':0')
_DEFAULT_MOMENTUM = f'{networks.INPUT}/default_momentum'
# Of these ops, nodes with equal attributes and equal inputs are merged into
# one.
_SHARED_OPS = ('Const', 'ReadVariableOp', 'Sub')


@dataclasses.dataclass(frozen=True)
class Variable:
  """A variable of the network; its name is the checkpoint's key."""

  name: str
  shape: tuple[int, ...]
  trainable: bool


@dataclasses.dataclass(frozen=True)
class Graph:
  """The graph of one handle in one mode, with the names of its parts.

  All names are names of tensors or ops in `definition`.
  """

  definition: tf.compat.v1.GraphDef
  is_training: bool
  variables: tuple[Variable, ...]
  features: str
  logits: str | None
  endpoints: dict[str, str]  # Tensors, by the names that signatures use.
  losses: tuple[str, ...]  # Tensors of the regularization losses.
  updates: tuple[str, ...]  # Ops that update the moving averages.
  # The shape of every tensor above, with None for open sizes.
  shapes: dict[str, list[int | None]] = dataclasses.field(default_factory=dict)

  @property
  def default(self) -> str:
    """The tensor of the default output: logits, or features without them."""
    return self.logits or self.features

  @property
  def targets(self) -> tuple[str, ...]:
    """The names of all tensors and ops that users may need."""
    tensors = (self.features, self.logits, *self.endpoints.values())
    names = (*(t for t in tensors if t), *self.losses, *self.updates)
    return (*names, IMAGES, MOMENTUM)


def op_name(tensor: str) -> str:
  """The op `a` of a tensor `a:0`, an input `a` or a control input `^a`."""
  return tensor.removeprefix('^').split(':')[0]


def inputs_of(
  definition: tf.compat.v1.GraphDef,
) -> Mapping[str, Sequence[str]]:
  """The inputs of every node of a graph, by its name."""
  return {node.name: node.input for node in definition.node}


def reachable(
  inputs: Mapping[str, Sequence[str]], targets: Iterable[str]
) -> set[str]:
  """The names of all nodes that the targets need, including the targets'.

  Args:
    inputs: What `inputs_of` gives for the graph.
    targets: Names of tensors or nodes.
  """
  seen: set[str] = set()
  waiting = [op_name(target) for target in targets]
  while waiting:
    name = waiting.pop()
    if name not in seen:
      seen.add(name)
      waiting += [op_name(i) for i in inputs[name]]
  return seen


def prune(
  definition: tf.compat.v1.GraphDef, targets: Iterable[str]
) -> tf.compat.v1.GraphDef:
  """The part of a graph that the targets need, its nodes in their order."""
  needed = reachable(inputs_of(definition), targets)
  pruned = tf.compat.v1.GraphDef(versions=definition.versions)
  pruned.node.extend(n for n in definition.node if n.name in needed)
  return pruned


def _share(definition: tf.compat.v1.GraphDef) -> None:
  """Merges equal constants, reads of variables and differences, in place.

  Reads can be merged because no graph here writes a variable before a read.
  """
  replaced: dict[str, str] = {}
  first_of_kind: dict[tuple, str] = {}
  merged = []
  for number, node in enumerate(definition.node):
    inputs = [replaced.get(name, name) for name in node.input]
    del node.input[:]
    node.input.extend(inputs)
    if node.op in _SHARED_OPS and not node.name.startswith(
      f'{networks.INPUT}/'
    ):
      attributes = sorted(
        (key, value.SerializeToString(deterministic=True))
        for key, value in node.attr.items()
      )
      key = (node.op, *inputs, *attributes)
      if key in first_of_kind:
        replaced[node.name] = first_of_kind[key]
        merged.append(number)
      else:
        first_of_kind[key] = node.name
  for number in reversed(merged):
    del definition.node[number]


@functools.lru_cache(maxsize=2)
def _classification(
  source: networks.Source, family: model_specs.Family
) -> Graph:
  """The whole network, for any input size."""
  # Networks that round are made for inference alone: nothing of them trains.
  is_final = family.is_quantized
  trainable = frozenset() if is_final else source.trainable
  graph = Graph(
    definition=source.graph.as_graph_def(),
    is_training=source.is_training,
    variables=tuple(
      Variable(name, shape, name in trainable)
      for name, shape in source.shapes.items()
    ),
    features=source.features.name,
    logits=source.logits.name,
    endpoints={
      name: tensor.name
      for name, tensor in source.scoped_endpoints(family.scope).items()
    },
    losses=() if is_final else tuple(loss.name for loss in source.losses),
    updates=tuple(update.name for update in source.updates),
  )
  _share(graph.definition)
  definition = prune(graph.definition, graph.targets)
  portable.rewrite(definition)
  return dataclasses.replace(graph, definition=definition)


@functools.lru_cache(maxsize=2)
def _feature_vector(
  source: networks.Source, family: model_specs.Family
) -> Graph:
  """The network without its classifier."""
  whole = _classification(source, family)
  endpoints = dict(whole.endpoints)
  for name in family.classifier_endpoints:
    del endpoints[f'{family.scope}/{name}']
  inputs = inputs_of(whole.definition)
  used = reachable(
    inputs, [whole.features, *endpoints.values(), *whole.updates]
  )
  variables = tuple(v for v in whole.variables if v.name in used)
  dropped_variables = {v.name for v in whole.variables} - {
    v.name for v in variables
  }
  graph = dataclasses.replace(
    whole,
    variables=variables,
    logits=None,
    endpoints=endpoints,
    losses=tuple(
      loss
      for loss in whole.losses
      if not dropped_variables & reachable(inputs, [loss])
    ),
  )
  definition = prune(whole.definition, graph.targets)
  return dataclasses.replace(graph, definition=definition)


def _image_shape(definition: tf.compat.v1.GraphDef) -> list[int | None]:
  (node,) = (node for node in definition.node if node.name == IMAGES)
  return tf.TensorShape(node.attr['shape'].shape).as_list()


def _set_images(
  definition: tf.compat.v1.GraphDef, side: int | None
) -> tf.compat.v1.GraphDef:
  """A copy of a graph for square images with this side, or of any size."""
  _, _, _, channels = _image_shape(definition)
  changed = tf.compat.v1.GraphDef()
  changed.CopyFrom(definition)
  (images,) = (node for node in changed.node if node.name == IMAGES)
  images.attr['shape'].shape.Clear()
  shapes.fill(images.attr['shape'].shape, (None, side, side, channels))
  return changed


@functools.lru_cache(maxsize=4)
def _shapes(
  source: networks.Source, family: model_specs.Family, side: int | None
) -> dict[str, list[int | None]]:
  """The static shape of every tensor that users may need."""
  whole = _classification(source, family)
  live = networks.ImportedGraph()
  with live.as_default():
    tf.import_graph_def(_set_images(whole.definition, side), name='')
  tensors = [t for t in whole.targets if ':' in t]
  return {t: live.get_tensor_by_name(t).shape.as_list() for t in tensors}


def build_graph(source: networks.Source, handle: model_specs.Handle) -> Graph:
  """The graph of one handle, in the mode of the source."""
  family = handle.spec.family
  is_classifier = handle.task == versions.CLASSIFICATION
  graph = (_classification if is_classifier else _feature_vector)(
    source, family
  )
  side = None if handle.variable_size else handle.spec.size
  definition = _set_images(graph.definition, side)
  for node in definition.node:
    if node.name == _DEFAULT_MOMENTUM:
      value = tf.make_tensor_proto(handle.version.momentum, tf.float32)
      node.attr['value'].tensor.CopyFrom(value)
  static = _shapes(source, family, side)
  return dataclasses.replace(
    graph,
    definition=definition,
    shapes={t: static[t] for t in graph.targets if t in static},
  )


def input_shape(graph: Graph) -> list[int | None]:
  """The shape of the images that a graph takes, with None for open sizes."""
  return _image_shape(graph.definition)
