"""Builds the graph of a TF2 SavedModel that TensorFlow Serving and TF1 load."""

from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import function_pb2
from tensorflow.core.protobuf import meta_graph_pb2

from exporter.artifacts import graph as graph_lib
from exporter.artifacts import shapes
from exporter.artifacts import tf2_functions
from exporter.artifacts import tf2_objects

_FLOAT = tf.float32.as_datatype_enum
_FILENAME = 'saver_filename'
_SAVED = 'saved_filename'
_RESTORE = 'restore_all'
_INIT = 'NoOp'
_INIT_SIGNATURE = '__saved_model_init_op'


def _constant(
  graph: tf.compat.v1.GraphDef, name: str, values: Sequence[str]
) -> str:
  node = graph.node.add(name=name, op='Const')
  node.attr['dtype'].type = tf.string.as_datatype_enum
  value = tf.make_tensor_proto(np.array(values, object), tf.string)
  node.attr['value'].tensor.CopyFrom(value)
  return name


def _add_variable(
  graph: tf.compat.v1.GraphDef, name: str, variable: graph_lib.Variable
) -> None:
  handle = graph.node.add(name=name, op='VarHandleOp')
  # The TFLite converter confuses the name of the node with the shared name, so
  # the two are equal.
  handle.attr['shared_name'].s = name.encode()
  handle.attr['dtype'].type = _FLOAT
  shapes.fill(handle.attr['shape'].shape, variable.shape)


def _add_saver(
  meta: meta_graph_pb2.MetaGraphDef,
  variables: Mapping[str, graph_lib.Variable],
) -> None:
  """Adds nodes that save and restore all variables, and declares them."""
  graph = meta.graph_def
  node = graph.node.add(name=_FILENAME, op='Placeholder')
  node.attr['dtype'].type = tf.string.as_datatype_enum
  keys = [tf2_objects.checkpoint_key(v.name) for v in variables.values()]
  inputs = [
    _FILENAME,
    _constant(graph, 'saver_keys', keys),
    _constant(graph, 'saver_slices', [''] * len(keys)),
  ]
  restore = graph.node.add(name='restore', op='RestoreV2', input=inputs)
  for number, name in enumerate(variables):
    read = graph.node.add(name=f'read_{number}', op='ReadVariableOp')
    assign = graph.node.add(name=f'assign_{number}', op='AssignVariableOp')
    read.input.append(name)
    assign.input.extend([name, f'restore:{number}'])
    read.attr['dtype'].type = assign.attr['dtype'].type = _FLOAT
  numbers = range(len(variables))
  save = graph.node.add(name='save', op='SaveV2', input=inputs)
  save.input.extend(f'read_{number}' for number in numbers)
  for node in (save, restore):
    node.attr['dtypes'].list.type.extend([_FLOAT] * len(keys))
  saved = graph.node.add(name=_SAVED, op='Identity', input=[_FILENAME, '^save'])
  saved.attr['T'].type = tf.string.as_datatype_enum
  assigns = [f'^assign_{number}' for number in numbers]
  graph.node.add(name=_RESTORE, op='NoOp', input=assigns)
  meta.saver_def.filename_tensor_name = f'{_FILENAME}:0'
  meta.saver_def.save_tensor_name = f'{_SAVED}:0'
  meta.saver_def.restore_op_name = _RESTORE
  meta.saver_def.version = meta.saver_def.V2


def _add_init(meta: meta_graph_pb2.MetaGraphDef) -> None:
  meta.graph_def.node.add(name=_INIT, op='NoOp')
  output = meta.signature_def[_INIT_SIGNATURE].outputs[_INIT_SIGNATURE]
  output.name = _INIT
  output.tensor_shape.unknown_rank = True


def add_signature(
  meta: meta_graph_pb2.MetaGraphDef,
  key: str,
  function: function_pb2.FunctionDef,
  tensors: tuple[tuple[str, Sequence], tuple[str, Sequence]],
  variables: Sequence[str],
) -> None:
  """Adds a signature of one input and one output, which updates nothing.

  Args:
    meta: The MetaGraph to add it to.
    key: The name of the signature.
    function: The function that it calls.
    tensors: Name and shape of the input, then of the output.
    variables: The nodes of the variables that the function takes.
  """
  (input_name, input_shape), (output_name, output_shape) = tensors
  node = meta.graph_def.node.add(name=f'{key}_{input_name}', op='Placeholder')
  node.attr['dtype'].type = _FLOAT
  shapes.fill(node.attr['shape'].shape, input_shape)
  call = tf2_functions.call_node(
    key, function.signature, [node.name, *variables], updates=False
  )
  meta.graph_def.node.append(call)
  signature = meta.signature_def[key]
  signature.method_name = tf.saved_model.PREDICT_METHOD_NAME
  for side, name, tensor, shape in (
    (signature.inputs, input_name, node.name, input_shape),
    (signature.outputs, output_name, key, output_shape),
  ):
    shapes.describe(side[name], f'{tensor}:0', shape)


def build(
  variables: Mapping[str, graph_lib.Variable],
  versions: tf.compat.v1.GraphDef,
) -> meta_graph_pb2.MetaGraphDef:
  """Builds a MetaGraph that holds, saves and restores variables.

  Args:
    variables: The variables, by the names of their nodes. The names must differ
      between models, which would otherwise share variables in one session.
    versions: A graph whose version numbers the new one gets.

  Returns:
    The MetaGraph, without signatures and functions.
  """
  meta = meta_graph_pb2.MetaGraphDef()
  meta.meta_info_def.tags.append(tf.saved_model.SERVING)
  meta.meta_info_def.tensorflow_version = tf.__version__
  meta.meta_info_def.stripped_default_attrs = True
  meta.graph_def.versions.CopyFrom(versions.versions)
  for name, variable in variables.items():
    _add_variable(meta.graph_def, name, variable)
  _add_saver(meta, variables)
  _add_init(meta)
  return meta
