"""Weights of a training are not taken for others of the same file."""

import pathlib

import numpy as np
import pytest

from exporter.checkpoints import checkpoint
from exporter.checkpoints import own
from exporter.checkpoints import synthetic
from exporter.networks import source
from model_specs import spec
from model_specs.spec_files import model as model_lib
from tests import checkpoints_made as checkpoints
from tests import some_spec_file

_INFERENCE, _ = source.sources(some_spec_file.model())
_WANTED = checkpoint.Wanted(_INFERENCE.shapes, _INFERENCE.trainable)
_TENSORS = synthetic.tensors(_WANTED.shapes)


def _model(folder: pathlib.Path, path: str | None, **changes) -> spec.ModelSpec:
  values = some_spec_file.values(checkpoint=path, **changes)
  return model_lib.read_model(values, f'{folder}/my.toml', folder)


def _read(
  folder: pathlib.Path, path: str | None, weights='auto', other=None, **changes
) -> checkpoint.Checkpoint:
  model = _model(folder, path, **changes)
  return own.read_own(other or folder, model, _WANTED, weights)


def _same(loaded: checkpoint.Checkpoint) -> bool:
  return loaded.tensors.keys() == _TENSORS.keys() and all(
    np.array_equal(loaded.tensors[name], _TENSORS[name]) for name in _TENSORS
  )


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
