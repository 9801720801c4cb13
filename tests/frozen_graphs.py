"""Frozen graphs of the tiny network, as TF-Slim's tools wrote them."""

from collections.abc import Mapping
import warnings

import numpy as np
import tensorflow as tf

from tests import tiny_network

_v1 = tf.compat.v1
_SIZE = tiny_network.MODEL.size
LOGITS = 'Tiny/Logits/Conv2d_1c_1x1/BiasAdd'


def make(tensors: Mapping[str, np.ndarray], batch: int | None = None) -> bytes:
  """The frozen inference graph on these weights.

  Args:
    tensors: By variable.
    batch: How many images it takes; None: any number.

  Returns:
    A serialized GraphDef.
  """
  with tf.Graph().as_default() as graph, _v1.Session() as session:
    images = _v1.placeholder(tf.float32, [batch, _SIZE, _SIZE, 3], 'input')
    with (
      _v1.variable_scope('', use_resource=False),
      warnings.catch_warnings(),
    ):
      # tf_slim calls a method of TensorFlow's own legacy layers.
      warnings.filterwarnings('ignore', '.*layer.apply', UserWarning)
      built = tiny_network.build(images, 1.0, 5, False, tf.constant(0.99))
    tf.nn.softmax(built.logits, name='Tiny/Predictions/Softmax')
    for variable in _v1.global_variables():
      variable.load(tensors[variable.op.name], session)
    frozen = _v1.graph_util.convert_variables_to_constants(
      session, graph.as_graph_def(), ['Tiny/Predictions/Softmax']
    )
  return frozen.SerializeToString()
