"""That a session holds graphs that share variables, and restores them.

And that artifacts share a session only if their graphs are equal.
"""

import shutil

import numpy as np
import pytest
import tensorflow as tf

from exporter.proof import parts
from exporter.proof import session
from exporter.proof import stranger
from exporter.proof import tf1_session
from exporter.proof import tf2_session
from tests import artifacts_made as artifacts
from tests.proof import some_values

_NAME = f'{artifacts.TINY}/feature_vector/3'


def _doubling():
  """A graph that doubles a variable whenever `double` is run."""
  graph = tf.Graph()
  with graph.as_default():
    handle = tf.raw_ops.VarHandleOp(
      dtype=tf.float32, shape=[2], shared_name='it', name='it'
    )
    value = tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)
    tf.raw_ops.AssignVariableOp(resource=handle, value=2 * value, name='double')
  return graph.as_graph_def()


def _parts(definition=None):
  """Two graphs that share the variable, and what restores and reads it."""
  graph = definition or _doubling()
  return [
    *(parts.Part(graph, scope) for scope in ('one', 'other')),
    parts.restoring({'key': 'one/it:0'}),
    parts.restoring({'key': 'one/it:0'}, parts.RENEW),
    parts.reading({'its/name': 'other/it:0'}),
  ]


def _value(opened):
  return opened.values(['its/name'])['its/name']


def test_a_variable_is_restored_read_and_restored_again(tmp_path):
  values = some_values.write(tmp_path, 1, 3)
  opened = session.Session(_parts())
  opened.restore(values)
  opened.update([], ['other/double'], {}, ())
  opened.hold(values)  # Which says nothing of updates.
  np.testing.assert_array_equal(_value(opened), [2, 6])
  opened.restore(values)
  np.testing.assert_array_equal(_value(opened), [1, 3])


def test_artifacts_of_equal_graphs_share_a_session_and_no_values(tmp_path):
  first, second = (
    some_values.write(tmp_path / '1', 1, 3),
    some_values.write(tmp_path / '2', 5, 7),
  )
  opened = session.opened(_parts(), first)
  assert session.opened(_parts(), second) is opened
  for values, numbers in ((first, [1, 3]), (second, [5, 7]), (first, [1, 3])):
    opened.hold(values)
    np.testing.assert_array_equal(_value(opened), numbers)
    opened.update([], ['one/double'], {}, ())


def test_a_file_that_cannot_be_read_leaves_no_values_to_anybody(tmp_path):
  first, second = (
    some_values.write(tmp_path / '1', 1, 3),
    some_values.write(tmp_path / '2', 5, 7),
  )
  opened = session.opened(_parts(), first)
  opened.hold(first)
  shutil.rmtree(tmp_path / '2')
  with pytest.raises(tf.errors.NotFoundError):
    opened.hold(second)
  with pytest.raises(tf.errors.NotFoundError):
    opened.hold(second)
  opened.hold(first)
  np.testing.assert_array_equal(_value(opened), [1, 3])


def test_other_graphs_have_a_session_of_their_own(tmp_path):
  values = some_values.write(tmp_path, 1, 3)
  opened = session.opened(_parts(), values)
  tripling = _doubling()
  (factor,) = (node for node in tripling.node if node.op == 'Const')
  factor.attr['value'].tensor.float_val[:] = [3]
  others = [
    _parts(tripling),
    _parts()[:-1],
    [*_parts(), parts.Part(_doubling(), 'third')],
    [*_parts()[:-1], parts.reading({'its/name': 'one/it:0'})],
  ]
  for other in others:
    assert session.opened(other, values) is not opened
  other = session.opened(others[0], values)
  other.hold(values)
  other.update([], ['one/double'], {}, ())
  np.testing.assert_array_equal(_value(other), [3, 9])


def test_a_session_of_many_values_is_not_kept(tmp_path, monkeypatch):
  values = some_values.write(tmp_path, 1, 3)
  assert session.opened(_parts(), values) is session.opened(_parts(), values)
  monkeypatch.setattr(session, '_MOST_BYTES', values.bytes - 1)
  one, other = (session.opened(_parts(), values) for _ in range(2))
  assert one is not other


def test_the_program_is_read():
  model = session.read(artifacts.folder(_NAME))
  assert [set(m.meta_info_def.tags) for m in model.meta_graphs] == [
    set(),
    {'train'},
  ]
  signature = model.meta_graphs[0].signature_def['default']
  shape = session.shape(signature.inputs['images'].tensor_shape)
  assert shape == (None, None, None, 3)


@pytest.mark.parametrize(
  ('read', 'name'),
  [
    (tf1_session.SessionTf1, 'feature_vector/3'),
    (tf2_session.SessionTf2, 'classification/5'),
  ],
)
def test_two_sizes_of_a_network_share_a_session(read, name):
  one, other = (
    read(artifacts.folder(f'{model}/{name}'))
    for model in ('mobilenet_v2_035_96', 'mobilenet_v2_035_128')
  )
  assert one._session is other._session
  for reading, side in ((one, 96), (other, 128)):
    # Each takes what its own graphs declare, whoever opened the session.
    images = np.zeros([1, side, side, 3], np.float32)
    calls = list(reading.infer(images))
    assert {c.shapes[stranger.IMAGES] for c in calls} == {(None, side, side, 3)}


def test_a_module_takes_no_more_than_its_graph_declares():
  one, other = (
    tf1_session.SessionTf1(artifacts.folder(f'{model}/feature_vector/3'))
    for model in ('mobilenet_v2_035_96', 'mobilenet_v2_035_128')
  )
  images = np.zeros([1, 128, 128, 3], np.float32)
  assert list(other.infer(images))
  with pytest.raises(ValueError, match='Cannot feed value of shape'):
    list(one.infer(images))
