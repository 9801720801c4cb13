"""Whatever is wrong with a checkpoint is one error that says all of it."""

import random

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import checkpoint
from exporter.checkpoints import synthetic
from tests import checkpoints_made as checkpoints
from tests import oracles
from tests import tiny_network

_MODEL = tiny_network.MODEL
_NAME = 'tiny_1.0_32.ckpt'
_INDEX, _DATA = f'{_NAME}.index', f'{_NAME}.data-00000-of-00001'
_WEIGHTS = 'Tiny/Conv2d_0/weights'
_BIASES = 'Tiny/Logits/Conv2d_1c_1x1/biases'
_MEAN = 'Tiny/Conv2d_0/BatchNorm/moving_mean'
_VARIANCE = 'Tiny/Conv2d_0/BatchNorm/moving_variance'
_REPLACE = 'put the checkpoint that was trained for this model in its place'
_DOWNLOAD = 'it is damaged or incomplete; download it again'


def _refuse(folder, weights='auto', model=_MODEL, wanted=None) -> str:
  wanted = wanted or tiny_network.wanted()
  with pytest.raises(errors.CheckpointError) as raised:
    checkpoint.read_published(folder, model, wanted, weights)
  return str(raised.value)


def _problems(message: str) -> dict[str, str]:
  """The variables that an error names -> what it says of each."""
  lines = message.splitlines()[1:-1]
  return dict(
    line.removeprefix('  ').split(': ', 1) for line in lines if ': ' in line
  )


@pytest.mark.parametrize('old_format', [False, True], ids=['new', 'old'])
@pytest.mark.parametrize(
  ('changes', 'problems'),
  [
    ({_WEIGHTS: None}, {_WEIGHTS: 'missing'}),
    (
      {_WEIGHTS: None, _BIASES: None, _MEAN: None},
      {_WEIGHTS: 'missing', _BIASES: 'missing', _MEAN: 'missing'},
    ),
    (
      {_BIASES: np.zeros([6], np.float32)},
      {_BIASES: 'shape [6], expected [5]'},
    ),
    (
      {_BIASES: np.zeros([5, 1], np.float32)},
      {_BIASES: 'shape [5, 1], expected [5]'},
    ),
    (
      {_WEIGHTS: np.array(0, np.float32)},
      {_WEIGHTS: 'shape [], expected [3, 3, 3, 8]'},
    ),
    ({_BIASES: np.zeros([5])}, {_BIASES: 'dtype float64, expected float32'}),
    (
      {_BIASES: np.zeros([5], np.int32)},
      {_BIASES: 'dtype int32, expected float32'},
    ),
    (
      {_BIASES: np.array([0, np.nan, 0, 0, np.nan], np.float32)},
      {_BIASES: '2 of 5 values are NaN or infinite'},
    ),
    (
      {_BIASES: np.array([0, np.inf, 0, 0, 0], np.float32)},
      {_BIASES: '1 of 5 values are NaN or infinite'},
    ),
    (
      {_MEAN: np.full([8], -np.inf, np.float32)},
      {_MEAN: '8 of 8 values are NaN or infinite'},
    ),
    (
      {_VARIANCE: np.array([1, 1, 1, -1, 1, 1, 1, 1], np.float32)},
      {_VARIANCE: '1 of 8 variances are negative'},
    ),
    (
      {_WEIGHTS: None, _BIASES: np.zeros([5]), _MEAN: np.zeros([2, 4])},
      {
        _WEIGHTS: 'missing',
        _BIASES: 'dtype float64, expected float32',
        _MEAN: 'shape [2, 4], expected [8]',
      },
    ),
  ],
)
def test_every_variable_that_does_not_fit_is_named(
  tmp_path, changes, problems, old_format
):
  changed = {**tiny_network.tensors(), **changes}
  prefix = checkpoints.write(
    tmp_path / _NAME,
    {key: value for key, value in changed.items() if value is not None},
    old_format,
  )
  message = _refuse(tmp_path)
  assert message.splitlines()[0] == (
    f'checkpoint {prefix} does not fit: '
    f'{len(problems)} of {len(tiny_network.wanted().shapes)} variables'
  )
  assert _problems(message) == problems
  assert message.endswith(_REPLACE)


def test_no_averages_where_they_are_asked_for(tmp_path):
  checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
  message = _refuse(tmp_path, 'ema')
  shadows = {
    f'{name}/{checkpoints.SHADOW}' for name in tiny_network.wanted().trainable
  }
  assert _problems(message) == dict.fromkeys(shadows, 'missing')
  assert message.endswith('use --weights=raw if these are the weights you mean')


@pytest.mark.parametrize('weights', ['auto', 'ema'])
def test_averages_of_some_variables_only(tmp_path, weights):
  filled = checkpoints.with_slots(
    tiny_network.tensors(), tiny_network.wanted().trainable
  )
  missing = {f'{name}/{checkpoints.SHADOW}' for name in (_WEIGHTS, _BIASES)}
  for key in missing:
    del filled[key]
  checkpoints.write(tmp_path / _NAME, filled)
  message = _refuse(tmp_path, weights)
  assert _problems(message) == dict.fromkeys(missing, 'missing')
  assert 'have moving averages and the others none; --weights=raw' in message
  loaded = checkpoint.read_published(
    tmp_path, _MODEL, tiny_network.wanted(), 'raw'
  )
  assert loaded.kind == 'raw'


