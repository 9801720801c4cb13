"""What a checkpoint says of itself is checked before TensorFlow believes it."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

from exporter import errors
from exporter.checkpoints import prefixes
from exporter.checkpoints import reader as reader_lib
from tests import checkpoints_made as checkpoints
from tests.checkpoints import tables_made


def _open(prefix: pathlib.Path) -> reader_lib.Reader:
  return reader_lib.Reader(prefixes.files_at(prefix))


def _refused(prefix: pathlib.Path) -> str:
  with pytest.raises(errors.CheckpointError) as raised:
    _open(prefix)
  message = str(raised.value)
  assert message.startswith(f'checkpoint {prefix} cannot be read: ')
  assert message.endswith(reader_lib.DOWNLOAD)
  return message


def test_what_is_wrong_with_an_index_is_said(tmp_path):
  """TensorFlow would end the process."""
  entries = {'a': tables_made.entry([-1])}
  message = _refused(tables_made.write_index(tmp_path / 'x', entries))
  assert 'its index is damaged: a has the shape [-1]; expected x' in message


def test_an_entry_that_is_in_order_is_read(tmp_path):
  """The table is well-formed, so that it is the entries that are refused."""
  entry = tables_made.entry(crc32c=0xA8637384)
  reader = _open(tables_made.write_index(tmp_path / 'x', {'a': entry}))
  assert (reader.shapes, reader.dtypes) == ({'a': (1,)}, {'a': 'float32'})


def test_a_tensor_that_would_fill_the_memory_is_not_read(tmp_path):
  entry = tables_made.entry([2**33], size=4)
  reader = _open(tables_made.write_index(tmp_path / 'x', {'a': entry}))
  with pytest.raises(reader_lib.UnreadableError, match='34,359,738,368 bytes'):
    reader.read('a')


def test_a_tensor_is_no_larger_than_its_file(tmp_path):
  entry = tables_made.entry([2**27], size=4)
  new = _open(tables_made.write_index(tmp_path / 'x', {'a': entry}))
  old = _open(tables_made.write_old(tmp_path / 'y', [2**27]))
  for reader in (new, old):
    with pytest.raises(reader_lib.UnreadableError, match='bytes in all'):
      reader.read('a')


@pytest.mark.parametrize(
  'fields',
  [
    {'shape': [-1]},
    {'shape': [2**62]},
    {'shape': [2**32, 2**32]},
    {'shape': [1] * 1000},
    {'dtype': 0},
    {'dtype': 999},
  ],
)
def test_an_old_file_of_no_tensor_is_refused(tmp_path, fields):
  _refused(tables_made.write_old(tmp_path / 'x', **fields))


def test_a_variable_that_was_saved_in_parts(tmp_path):
  """As the variables of a partitioner are."""
  halves = np.arange(6, dtype=np.float32).reshape(2, 3)
  tf.raw_ops.SaveV2(
    prefix=str(tmp_path / 'x'),
    tensor_names=['a', 'a'],
    shape_and_slices=['4 3 0,2:0,3', '4 3 2,2:0,3'],
    tensors=[tf.constant(halves), tf.constant(halves + 6)],
  )
  reader = _open(tmp_path / 'x')
  assert reader.shapes == {'a': (4, 3)}
  whole = np.arange(12, dtype=np.float32).reshape(4, 3)
  np.testing.assert_array_equal(reader.read('a'), whole)


def test_a_checkpoint_of_objects_with_texts_and_empty_tensors(tmp_path):
  saved = tf.train.Checkpoint(
    a=tf.Variable(tf.zeros([0, 5])), b=tf.Variable(['x', 'y']), c=tf.Variable(1)
  )
  prefix = pathlib.Path(saved.write(str(tmp_path / 'x')))
  reader = _open(prefix)
  assert (0, 5) in reader.shapes.values()
  assert 'string' in reader.dtypes.values()


@pytest.mark.parametrize('name', ['a[1]', 'a*', 'a?', 'a\\b'])
def test_a_path_that_tensorflow_takes_for_a_pattern_is_named(tmp_path, name):
  prefix = checkpoints.write(tmp_path / 'x', {'a': np.zeros([1], np.float32)})
  for path in list(tmp_path.iterdir()):
    path.rename(path.with_name(name + path.name.removeprefix(prefix.name)))
  with pytest.raises(errors.CheckpointError, match='for a pattern; give it'):
    _open(tmp_path / name)
