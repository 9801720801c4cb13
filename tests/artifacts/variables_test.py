"""That the variables/ files are a checkpoint, the same each time."""

from typing import Any

import numpy as np
import tensorflow as tf

from exporter.artifacts import variables

_TENSORS: dict[str, Any] = {
  'b/weights': np.arange(6, dtype=np.float32).reshape(2, 3),
  'a/gamma': np.array(1.5, np.float32),
  'a/numbers': np.arange(3, dtype=np.int64),
  'a/numpy_scalar': np.float32(2.5),
  'a/turned': np.arange(6, dtype=np.float32).reshape(2, 3).T,
  'a/skipped': np.arange(6, dtype=np.float32)[::2],
  'a/shared': np.broadcast_to(np.float32(7.0), [2, 2]),  # Is read-only.
  'a/nothing': np.zeros([0, 3], np.float32),
  'objects': np.array(b'\x00\xff', object),
  'text': b'as a checkpoint gives it',
}


def _bytes(folder):
  return {p.name: p.read_bytes() for p in (folder / 'variables').iterdir()}


def test_tensors_come_back(tmp_path):
  variables.write_variables(tmp_path, _TENSORS)
  reader = tf.train.load_checkpoint(str(tmp_path / 'variables' / 'variables'))
  assert set(reader.get_variable_to_shape_map()) == set(_TENSORS)
  for name, value in _TENSORS.items():
    tensor = reader.get_tensor(name)
    np.testing.assert_array_equal(tensor, value)
    assert np.asarray(tensor).shape == np.shape(value)


def test_no_file_but_the_two_of_a_checkpoint(tmp_path):
  variables.write_variables(tmp_path, _TENSORS)
  assert set(_bytes(tmp_path)) == {
    'variables.data-00000-of-00001',
    'variables.index',
  }


def test_order_does_not_matter(tmp_path):
  variables.write_variables(tmp_path / 'one', _TENSORS)
  variables.write_variables(tmp_path / 'two', dict(reversed(_TENSORS.items())))
  assert _bytes(tmp_path / 'one') == _bytes(tmp_path / 'two')
