"""What is computed eagerly is so anywhere, and touches no graph around it."""

import pytest
import tensorflow as tf

from exporter import eager


@pytest.fixture(name='graph')
def _graph():
  graph = tf.Graph()
  with graph.as_default():
    yield graph


def test_a_computation_within_a_graph_is_done_at_once(graph):
  with eager.eagerly():
    assert float(tf.constant(1.0) + 2.0) == 3.0
  assert not tf.executing_eagerly()
  assert not graph.get_operations()


def test_items_are_made_eagerly_and_taken_as_before(graph):
  def make():
    for number in (1.0, None, 2.0):
      assert tf.executing_eagerly()
      yield number and float(tf.constant(number))

  taken = []
  for item in eager.each(make()):
    assert not tf.executing_eagerly()
    taken.append(item)
  assert taken == [1.0, None, 2.0]
  assert not graph.get_operations()


def test_the_mode_is_back_after_an_error(graph):
  def fail():
    yield 1
    raise ValueError('broken')

  items = eager.each(fail())
  assert next(items) == 1
  with pytest.raises(ValueError, match='broken'):
    next(items)
  assert not tf.executing_eagerly()
  assert not graph.get_operations()


def test_what_is_left_early_is_closed():
  closed = []

  def make():
    try:
      yield 1
      yield 2
    finally:
      closed.append(True)

  items = eager.each(make())
  next(items)
  items.close()
  assert closed
