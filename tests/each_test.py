"""One test over many cases checks them all and names what is at fault."""

import inspect

import pytest

from tests import each


@each.over('number', range(5))
def _is_even(number, seen):
  seen.append(number)
  assert number % 2 == 0


def test_every_case_is_checked_and_each_fault_is_named():
  seen: list[int] = []
  with pytest.raises(AssertionError) as raised:
    _is_even(seen=seen)
  assert seen == [0, 1, 2, 3, 4]
  first, *faults = str(raised.value).splitlines()
  assert first == '2 of 5 cases fail:'
  assert [line.split(':')[0] for line in faults] == ['  1', '  3']
  assert all('assert' in line for line in faults)
  assert isinstance(raised.value.__cause__, AssertionError)


def test_what_breaks_off_is_a_fault_of_its_case():
  @each.over('key', ['a', 'b'], name=lambda key: f'key {key}')
  def look_up(key):
    assert {'a': 1}[key]

  with pytest.raises(AssertionError, match="key b: KeyError: 'b'"):
    look_up()


def test_nothing_to_check_is_a_fault():
  with pytest.raises(AssertionError, match='no case to check'):
    each.over('number', [])(lambda number: None)()


def test_fixtures_stay_those_of_the_test():
  assert list(inspect.signature(_is_even).parameters) == ['seen']


@each.over('number', range(3))
def test_pytest_gives_the_fixtures(number, tmp_path):
  (tmp_path / str(number)).mkdir()


def test_a_parameter_that_is_not_there_is_an_error():
  with pytest.raises(AssertionError, match="no 'handle'"):
    each.over('handle', [1])(lambda number: None)
