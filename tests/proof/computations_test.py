"""Parts of a graph are computed by name, as `Session.run` computes them."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.proof import computations

_v1 = tf.compat.v1


@pytest.fixture(name='session')
def _session():
  """A session whose graph scales a number, counts in `add` and has a text."""
  graph = tf.Graph()
  with graph.as_default():
    images = _v1.placeholder(tf.float32, [None], 'images')
    factor = _v1.placeholder_with_default(2.0, [], 'factor')
    tf.multiply(images, factor, name='scaled')
    handle = tf.raw_ops.VarHandleOp(
      dtype=tf.float32, shape=[], shared_name='count'
    )
    tf.raw_ops.AssignVariableOp(resource=handle, value=0.0, name='begin')
    tf.raw_ops.AssignAddVariableOp(resource=handle, value=1.0, name='add')
    tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32, name='count')
    tf.strings.length(_v1.placeholder(tf.string, [], 'text'), name='length')
  with _v1.Session(graph=graph) as session:
    yield session


_IMAGES = np.array([1, 3], np.float32)


def test_it_computes_what_the_session_does(session):
  computing = computations.Computations(session)
  for feeds in (
    {'images:0': _IMAGES},
    {'images:0': _IMAGES, 'factor:0': 0.1},  # A number of Python's.
    {'images:0': _IMAGES[:1], 'factor:0': np.float32(7)},
    {'factor:0': 0.1, 'images:0': _IMAGES},  # In another order.
  ):
    (scaled,) = computing.compute(['scaled:0'], (), feeds).values()
    np.testing.assert_array_equal(scaled, session.run('scaled:0', feeds))
    assert scaled.dtype == np.float32


def test_ops_run_at_each_call_and_before_what_comes_after(session):
  computing = computations.Computations(session)
  computing.compute([], ['begin'])
  for times in (1, 2, 3):
    assert computing.compute([], ['add']) == {}
    assert computing.compute(['count:0']) == {'count:0': times}


def test_a_text_may_be_fed(session):
  computing = computations.Computations(session)
  feeds = {'text:0': 'naïve'}
  assert computing.compute(['length:0'], (), feeds) == {'length:0': 6}


def test_a_tensor_may_be_asked_for_twice(session):
  answers = computations.Computations(session).compute(
    ['scaled:0', 'factor:0', 'scaled:0'], (), {'images:0': _IMAGES}
  )
  assert list(answers) == ['scaled:0', 'factor:0']


def test_what_is_fed_is_no_answer(session):
  computing = computations.Computations(session)
  with pytest.raises(tf.errors.InvalidArgumentError, match='images'):
    computing.compute(['images:0'], (), {'images:0': _IMAGES})


def test_nothing_may_be_asked_for(session):
  assert computations.Computations(session).compute([]) == {}


def test_what_is_not_there_is_named(session):
  computing = computations.Computations(session)
  with pytest.raises(tf.errors.InvalidArgumentError, match='nowhere'):
    computing.compute(['nowhere:0'])
  with pytest.raises(tf.errors.OpError, match='images'):
    computing.compute(['scaled:0'])  # Without what must be fed.
