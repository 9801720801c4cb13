"""tf_slim works on this TensorFlow, and its batch norm where it must."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.networks import slim

# tf_slim calls a method of TensorFlow's own legacy layers.
pytestmark = pytest.mark.filterwarnings('ignore:.*layer.apply')

_v1 = tf.compat.v1
_EPSILON = 0.001


@pytest.fixture
def graph():
  with tf.Graph().as_default() as live:
    yield live


def _normalize(inputs, is_training, decay=0.9):
  return slim.batch_norm(
    tf.constant(inputs),
    is_training=is_training,
    decay=decay,
    center=True,
    scale=True,
    epsilon=_EPSILON,
    scope='norm',
  )


def _run(fetches, **values):
  """Computes with variables set by name, the others as initialized."""
  variables = {v.op.name: v for v in _v1.global_variables()}
  with _v1.Session() as session:
    session.run(_v1.global_variables_initializer())
    for name, value in values.items():
      variables[f'norm/{name}'].load(value, session)
    outputs = session.run(fetches)
    return outputs, session.run(variables)


def _inputs():
  random = np.random.RandomState(1)
  return random.normal(2.0, 3.0, [4, 5, 5, 2]).astype(np.float32)


@pytest.mark.usefixtures('graph')
def test_batch_norm_in_inference():
  inputs = _inputs()
  net = _normalize(inputs, is_training=False)
  values = {
    'gamma': np.array([1.5, 0.5], np.float32),
    'beta': np.array([0.1, -0.1], np.float32),
    'moving_mean': np.array([1.0, 2.0], np.float32),
    'moving_variance': np.array([4.0, 9.0], np.float32),
  }
  normalized, _ = _run(net, **values)
  centered = inputs - values['moving_mean']
  scaled = centered / np.sqrt(values['moving_variance'] + _EPSILON)
  np.testing.assert_allclose(
    normalized, scaled * values['gamma'] + values['beta'], rtol=1e-5, atol=1e-5
  )


@pytest.mark.usefixtures('graph')
def test_batch_norm_in_training():
  inputs = _inputs()
  net = _normalize(inputs, is_training=True, decay=0.9)
  updates = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
  assert len(updates) == 2
  (normalized, _), after = _run((net, updates))
  mean, variance = inputs.mean((0, 1, 2)), inputs.var((0, 1, 2))
  np.testing.assert_allclose(
    normalized, (inputs - mean) / np.sqrt(variance + _EPSILON), atol=1e-5
  )
  unbiased = variance * 100 / 99
  np.testing.assert_allclose(after['norm/moving_mean'], 0.1 * mean, rtol=1e-5)
  np.testing.assert_allclose(
    after['norm/moving_variance'], 0.9 + 0.1 * unbiased, rtol=1e-5
  )


def test_batch_norm_is_fused(graph):
  _normalize(_inputs(), is_training=True)
  kinds = {op.type for op in graph.get_operations()}
  assert 'FusedBatchNormV3' in kinds


@pytest.mark.usefixtures('graph')
def test_inference_updates_nothing():
  _normalize(_inputs(), is_training=False)
  assert not _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)


@pytest.mark.usefixtures('graph')
def test_decay_may_be_a_tensor():
  inputs = _inputs()
  _normalize(inputs, is_training=True, decay=tf.constant(0.25))
  updates = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
  _, after = _run(updates)
  np.testing.assert_allclose(
    after['norm/moving_mean'], 0.75 * inputs.mean((0, 1, 2)), rtol=1e-5
  )


@pytest.mark.usefixtures('graph')
def test_variables_are_named_as_in_checkpoints():
  images = tf.zeros([1, 8, 8, 3])
  net = slim.conv2d(images, 4, [3, 3], scope='full')
  slim.separable_conv2d(net, None, [3, 3], depth_multiplier=1, scope='depth')
  slim.conv2d(images, 4, [3, 3], scope='normal', normalizer_fn=slim.batch_norm)
  assert {v.op.name for v in _v1.global_variables()} == {
    'full/weights',
    'full/biases',
    'depth/depthwise_weights',
    'depth/biases',
    'normal/weights',
    'normal/BatchNorm/beta',
    'normal/BatchNorm/moving_mean',
    'normal/BatchNorm/moving_variance',
  }


@pytest.mark.usefixtures('graph')
def test_l2_is_half_the_sum_of_squares():
  loss = slim.l2_regularizer(0.1)(tf.constant([1.0, 2.0, 3.0]))
  with _v1.Session() as session:
    assert session.run(loss) == pytest.approx(0.1 * 14 / 2)


@pytest.mark.usefixtures('graph')
def test_dropout_only_in_training():
  ones = tf.ones([10, 100])
  kept = slim.dropout(ones, 0.5, is_training=False)
  dropped = slim.dropout(ones, 0.5, is_training=True)
  with _v1.Session() as session:
    kept, dropped = session.run((kept, dropped))
  np.testing.assert_array_equal(kept, 1)
  assert set(np.unique(dropped)) == {0, 2}
