"""An index is parsed as TensorFlow does, and refused where it would not."""

import contextlib
import pathlib
import random

import numpy as np
import pytest
from tensorflow.core.framework import tensor_slice_pb2

from exporter.checkpoints import index
from tests import checkpoints_made as checkpoints
from tests.checkpoints import tables_made


def _parse(prefix: pathlib.Path) -> tuple[index.Entries, int]:
  return index.parse(prefix.with_name(f'{prefix.name}.index').read_bytes())


def _refused(prefix: pathlib.Path) -> str:
  with pytest.raises(index.DamagedError) as raised:
    _parse(prefix)
  return str(raised.value)


def test_what_tensorflow_wrote_is_parsed(tmp_path):
  tensors = {
    f'layer_{number}/weights': np.zeros([number, 3], np.float32)
    for number in range(2000)  # Of several blocks.
  }
  entries, shards = _parse(checkpoints.write(tmp_path / 'x', tensors))
  shapes = {name: index.shape_of(entry) for name, entry in entries.items()}
  assert shapes == {name: tensor.shape for name, tensor in tensors.items()}
  assert shards == 1


@pytest.mark.parametrize('seed', range(200))
def test_noise_is_at_most_one_error(tmp_path, seed):
  tensors = {'a': np.zeros([3], np.float32), 'b': np.zeros([3], np.float32)}
  prefix = checkpoints.write(tmp_path / 'x', tensors)
  data = bytearray(prefix.with_name('x.index').read_bytes())
  noise = random.Random(seed)
  for _ in range(noise.randrange(1, 4)):
    data[noise.randrange(len(data))] = noise.randrange(256)
  with contextlib.suppress(index.DamagedError):
    index.parse(bytes(data))


def _part(start: int, length: int) -> tensor_slice_pb2.TensorSliceProto:
  part = tensor_slice_pb2.TensorSliceProto()
  part.extent.add(start=start, length=length)
  return part


_HOSTILE = {
  'negative': ({'shape': [-1]}, 'a has the shape [-1]'),
  'overflow': ({'shape': [2**32, 2**32]}, 'a has the shape ['),
  'overflow before nothing': ({'shape': [2**62, 4, 0]}, 'a has the shape ['),
  'rank': ({'shape': [1] * 1000}, 'a has 1000 dimensions'),
  'no dtype': ({'dtype': 0}, 'a has the unknown dtype 0'),
  'unknown dtype': ({'dtype': 999}, 'a has the unknown dtype 999'),
  'reference': ({'dtype': 101}, 'a has the unknown dtype 101'),
  'part outside': (
    {'slices': [_part(0, 2)]},
    'a has a part outside of its shape',
  ),
  'part before': (
    {'slices': [_part(-1, 1)]},
    'a has a part outside of its shape',
  ),
  'part of rank 1': (
    {'shape': [1, 1], 'slices': [_part(0, 1)]},
    'a has a part outside of its shape',
  ),
}


@pytest.mark.parametrize(('fields', 'says'), _HOSTILE.values(), ids=_HOSTILE)
def test_an_entry_of_no_tensor_is_refused(tmp_path, fields, says):
  entries = {'a': tables_made.entry(**fields)}
  assert says in _refused(tables_made.write_index(tmp_path / 'x', entries))


@pytest.mark.parametrize(
  ('entries', 'how', 'says'),
  [
    ('ba', {}, 'its keys are not in order'),
    ('a', {'restart': 3}, 'it names places where no key begins'),
    ('a', {'restart': 2**31}, 'it names places where no key begins'),
    ('a', {'compression': 1}, 'a block of it is compressed'),
  ],
)
def test_a_table_that_could_be_read_in_two_ways(tmp_path, entries, how, says):
  protos = {key: tables_made.entry() for key in entries}
  assert says in _refused(
    tables_made.write_index(tmp_path / 'x', protos, **how)
  )
