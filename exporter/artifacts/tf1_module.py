"""Writes a TF1 hub.Module, the format of versions 1 to 3."""

from collections.abc import Iterable
from collections.abc import Mapping
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import variable_pb2
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter.artifacts import attachments
from exporter.artifacts import graph as graph_lib
from exporter.artifacts import portable
from exporter.artifacts import shapes
from exporter.artifacts import variables
import model_specs

_MODULE_FORMAT_3 = b'\x08\x03'  # tfhub_module.pb: ModuleDef{format: 3}.
_INITIALIZER = 'restored_from_checkpoint'
_GraphKeys = tf.compat.v1.GraphKeys


def _variable(variable: graph_lib.Variable) -> bytes:
  return variable_pb2.VariableDef(
    variable_name=f'{variable.name}:0',
    initializer_name=_INITIALIZER,
    snapshot_name=f'{variable.name}/Read/ReadVariableOp:0',
    is_resource=True,
    trainable=variable.trainable,
  ).SerializeToString(deterministic=True)


def _collect(meta: meta_graph_pb2.MetaGraphDef, graph: graph_lib.Graph) -> None:
  """Fills the collections of a graph that hub.Module reads."""

  def add_bytes(key: str, items: Iterable[bytes]) -> None:
    if listed := list(items):
      meta.collection_def[key].bytes_list.value.extend(listed)

  def add_nodes(key: str, names: Iterable[str]) -> None:
    if listed := list(names):
      meta.collection_def[key].node_list.value.extend(listed)

  described = {v: _variable(v) for v in graph.variables}
  add_bytes(_GraphKeys.GLOBAL_VARIABLES, described.values())
  add_bytes(_GraphKeys.MODEL_VARIABLES, described.values())
  add_bytes(
    _GraphKeys.TRAINABLE_VARIABLES,
    [data for variable, data in described.items() if variable.trainable],
  )
  add_nodes(_GraphKeys.REGULARIZATION_LOSSES, graph.losses)
  if graph.is_training:
    add_nodes(_GraphKeys.UPDATE_OPS, graph.updates)


def _sign(
  meta: meta_graph_pb2.MetaGraphDef,
  graph: graph_lib.Graph,
  names: tuple[str, ...],
) -> None:
  """Adds the signatures with these names to a graph."""
  images = graph_lib.input_shape(graph)
  for name in names:
    signature = meta.signature_def[name]
    shapes.describe(signature.inputs['images'], f'{graph_lib.IMAGES}:0', images)
    if name.endswith('_with_bn_hparams'):
      momentum = signature.inputs['batch_norm_momentum']
      shapes.describe(momentum, f'{graph_lib.MOMENTUM}:0', ())
    outputs = {} if name == 'default' else dict(graph.endpoints)
    is_features = name.startswith('image_feature_vector')
    outputs['default'] = graph.features if is_features else graph.default
    for key, tensor in outputs.items():
      shapes.describe(signature.outputs[key], tensor, graph.shapes[tensor])


def _meta_graph(
  handle: model_specs.Handle, graph: graph_lib.Graph
) -> meta_graph_pb2.MetaGraphDef:
  meta = meta_graph_pb2.MetaGraphDef(graph_def=graph.definition)
  meta.meta_info_def.stripped_default_attrs = True
  meta.meta_info_def.tensorflow_version = tf.__version__
  if graph.is_training:
    meta.meta_info_def.tags.append('train')
  meta.graph_def.node.add(name=_INITIALIZER, op='NoOp')
  _collect(meta, graph)
  _sign(meta, graph, handle.version.signatures(handle.task))
  size = attachments.image_size(handle.spec.size, handle.spec.size)
  meta.collection_def[attachments.ATTACHMENTS].bytes_list.value.append(size)
  portable.check(meta.graph_def, str(handle))
  return meta


def write_tf1(
  handle: model_specs.Handle,
  graphs: tuple[graph_lib.Graph, ...],
  tensors: Mapping[str, np.ndarray] | None,
  folder: pathlib.Path,
) -> None:
  """Writes the module into an empty folder.

  Args:
    handle: The handle of the module.
    graphs: Its inference graph and, if it trains, its training graph.
    tensors: The values of its variables by name; others are ignored. None
      leaves variables/ out.
    folder: An existing, empty folder.
  """
  model = saved_model_pb2.SavedModel(saved_model_schema_version=1)
  model.meta_graphs.extend(_meta_graph(handle, graph) for graph in graphs)
  if tensors is not None:
    variables.write_variables(
      folder, {v.name: tensors[v.name] for v in graphs[0].variables}
    )
  (folder / 'assets').mkdir()
  (folder / 'tfhub_module.pb').write_bytes(_MODULE_FORMAT_3)
  serialized = model.SerializeToString(deterministic=True)
  (folder / 'saved_model.pb').write_bytes(serialized)
