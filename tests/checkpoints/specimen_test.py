"""A file of weights gives its names, shapes and values, or says why not."""

import numpy as np
import pytest
import tensorflow as tf

from exporter import errors
from exporter.checkpoints import specimen
from tests import checkpoints_made as checkpoints
from tests import frozen_graphs
from tests import tiny_network


@pytest.mark.parametrize(
  ('old_format', 'kind'), [(False, specimen.NEW), (True, specimen.OLD)]
)
def test_a_checkpoint_of_either_format(tmp_path, old_format, kind):
  tensors = tiny_network.tensors()
  prefix = checkpoints.write(tmp_path / 'a.ckpt', tensors, old_format)
  found = specimen.of_checkpoint(prefix, 'mine')
  assert (found.name, found.path, found.kind) == ('mine', 'mine', kind)
  assert found.shapes == {key: t.shape for key, t in tensors.items()}
  assert set(found.dtypes.values()) == {'float32'}
  for key, tensor in tensors.items():
    np.testing.assert_array_equal(found.read(key), tensor)


def test_a_frozen_graph_has_its_variables_and_the_size_of_its_images():
  tensors = tiny_network.tensors()
  found = specimen.of_frozen_graph(frozen_graphs.make(tensors), 'mine')
  assert found.kind == specimen.FROZEN
  assert found.size == 32
  assert found.shapes == {key: t.shape for key, t in tensors.items()}
  for key, tensor in tensors.items():
    np.testing.assert_array_equal(found.read(key), tensor)


def test_a_damaged_index_is_named(tmp_path):
  prefix = checkpoints.write(tmp_path / 'a.ckpt', tiny_network.tensors())
  prefix.with_name('a.ckpt.index').write_bytes(b'nothing')
  with pytest.raises(errors.CheckpointError, match=r'mine cannot be read: .*'):
    specimen.of_checkpoint(prefix, 'mine')


def test_a_damaged_tensor_is_named(tmp_path):
  prefix = checkpoints.write(tmp_path / 'a.ckpt', tiny_network.tensors())
  (data,) = tmp_path.glob('*.data-*')
  data.write_bytes(bytes(data.stat().st_size))
  found = specimen.of_checkpoint(prefix, 'mine')
  name = 'Tiny/Conv2d_0/weights'
  with pytest.raises(errors.CheckpointError, match=f'{name} in mine cannot'):
    found.read(name)


def test_ranges_for_rounding_are_kept_though_single_numbers():
  graph = tf.compat.v1.GraphDef()
  for name in ('a/act_quant/min', 'a/epsilon'):
    node = graph.node.add(name=name, op='Const')
    node.attr['dtype'].type = tf.float32.as_datatype_enum
    node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(1.0))
  found = specimen.of_frozen_graph(graph.SerializeToString(), 'mine')
  assert list(found.shapes) == ['a/act_quant/min']


def test_what_is_no_graph_is_refused():
  with pytest.raises(errors.CheckpointError, match='mine cannot be read'):
    specimen.of_frozen_graph(b'no graph at all', 'mine')
