"""Constants as bytes, rounded as a kind says, in files of 4 MiB."""

import numpy as np
import pytest

from exporter.artifacts import tfjs_weights

_KERNEL = np.linspace(-1, 1, 255, dtype=np.float32).reshape(3, 5, 17)
_VALUES: dict[str, np.ndarray] = {
  'kernel': _KERNEL,
  'bias': np.array([0.1, 1e-9], np.float32),
  'axes': np.array([1, 2], np.int32),
  'one': np.array(1.0, np.float32),
}


@pytest.mark.parametrize(
  ('name', 'bytes_each', 'facts'),
  [
    ('float32', 4, None),
    ('float16', 2, {'dtype': 'float16', 'original_dtype': 'float32'}),
    (
      'uint8',
      1,
      {
        'dtype': 'uint8',
        'original_dtype': 'float32',
        'min': -1.0,
        'scale': 1 / 127,
      },
    ),
  ],
)
def test_only_kernels_are_rounded(name, bytes_each, facts):
  specs, data = tfjs_weights.encode(_VALUES, ['kernel'], name)
  assert [spec['name'] for spec in specs] == [*_VALUES]
  assert [spec.get('quantization') for spec in specs] == [facts, *[None] * 3]
  assert [spec['dtype'] for spec in specs] == [
    *('float32', 'float32', 'int32', 'float32')
  ]
  assert specs[-1]['shape'] == []
  kernel = _KERNEL.size * bytes_each
  assert len(data) == kernel + 8 + 8 + 4
  assert np.array_equal(
    np.frombuffer(data[kernel : kernel + 8], '<f4'), _VALUES['bias']
  )


def test_8_bits_are_read_as_tensorflow_js_reads_them():
  (spec,), data = tfjs_weights.encode({'kernel': _KERNEL}, ['kernel'], 'uint8')
  facts = spec['quantization']
  decoded = np.frombuffer(data, np.uint8) * facts['scale'] + facts['min']
  assert np.max(np.abs(decoded - _KERNEL.ravel())) <= facts['scale'] / 2
  assert decoded[127] == 0  # Many weights are zero: it must be exact.


@pytest.mark.parametrize(
  ('count', 'sizes'),
  [
    (0, []),
    (1, [1]),
    (2**22, [2**22]),
    (2**23 + 1, [2**22, 2**22, 1]),
  ],
)
def test_shards_are_numbered(count, sizes):
  data = bytes(count)
  shards = tfjs_weights.shards(data)
  assert [len(part) for part in shards.values()] == sizes
  assert [*shards] == [
    f'group1-shard{number}of{len(sizes)}.bin'
    for number in range(1, len(sizes) + 1)
  ]
