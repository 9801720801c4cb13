"""An imported graph is what TensorFlow makes of it where people build on it."""

import numpy as np
import pytest
import tensorflow as tf

from exporter import networks

_v1 = tf.compat.v1


def _definition():
  """A graph with devices, a colocated operation and a loop."""
  graph = tf.Graph()
  with graph.as_default():
    start = _v1.placeholder(tf.float32, [2], 'start')
    with tf.device('/cpu:0'):
      placed = tf.multiply(start, 2.0, name='placed')
    with _v1.colocate_with(placed), tf.control_dependencies([placed]):
      beside = tf.add(placed, 1.0, name='beside')
    _v1.while_loop(
      lambda value: tf.reduce_sum(value) < 100.0,
      lambda value: value * value,
      [beside],
      name='loop',
    )
  return graph.as_graph_def()


def _imported(graph, definition):
  with graph.as_default():
    value = tf.constant([1.0, 2.0], name='given')
    for scope in ('one', 'two'):
      tf.import_graph_def(definition, {'start': value}, name=scope)
      value = graph.get_tensor_by_name(f'{scope}/placed:0')
  return graph


@pytest.fixture(name='graphs')
def _graphs():
  """One definition imported into our kind of graph, and TensorFlow's."""
  definition = _definition()
  return [
    _imported(graph, definition)
    for graph in (networks.ImportedGraph(), tf.Graph())
  ]


def test_it_is_the_same_graph(graphs):
  one, other = graphs
  assert one.as_graph_def() == other.as_graph_def()
  names = [[op.name for op in graph.get_operations()] for graph in graphs]
  assert names[0] == names[1]


def test_what_uses_a_tensor_is_found(graphs):
  users = graphs[0].get_tensor_by_name('one/placed:0').consumers()
  assert 'two/placed' in {op.name for op in users}


def test_it_computes(graphs):
  for graph in graphs:
    with _v1.Session(graph=graph) as session:
      beside, looped = session.run(['two/beside:0', 'one/loop/Identity_2:0'])
    np.testing.assert_array_equal(beside, [5.0, 9.0])
    np.testing.assert_array_equal(looped, [81.0, 625.0])
