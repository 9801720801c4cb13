"""A frozen network needs nothing but images."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.artifacts import frozen
from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts
from tests import conversions_made


@pytest.mark.parametrize(
  'name', [conversions_made.TINY, conversions_made.TINY_FEATURES]
)
def test_computes_what_its_source_does(name):
  conversion = conversions_made.conversion(name, 'litert.float32')
  inference, _ = artifacts.sources(conversion.spec)
  network = frozen.freeze(inference, conversion, artifacts.tensors(name))
  assert network.shape == (32, 32, 3)
  kinds = {node.op for node in network.definition.node}
  assert not kinds & {'VarHandleOp', 'ReadVariableOp', 'AssignVariableOp'}
  images = synthetic.synthetic_images(2, 32, 32)
  with tf.Graph().as_default() as graph:
    tf.import_graph_def(network.definition, name='')
  with tf.compat.v1.Session(graph=graph) as session:
    answers = session.run(f'{network.output}:0', {'inputs:0': images})
  expected = conversions_made.expected(name, images)
  np.testing.assert_allclose(answers, expected, atol=1e-6)


def test_takes_one_size_where_the_network_takes_any():
  conversion = conversions_made.conversion(
    conversions_made.TINY, 'litert.float32'
  )
  inference, _ = artifacts.sources(conversion.spec)
  tensors = artifacts.tensors(conversions_made.TINY)
  network = frozen.freeze(inference, conversion, tensors)
  (images,) = (n for n in network.definition.node if n.op == 'Placeholder')
  shape = tf.TensorShape(images.attr['shape'].shape)
  assert shape.as_list() == [None, 32, 32, 3]
