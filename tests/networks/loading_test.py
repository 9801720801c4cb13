"""Variables have the values that are loaded, and none after `unload`."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from exporter.networks import blueprint
from exporter.networks import loading
from exporter.networks import uninitialized

_v1 = tf.compat.v1
_VALUES = {
  'scope/weights': np.array([[1.0, 2.0]], np.float32),
  'scope/mean': np.array([3.0], np.float32),
}


_VARIABLES = tuple(
  blueprint.Variable(name, value.shape, tf.float32.as_datatype_enum, True)
  for name, value in _VALUES.items()
)


@pytest.fixture(name='graph')
def _graph():
  graph = tf.Graph()
  with graph.as_default(), uninitialized.without_values():
    for name, value in _VALUES.items():
      _v1.get_variable(name, value.shape)
  return graph


def test_they_are_loaded_by_name_and_unloaded(graph):
  variables = graph.get_collection(_v1.GraphKeys.GLOBAL_VARIABLES)
  with graph.as_default():
    loader = loading.Loader(_VARIABLES)
    read = {v.op.name: v.read_value() for v in variables}
  with _v1.Session(graph=graph) as session:
    for factor in (1, 2):
      with pytest.raises(tf.errors.FailedPreconditionError):
        session.run(read)
      loader.load(session, {n: factor * v for n, v in _VALUES.items()})
      for name, value in session.run(read).items():
        np.testing.assert_array_equal(value, factor * _VALUES[name])
      loader.unload(session)
    loader.unload(session)  # Where there is nothing, nothing is wrong.


def test_updates_leave_the_loaded_arrays_alone(graph):
  values = {}
  for name, value in _VALUES.items():  # TensorFlow takes these uncopied.
    values[name] = synthetic.aligned(value.shape)
    values[name][...] = value
  variables = graph.get_collection(_v1.GraphKeys.GLOBAL_VARIABLES)
  with graph.as_default():
    loader = loading.Loader(_VARIABLES)
    updates = [v.assign_sub(tf.ones(v.shape)).op for v in variables]
    read = {v.op.name: v.read_value() for v in variables}
  with _v1.Session(graph=graph) as session:
    loader.load(session, values)
    for _ in range(2):
      session.run(updates)
    for name, value in session.run(read).items():
      np.testing.assert_array_equal(value, _VALUES[name] - 2)
  for name, value in _VALUES.items():
    np.testing.assert_array_equal(values[name], value)


def test_a_variable_without_a_tensor_is_an_error(graph):
  with graph.as_default():
    loader = loading.Loader(_VARIABLES[:1])
  with (
    _v1.Session(graph=graph) as session,
    pytest.raises(KeyError, match='scope/weights'),
  ):
    loader.load(session, {})


def test_the_graph_stays_one_of_this_tensorflow(graph):
  before = graph.as_graph_def().versions.producer
  with graph.as_default():
    loading.Loader(_VARIABLES[:1])
  assert graph.as_graph_def().versions.producer == before
  assert before == tf.version.GRAPH_DEF_VERSION
