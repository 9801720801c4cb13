"""Graphs that fill variables from a file, and that read them."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.proof import parts


@pytest.fixture(name='handle')
def _handle():
  graph = tf.compat.v1.GraphDef()
  node = graph.node.add(name='it', op='VarHandleOp')
  node.attr['dtype'].type = tf.float32.as_datatype_enum
  node.attr['shape'].shape.dim.add(size=2)
  node.attr['shared_name'].s = b'it'
  return parts.Part(graph, 'scope')


@pytest.mark.parametrize('scope', [parts.RESTORE, parts.RENEW])
def test_a_variable_is_filled_by_its_key_and_read_by_its_name(
  handle, tmp_path, scope
):
  prefix = str(tmp_path / 'variables')
  tf.raw_ops.SaveV2(
    prefix=prefix,
    tensor_names=['key'],
    shape_and_slices=[''],
    tensors=[tf.constant([1.0, 3.0])],
  )
  tensor_name = 'scope/it:0'
  wanted = [
    handle,
    parts.restoring({'key': tensor_name}, scope),
    parts.reading({'a/b': tensor_name}),
  ]
  with tf.Graph().as_default() as live:
    for part in wanted:
      inputs = {
        name: live.get_tensor_by_name(tensor)
        for name, tensor in part.inputs.items()
      }
      tf.import_graph_def(part.definition, inputs, name=part.scope)
  with tf.compat.v1.Session(graph=live) as session:
    op, filename = parts.ends(scope)
    session.run(op, {filename: prefix})
    assert session.run('value/a/b:0').tolist() == [1, 3]


def test_nothing_is_filled_where_there_is_nothing():
  part = parts.restoring({}, parts.RENEW)
  with tf.Graph().as_default() as live:
    tf.import_graph_def(part.definition, name=part.scope)
  with tf.compat.v1.Session(graph=live) as session:
    op, filename = parts.ends(parts.RENEW)
    session.run(op, {filename: 'no/file'})


def test_a_comparable_graph_takes_images_of_any_size_and_draws_the_same():
  with tf.Graph().as_default() as live:
    images = tf.compat.v1.placeholder(tf.float32, [None, 4], 'images')
    tf.nn.dropout(images, 0.5, name='dropped')
  part = parts.Part(live.as_graph_def(), 'scope')
  assert dict(parts.declared(part)) == {'scope/images:0': [None, 4]}
  comparable = parts.comparable(part)
  assert not dict(parts.declared(comparable))
  with tf.Graph().as_default() as live:
    tf.import_graph_def(comparable.definition, name='')
  with tf.compat.v1.Session(graph=live) as session:
    feeds = {'images:0': np.ones([9, 7], np.float32)}
    once, again = (session.run('dropped/SelectV2:0', feeds) for _ in range(2))
  np.testing.assert_array_equal(once, again)
  assert dict(parts.declared(part))  # Which nobody has changed.
