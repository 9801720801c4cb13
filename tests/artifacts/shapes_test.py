"""Shapes that are written in place are what TensorFlow would write."""

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from exporter.artifacts import shapes


@pytest.mark.parametrize('sizes', [(), (3,), (None, 224, 224, 3), (1, 0)])
def test_a_shape_is_as_tensorflow_writes_it(sizes):
  info = meta_graph_pb2.TensorInfo()
  shapes.fill(info.tensor_shape, sizes)
  expected = meta_graph_pb2.TensorInfo(
    tensor_shape=tf.TensorShape(sizes).as_proto()
  )
  # As bytes, which also tell whether the shape of a scalar is there at all.
  assert info.SerializeToString() == expected.SerializeToString()
