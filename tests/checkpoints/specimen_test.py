"""A file of weights gives its names, shapes and values, or says why not."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from exporter import errors
from exporter.checkpoints import prefixes
from exporter.checkpoints import specimen
from tests import checkpoints_made as checkpoints
from tests import frozen_graphs
from tests import tiny_network


def _called_mine(prefix: pathlib.Path) -> prefixes.Files:
  return prefixes.Files(prefix, prefix.name, 'mine')


@pytest.mark.parametrize(
  ('old_format', 'kind'), [(False, specimen.NEW), (True, specimen.OLD)]
)
def test_a_checkpoint_of_either_format(tmp_path, old_format, kind):
  tensors = tiny_network.tensors()
  prefix = checkpoints.write(tmp_path / 'a.ckpt', tensors, old_format)
  weights_file = specimen.of_checkpoint(_called_mine(prefix))
  assert (weights_file.name, weights_file.path, weights_file.kind) == (
    'mine',
    'mine',
    kind,
  )
  assert weights_file.shapes == {key: t.shape for key, t in tensors.items()}
  assert set(weights_file.dtypes.values()) == {'float32'}
  for key, tensor in tensors.items():
    np.testing.assert_array_equal(weights_file.read(key), tensor)


def test_a_frozen_graph_has_its_variables_and_the_size_of_its_images():
  tensors = tiny_network.tensors()
  weights_file = specimen.of_frozen_graph(frozen_graphs.make(tensors), 'mine')
  assert weights_file.kind == specimen.FROZEN
  assert weights_file.size == 32
  assert weights_file.shapes == {key: t.shape for key, t in tensors.items()}
  for key, tensor in tensors.items():
    np.testing.assert_array_equal(weights_file.read(key), tensor)


def test_a_damaged_index_is_named(tmp_path):
  prefix = checkpoints.write(tmp_path / 'a.ckpt', tiny_network.tensors())
  prefix.with_name('a.ckpt.index').write_bytes(b'nothing')
  with pytest.raises(errors.CheckpointError, match=r'mine cannot be read: .*'):
    specimen.of_checkpoint(_called_mine(prefix))


def test_a_damaged_tensor_is_named(tmp_path):
  prefix = checkpoints.write(tmp_path / 'a.ckpt', tiny_network.tensors())
  (data,) = tmp_path.glob('*.data-*')
  data.write_bytes(bytes(data.stat().st_size))
  weights_file = specimen.of_checkpoint(_called_mine(prefix))
  name = 'Tiny/Conv2d_0/weights'
  with pytest.raises(errors.CheckpointError, match=f'{name} in mine cannot'):
    weights_file.read(name)


def test_ranges_for_rounding_are_kept_though_single_numbers():
  graph = tf.compat.v1.GraphDef()
  for name in ('a/act_quant/min', 'a/epsilon'):
    node = graph.node.add(name=name, op='Const')
    node.attr['dtype'].type = tf.float32.as_datatype_enum
    node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(1.0))
  weights_file = specimen.of_frozen_graph(graph.SerializeToString(), 'mine')
  assert list(weights_file.shapes) == ['a/act_quant/min']


def _constants(**fields) -> bytes:
  """A frozen graph of one constant that is not what it says."""
  tensor = tensor_pb2.TensorProto(dtype=1, **fields.pop('fields', {}))
  for size in fields.pop('shape', [2]):
    tensor.tensor_shape.dim.add(size=size)
  graph = tf.compat.v1.GraphDef()
  node = graph.node.add(name='a\x1b[2J', op='Const')
  node.attr['dtype'].type = fields.get('dtype', 1)
  node.attr['value'].tensor.CopyFrom(tensor)
  return graph.SerializeToString()


@pytest.mark.parametrize(
  'shape', [[2**33], [-1], [2**62, 2**62], [-(2**40), 4], [2**20] * 40]
)
def test_a_constant_that_would_fill_the_memory_is_refused(shape):
  graph = _constants(shape=shape, fields={'float_val': [1.0]})
  assert len(graph) < 1000
  with pytest.raises(errors.CheckpointError, match='at most 268,435,456') as e:
    specimen.of_frozen_graph(graph, 'mine')
  assert '\x1b' not in str(e.value)


@pytest.mark.parametrize(
  'how',
  [
    {'fields': {'tensor_content': b'abc'}},
    {'fields': {'float_val': [1.0, 2.0, 3.0]}},
    {'fields': {'tensor_content': bytes(12)}},
  ],
)
def test_a_constant_whose_values_do_not_fit_is_damage(how):
  weights_file = specimen.of_frozen_graph(_constants(**how), 'mine')
  (key,) = weights_file.shapes
  with pytest.raises(errors.CheckpointError, match='in mine cannot be read'):
    weights_file.read(key)


def test_a_constant_of_an_unknown_kind_is_left_out():
  graph = tf.compat.v1.GraphDef.FromString(_constants(dtype=999))
  graph.node[0].attr['value'].tensor.dtype = 999
  assert not specimen.of_frozen_graph(graph.SerializeToString(), 'x').shapes


@pytest.mark.parametrize('height', [-1, -5, 2**40])
def test_an_input_without_a_height_tells_no_size(height):
  graph = tf.compat.v1.GraphDef()
  node = graph.node.add(name='input', op='Placeholder')
  for size in (-1, height, height, 3):
    node.attr['shape'].shape.dim.add(size=size)
  assert specimen.of_frozen_graph(graph.SerializeToString(), 'x').size is None


def test_what_is_no_graph_is_refused():
  with pytest.raises(errors.CheckpointError, match='mine cannot be read'):
    specimen.of_frozen_graph(b'no graph at all', 'mine')
