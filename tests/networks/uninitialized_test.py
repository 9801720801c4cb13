"""Variables have no value until somebody loads one."""

import pytest
import tensorflow as tf

from exporter.networks import uninitialized

_v1 = tf.compat.v1
_NAMES = ['scope/mean', 'scope/weights']


@pytest.fixture(name='graph')
def _graph():
  """Two variables, of which one trains and has a loss."""
  graph = tf.Graph()
  with (
    graph.as_default(),
    uninitialized.without_values(),
    _v1.variable_scope('scope'),
  ):
    _v1.get_variable(
      'weights',
      [1, 2],
      initializer=_v1.random_normal_initializer(),
      regularizer=lambda weights: tf.reduce_sum(weights, name='loss'),
      collections=['mine', _v1.GraphKeys.GLOBAL_VARIABLES],
    )
    _v1.get_variable('mean', [1], trainable=False)
  return graph


def _names(graph, key):
  return sorted(v.op.name for v in graph.get_collection(key))


def test_they_are_in_their_collections_once(graph):
  keys = _v1.GraphKeys
  assert _names(graph, keys.GLOBAL_VARIABLES) == _NAMES
  assert _names(graph, keys.TRAINABLE_VARIABLES) == ['scope/weights']
  assert _names(graph, 'mine') == ['scope/weights']
  assert len(graph.get_collection(keys.REGULARIZATION_LOSSES)) == 1


def test_nothing_in_the_graph_gives_them_a_value(graph):
  types = {op.type for op in graph.get_operations()}
  assert types.isdisjoint(
    {'AssignVariableOp', 'VarIsInitializedOp', 'RandomStandardNormal'}
  )
