"""What of a graph depends on a tensor, and what need not be computed again."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.proof import lateness
from exporter.proof import parts
from exporter.proof import session
from tests.proof import some_values

_MOMENTUM = ('step/momentum:0',)


def _step():
  """A step whose batch is the mean of images and something random.

  So whoever computes the batch twice has two results.
  """
  graph = tf.Graph()
  with graph.as_default():
    images = tf.compat.v1.placeholder(tf.float32, [2], 'images')
    momentum = tf.compat.v1.placeholder_with_default(0.5, [], 'momentum')
    noise = tf.random.uniform([1], name='noise')
    batch = tf.add(tf.reduce_mean(images), noise, 'batch')
    handle = tf.raw_ops.VarHandleOp(
      dtype=tf.float32, shape=[1], shared_name='it', name='it'
    )
    old = tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)
    moved = momentum * old + (1 - momentum) * batch
    tf.identity(moved, 'moved')
    tf.raw_ops.AssignVariableOp(resource=handle, value=moved, name='update')
  return graph.as_graph_def()


@pytest.fixture(name='opened')
def _opened():
  definition = _step()
  return session.Session(
    [
      parts.Part(definition, 'step'),
      parts.restoring({'key': 'step/it:0'}),
      parts.restoring({'key': 'step/it:0'}, parts.RENEW),
      parts.reading({'it': 'step/it:0'}),
    ]
  )


def _update(opened, feeds, late=_MOMENTUM):
  """Runs a step; returns its batch, and the variable after it."""
  values = opened.update(
    ['step/batch:0', 'step/moved:0'], ['step/update'], feeds, late
  )
  after = opened.values(['it'])['it']
  np.testing.assert_array_equal(values['step/moved:0'], after)
  return values['step/batch:0'], after


def test_what_depends_on_a_tensor_and_what_that_takes():
  graph = tf.Graph()
  with graph.as_default():
    tf.import_graph_def(_step(), name='step')
  dependence = lateness.find(graph, _MOMENTUM)
  assert {'step/momentum:0', 'step/moved:0'} <= dependence.late
  assert dependence.late.isdisjoint(
    {'step/batch:0', 'step/images:0', 'step/it:0'}
  )
  assert 'step/batch:0' in dependence.border
  assert dependence.late.isdisjoint(dependence.border)
  assert 'step/it:0' not in dependence.border  # A handle cannot be fed.


def test_a_step_with_another_momentum_has_the_same_batch(opened, tmp_path):
  values, images = some_values.write(tmp_path, 8), np.array([1, 3], np.float32)
  opened.restore(values)
  batch, after = _update(opened, {'step/images:0': images})
  np.testing.assert_allclose(after, (8 + batch) / 2)
  opened.restore(values)
  feeds = {'step/images:0': images, 'step/momentum:0': 0.75}
  again, after = _update(opened, feeds)
  np.testing.assert_array_equal(again, batch)
  np.testing.assert_allclose(after, (3 * 8 + batch) / 4)


def test_whatever_else_changes_is_computed_again(opened, tmp_path):
  values, images = (
    some_values.write(tmp_path / '1', 8),
    np.array([1, 3], np.float32),
  )
  other, feeds = some_values.write(tmp_path / '2', 4), {'step/images:0': images}
  batches = []

  def update(values, feeds, late=_MOMENTUM):
    opened.restore(values)
    batches.append(float(_update(opened, feeds, late)[0][0]))

  update(values, feeds)
  update(values, {'step/images:0': images.copy()})
  update(values, feeds)
  update(other, feeds)
  update(values, feeds)
  batches.append(float(_update(opened, feeds)[0][0]))  # It was updated.
  update(values, feeds)
  update(values, {**feeds, 'step/momentum:0': 0.5}, ())
  assert len(set(batches)) == len(batches) == 8


def test_other_tensors_may_be_late_the_next_time(opened, tmp_path):
  values, images = some_values.write(tmp_path, 8), np.array([1, 3], np.float32)
  opened.restore(values)
  tensors, updates = ['step/batch:0', 'step/moved:0'], ['step/update']
  # Nothing is late, so that even what the momentum decides may be kept.
  opened.update(tensors, updates, {'step/images:0': images}, ())
  opened.restore(values)
  feeds = {'step/images:0': images, 'step/momentum:0': 0.75}
  batch, after = _update(opened, feeds)
  np.testing.assert_allclose(after, (3 * 8 + batch) / 4)