@pytest.mark.parametrize(
  'key',
  [
    'Tiny/Conv2d_0/act_quant/max',
    'Tiny/Conv2d_0/weights_quant/min',
    'Tiny/quantops/Conv2d_0/min',
    'Tiny/Conv2d_0/conv_quant_1/max',
  ],
)
@pytest.mark.parametrize('weights', ['auto', 'raw', 'ema'])
def test_trained_for_8_bits(tmp_path, key, weights):
  tensors = {**tiny_network.tensors(), key: np.array(6, np.float32)}
  checkpoints.write(tmp_path / 'tiny_1.0_32.ckpt', tensors)
  message = _refuse(tmp_path, weights)
  assert (
    f'was trained for 8 bits: it holds 1 ranges for rounding, such as {key}'
    in message
  )
  assert '`slimhub inspect` shows it' in message


def test_of_another_network(tmp_path):
  v1 = oracles.get('mobilenet_v1_025_128')
  v2 = oracles.get('mobilenet_v2_035_96')
  checkpoints.write(
    tmp_path / v2.model.checkpoint, synthetic.tensors(v1.shapes)
  )
  message = _refuse(
    tmp_path,
    model=v2.model,
    wanted=checkpoint.Wanted(v2.shapes, v2.trainable),
  )
  named = _problems(message)
  assert named == dict.fromkeys(named, 'missing')
  assert named.keys() < v2.shapes.keys()
  assert f'\n  and {len(v2.shapes) - len(named)} more\n' in message
  assert message.endswith(
    'it is of network = "mobilenet_v1" and multiplier = 0.25: a spec file with '
    'these exports it, or put the checkpoint that was trained for this model '
    'in its place'
  )


def test_of_another_multiplier(tmp_path):
  small, large = (
    oracles.get(name)
    for name in ('mobilenet_v2_035_96', 'mobilenet_v2_075_128')
  )
  checkpoints.write(
    tmp_path / small.model.checkpoint, synthetic.tensors(large.shapes)
  )
  message = _refuse(
    tmp_path,
    model=small.model,
    wanted=checkpoint.Wanted(small.shapes, small.trainable),
  )
  different = {n for n, s in small.shapes.items() if s != large.shapes[n]}
  problems = _problems(message)
  assert problems.keys() < different
  assert f' does not fit: {len(different)} of ' in message
  assert problems['MobilenetV2/Conv/weights'] == (
    'shape [3, 3, 3, 24], expected [3, 3, 3, 16]'
  )


def _flip(data: bytes, seed: int) -> bytes:
  noise = random.Random(seed)
  flipped = bytearray(data)
  flipped[noise.randrange(len(data))] ^= 1 << noise.randrange(8)
  return bytes(flipped)


@pytest.mark.parametrize('seed', range(8))
def test_a_flipped_bit_in_the_data(tmp_path, seed):
  prefix = checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
  path = tmp_path / _DATA
  path.write_bytes(_flip(path.read_bytes(), seed))
  message = _refuse(tmp_path)
  assert message.startswith(f'checkpoint {prefix} does not fit: 1 of ')
  ((name, problem),) = _problems(message).items()
  assert name in tiny_network.wanted().shapes
  assert problem.startswith('cannot be read: ')
  assert 'Checksum does not match' in problem
  assert message.endswith(_DOWNLOAD)


@pytest.mark.parametrize('share', [0, 0.5, 0.99])
def test_truncated_data(tmp_path, share):
  checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
  path = tmp_path / _DATA
  data = path.read_bytes()
  path.write_bytes(data[: int(share * len(data))])
  message = _refuse(tmp_path)
  found, expected = int(share * len(data)), len(data)
  assert f'{path} has {found:,} bytes, expected {expected:,}; ' in message
  assert message.endswith(_DOWNLOAD)
  assert '\n' not in message


def test_missing_data(tmp_path):
  checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
  (tmp_path / _DATA).unlink()
  message = _refuse(tmp_path)
  assert f'{tmp_path / _DATA} is missing; expected ' in message
  assert message.endswith(_DOWNLOAD)
  assert '\n' not in message


def _indexes(good: bytes) -> dict[str, bytes | None]:
  noise = random.Random(1)
  return {
    'missing': None,
    'empty': b'',
    'noise': noise.randbytes(5000),
    'page': b'<!DOCTYPE html><title>404 Not Found</title>' * 3,
    'cut': good[: len(good) // 2],
    'without its begin': good[len(good) // 2 :],
    'noise before its end': noise.randbytes(1000) + good[-48:],
    'a flipped bit': _flip(good, 1),
    # Its last eight bytes mark a table; the lengths before them are nonsense.
    'huge lengths': b'\xff\xff\xff\xff\xff\x0f' * 20 + good[-8:],
  }


@pytest.mark.parametrize('kind', _indexes(b'the end of a table'))
def test_a_bad_index(tmp_path, kind):
  prefix = checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
  path = tmp_path / _INDEX
  bad = _indexes(path.read_bytes())[kind]
  path.unlink()
  if bad is not None:
    path.write_bytes(bad)
  message = _refuse(tmp_path)
  assert message.startswith(f'checkpoint {prefix} cannot be read: ')
  assert f'expected {_INDEX} and {_NAME}.data-*' in message
  assert message.endswith(_DOWNLOAD)


@pytest.mark.parametrize('kind', ['flipped', 'cut', 'noise'])
def test_a_bad_file_of_the_old_format(tmp_path, kind):
  prefix = checkpoints.write(
    tmp_path / _NAME, tiny_network.tensors(), old_format=True
  )
  good = prefix.read_bytes()
  bad = {
    'flipped': _flip(good, 1),
    'cut': good[: len(good) // 2],
    'noise': random.Random(1).randbytes(1000),
  }
  prefix.write_bytes(bad[kind])
  message = _refuse(tmp_path)
  assert message.startswith(f'checkpoint {prefix} ')
  assert 'cannot be read: ' in message
  assert message.endswith(_DOWNLOAD)
