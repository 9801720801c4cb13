"""The tree in the docstring is the tree of the classes."""

import inspect

import pytest

from exporter import errors

_CLASSES = {
  name: item
  for name, item in inspect.getmembers(errors, inspect.isclass)
  if issubclass(item, Exception)
}


def _drawn() -> list[str]:
  """Names in the docstring's drawing, the base first."""
  assert errors.__doc__ is not None
  lines = [line for line in errors.__doc__.splitlines() if 'Error' in line]
  return [line.split()[0] for line in lines]


def test_a_word_is_one_of_the_words():
  errors.check_word('weights', 'raw', ('ema', 'raw'))
  with pytest.raises(
    errors.OrderError, match="weights='Raw', expected one of 'ema', 'raw'"
  ):
    errors.check_word('weights', 'Raw', ('ema', 'raw'))


def test_every_error_is_drawn_once():
  assert sorted(_drawn()) == sorted(_CLASSES)


@pytest.mark.parametrize('name', _drawn()[1:])
def test_every_error_can_be_caught_as_one(name):
  assert _CLASSES[name].__bases__ == (errors.SlimhubError,)


def test_the_base_is_no_error_of_another_kind():
  assert errors.SlimhubError.__bases__ == (Exception,)
