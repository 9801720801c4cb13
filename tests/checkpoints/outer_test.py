"""A network is found where a program put a scope around it."""

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import outer
from exporter.checkpoints import prefixes
from exporter.checkpoints import reader
from tests import checkpoints_made as checkpoints

_WANTED = ('Net/a/weights', 'Net/b/weights', 'c/biases')


def _names(tmp_path, *keys: str) -> list[str]:
  tensors = {key: np.full([1], n, np.float32) for n, key in enumerate(keys)}
  path = checkpoints.write(tmp_path / 'x', tensors)
  opened = reader.Reader(prefixes.files_at(path))
  inner = outer.within(opened, _WANTED)
  for name in inner.shapes:
    (key,) = (k for k in keys if k in (name, f's/{name}', f's/t/{name}'))
    np.testing.assert_array_equal(inner.read(name), tensors[key])
  assert opened.shapes.keys() == tensors.keys()
  return sorted(inner.shapes)


@pytest.mark.parametrize('scope', ['', 's/', 's/t/'])
def test_the_scope_is_left_out(tmp_path, scope):
  names = _names(tmp_path, *(f'{scope}{name}' for name in _WANTED), 'head/x')
  assert names == sorted((*_WANTED, 'head/x'))


def test_averages_alone_tell_the_scope(tmp_path):
  end = f'/{checkpoints.SHADOW}'
  names = _names(tmp_path, *(f's/{name}{end}' for name in _WANTED))
  assert names == sorted(f'{name}{end}' for name in _WANTED)


def test_less_than_half_of_the_network_is_not_the_network(tmp_path):
  assert _names(tmp_path, 's/c/biases', 'other') == ['other', 's/c/biases']


def test_what_is_within_goes_before_what_has_its_name(tmp_path):
  keys = outer.names(['s/a', 'a', 'b'], 's')
  assert keys == {'a': 's/a', 'b': 'b'}


def test_the_network_of_the_file_goes_before_another(tmp_path):
  keys = [*_WANTED, *(f's/{name}' for name in _WANTED)]
  tensors = {key: np.zeros([1], np.float32) for key in keys}
  path = checkpoints.write(tmp_path / 'x', tensors)
  opened = reader.Reader(prefixes.files_at(path))
  assert outer.within(opened, _WANTED) is opened


def test_two_networks_below_scopes_are_one_too_many(tmp_path):
  keys = [f'{scope}/{name}' for scope in 'st' for name in _WANTED]
  path = checkpoints.write(
    tmp_path / 'x', {key: np.zeros([1], np.float32) for key in keys}
  )
  with pytest.raises(
    errors.CheckpointError,
    match='x has the network more than once, below s/ and t/; expected one',
  ):
    outer.within(reader.Reader(prefixes.files_at(path)), _WANTED)


def test_a_copy_of_the_network_is_named():
  copies = [
    f'{scope}/{name}' for scope in ('old', 'teacher') for name in _WANTED
  ]
  text = outer.warning([*_WANTED, *copies], _WANTED)
  assert 'once more, below old/ and teacher/' in text
  assert not outer.warning(_WANTED, _WANTED)
  assert not outer.warning(copies, _WANTED)
