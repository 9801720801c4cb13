"""That a session holds graphs that share variables, and restores them."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.proof import session
from tests import artifacts_made as artifacts

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


@pytest.fixture
def folder(tmp_path):
  """An artifact's variables: one, under another key than its name."""
  file = session.file(tmp_path)
  (tmp_path / 'variables').mkdir()
  tf.raw_ops.SaveV2(
    prefix=file,
    tensor_names=['key'],
    shape_and_slices=[''],
    tensors=[tf.constant([1.0, 3.0])],
  )
  return tmp_path


def test_a_variable_is_restored_read_and_restored_again(folder):
  opened = session.Session(folder)
  for scope in ('one', 'other'):  # They share the variable.
    opened.add(_doubling(), scope)
  opened.add_restore({'key': 'one/it:0'})
  opened.add_reads({'its/name': 'other/it:0'})
  opened.restore()
  opened.update([], ['other/double'], {})
  values = opened.values(['its/name'])
  np.testing.assert_array_equal(values['its/name'], [2, 6])
  opened.restore()
  np.testing.assert_array_equal(opened.run('value/its/name:0'), [1, 3])


def test_the_program_is_read():
  model = session.read(artifacts.folder(_NAME))
  assert [set(m.meta_info_def.tags) for m in model.meta_graphs] == [
    set(),
    {'train'},
  ]
  signature = model.meta_graphs[0].signature_def['default']
  shape = session.shape(signature.inputs['images'].tensor_shape)
  assert shape == (None, None, None, 3)
