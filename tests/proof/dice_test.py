"""A graph of chance becomes one that always draws the same."""

import numpy as np
import tensorflow as tf

from exporter.proof import dice

_v1 = tf.compat.v1


def _run(definition, fetch, feeds):
  with tf.Graph().as_default() as graph:
    tf.import_graph_def(definition, name='')
  with _v1.Session(graph=graph) as session:
    return [session.run(fetch, feeds) for _ in range(2)]


def _dropout():
  """A graph with dropout on images of any size."""
  with tf.Graph().as_default() as graph:
    images = _v1.placeholder(tf.float32, [None, None], 'images')
    tf.nn.dropout(images, 0.3, name='dropped')
  return graph.as_graph_def()


def _dropped(definition, shape):
  feeds = {'images:0': np.ones(shape, np.float32)}
  return _run(definition, 'dropped/SelectV2:0', feeds)


def test_a_fixed_graph_draws_what_is_said():
  definition = _dropout()
  once, again = _dropped(definition, (20, 30))
  assert not np.array_equal(once, again)
  dice.fix(definition)
  for shape in ((20, 30), (7, 5)):
    once, again = _dropped(definition, shape)
    np.testing.assert_array_equal(once, again)
    kept = dice.draw(shape) >= np.float32(0.3)
    np.testing.assert_array_equal(once != 0, kept)
    assert 0 < kept.mean() < 1


def test_numbers_are_those_of_dropout():
  numbers = dice.draw([100, 100])
  assert numbers.dtype == np.float32
  assert 0 <= numbers.min() < 0.001
  assert 0.999 < numbers.max() < 1
  assert np.isclose(numbers.mean(), 0.5, atol=0.01)


def test_a_graph_without_chance_stays_as_it_is():
  with tf.Graph().as_default() as graph:
    tf.nn.relu(_v1.placeholder(tf.float32, [None]))
  definition = graph.as_graph_def()
  before = definition.SerializeToString(deterministic=True)
  dice.fix(definition)
  assert definition.SerializeToString(deterministic=True) == before
