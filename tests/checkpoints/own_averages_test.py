"""Weights of a training are not taken for others of the same file."""

import numpy as np
import pytest

from exporter.checkpoints import checkpoint
from tests import checkpoints_made as checkpoints
from tests.checkpoints import some_own

_WANTED, _TENSORS = some_own.WANTED, some_own.TENSORS
_read, _same = some_own.read, some_own.same
_END = '/ExponentialMovingAverage'


def _with_companions(end: str, scope: str = '') -> dict[str, np.ndarray]:
  """The tensors, and others like them for all that is trained."""
  more = {
    f'{scope}{name}{end}': _TENSORS[name] + np.float32(1)
    for name in _WANTED.trainable
  }
  return {**_TENSORS, **more}


def _averaged(loaded: checkpoint.Checkpoint) -> bool:
  return all(
    np.array_equal(loaded.tensors[name], _TENSORS[name] + np.float32(1))
    for name in _WANTED.trainable
  )


@pytest.mark.parametrize('scope', ['', 'train/', 'model/'])
def test_averages_below_a_scope_are_averages(tmp_path, scope):
  checkpoints.write(tmp_path / 'x', _with_companions(_END, scope))
  loaded = _read(tmp_path, 'x')
  assert (loaded.kind, loaded.warning) == ('ema', '')
  assert _averaged(loaded)
  assert _same(_read(tmp_path, 'x', weights='raw'))


def test_a_network_and_its_averages_may_be_below_one_scope(tmp_path):
  tensors = {
    f'model/{name}': value
    for name, value in _with_companions(_END, 'model/').items()
  }
  checkpoints.write(tmp_path / 'x', tensors)
  loaded = _read(tmp_path, 'x')
  assert (loaded.kind, loaded.warning) == ('ema', '')
  assert _averaged(loaded)


def test_averages_of_another_name_are_not_left_out_silently(tmp_path):
  checkpoints.write(tmp_path / 'x', _with_companions('/my_averages'))
  loaded = _read(tmp_path, 'x')
  assert loaded.kind == 'raw'
  assert _same(loaded)
  assert 'have a companion .../my_averages' in loaded.warning
  assert not _read(tmp_path, 'x', weights='raw').warning
  checkpoints.write(tmp_path / 'y', _with_companions('/Momentum'))
  assert not _read(tmp_path, 'y').warning


def test_another_copy_of_the_network_is_not_left_out_silently(tmp_path):
  copies = {f'teacher/{name}': value for name, value in _TENSORS.items()}
  checkpoints.write(tmp_path / 'x', {**_TENSORS, **copies})
  loaded = _read(tmp_path, 'x')
  assert _same(loaded)
  assert 'the network once more, below teacher/' in loaded.warning


def test_averages_alone_have_the_classifier_too(tmp_path):
  alone = {
    f'{name}{_END}' if name in _WANTED.trainable else name: value
    for name, value in _TENSORS.items()
  }
  checkpoints.write(tmp_path / 'x', alone)
  loaded = _read(tmp_path, 'x')
  assert (loaded.kind, loaded.has_classifier) == ('ema', True)
  assert _same(loaded)
