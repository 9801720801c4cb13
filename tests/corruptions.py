"""Ways to break a written artifact of the tiny network, from outside."""

from collections.abc import Callable
from collections.abc import Iterator
import pathlib
import shutil

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import node_def_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter.artifacts import variables
from tests import artifacts_made as artifacts

GAMMA = 'Tiny/Conv2d_0/BatchNorm/gamma'
OTHER_GAMMA = 'Tiny/Conv2d_1_depthwise/BatchNorm/gamma'
KERNEL = 'Tiny/Conv2d_0/weights'
NORM = 'Tiny/Conv2d_0/BatchNorm/FusedBatchNormV3'
UPDATE = 'Tiny/Conv2d_0/BatchNorm/AssignMovingAvg/AssignSubVariableOp'
LOGITS_LOSS = 'Tiny/Logits/Conv2d_1c_1x1/kernel/Regularizer/l2_regularizer'

Corruption = Callable[[pathlib.Path], None]
Edit = Callable[[saved_model_pb2.SavedModel], None]
Tensors = dict[str, np.ndarray]


def program(edit: Edit) -> Corruption:
  """A corruption of saved_model.pb."""

  def corrupt(folder: pathlib.Path) -> None:
    with artifacts.edit(folder) as model:
      edit(model)

  return corrupt


def weights(change: Callable[[Tensors], None]) -> Corruption:
  """A corruption of the variables/ files; names are TF-Slim's."""

  def corrupt(folder: pathlib.Path) -> None:
    prefix = str(folder / 'variables' / 'variables')
    reader = tf.train.load_checkpoint(prefix)
    keys = sorted(reader.get_variable_to_shape_map())
    named = {key.split('/.')[0]: reader.get_tensor(key) for key in keys}
    change(named)
    shutil.rmtree(folder / 'variables')
    variables.write_variables(
      folder, {k: named[k.split('/.')[0]] for k in keys}
    )

  return corrupt


def perturb(tensors: Tensors) -> None:
  """Changes one value a little."""
  tensors[KERNEL][0, 0, 0, 0] += 1e-3


def swap(tensors: Tensors) -> None:
  """Exchanges two variables of one shape."""
  tensors[GAMMA], tensors[OTHER_GAMMA] = tensors[OTHER_GAMMA], tensors[GAMMA]


def spoil(tensors: Tensors) -> None:
  """Makes one value NaN."""
  tensors[GAMMA][0] = np.nan


def _bodies(model: saved_model_pb2.SavedModel, training: bool) -> Iterator:
  """The nodes of one mode."""
  if len(model.meta_graphs) > 1:
    yield model.meta_graphs[training].graph_def.node
  name = 'training_body' if training else 'inference_body'
  for function in model.meta_graphs[0].graph_def.library.function:
    if name in function.signature.name:
      yield function.node_def


def node(
  model: saved_model_pb2.SavedModel, training: bool, name: str
) -> node_def_pb2.NodeDef:
  """A node of one mode."""
  (nodes,) = _bodies(model, training)
  (matching_node,) = (n for n in nodes if n.name == name)
  return matching_node


def set_value(constant: node_def_pb2.NodeDef, value: float) -> None:
  """Changes a constant."""
  constant.attr['value'].tensor.CopyFrom(
    tf.make_tensor_proto(value, tf.float32)
  )


def halve_scale(training: bool) -> Corruption:
  """Multiplies the images with 1 instead of 2."""
  return program(
    lambda model: set_value(node(model, training, 'hub_input/Mul/y'), 1.0)
  )


_DROPOUT = 'Tiny/Logits/Dropout_1b/dropout'


def drop(rate: float) -> Corruption:
  """Has dropout drop another part of the values, in training."""
  return program(
    lambda model: set_value(
      node(model, True, f'{_DROPOUT}/GreaterEqual/y'), rate
    )
  )


def rescale(factor: float) -> Corruption:
  """Multiplies what dropout keeps by another factor, in training."""
  return program(
    lambda model: set_value(node(model, True, f'{_DROPOUT}/Const'), factor)
  )


def forget_biases(model: saved_model_pb2.SavedModel) -> None:
  """Answers logits without their biases, in training."""
  added = node(model, True, 'Tiny/Logits/Conv2d_1c_1x1/BiasAdd')
  node(model, True, 'Tiny/Logits/SpatialSqueeze').input[0] = added.input[0]


def stop_gradient(model: saved_model_pb2.SavedModel) -> None:
  """Lets no gradient reach a kernel in training."""
  (nodes,) = _bodies(model, training=True)
  convolution = node(model, True, 'Tiny/Conv2d_0/Conv2D')
  stop = nodes.add(name='stop', op='StopGradient', input=[convolution.input[1]])
  stop.attr['T'].type = tf.float32.as_datatype_enum
  is_graph = len(model.meta_graphs) > 1
  convolution.input[1] = 'stop' if is_graph else 'stop:output:0'
