"""How differences are collected, and what counts as one."""

import math

import numpy as np
import pytest

from exporter.proof import comparison


def _make(tolerance=0.1):
  return comparison.Comparison('outputs', tolerance)


def _compare(actual, expected, unit=1.0):
  result = _make()
  result.compare('it', actual, np.asarray(expected, np.float32), unit)
  return result


def test_the_largest_difference_counts_rounded_up():
  actual = np.array([1.0, 2.03], np.float32)
  check = _compare(actual, [1.001, 2.0]).check()
  assert check.name == 'outputs'
  assert check.compared == 1
  assert check.difference == 0.1
  assert check.tolerance == 0.1


@pytest.mark.parametrize(
  ('unit', 'is_miss'), [(1.0, True), (10.0, False), (0.0, True)]
)
def test_differences_are_in_units(unit, is_miss):
  result = _compare(np.array([1.5], np.float32), [1.0], unit)
  assert bool(result.misses()) == is_miss


def test_a_difference_is_named_with_what_was_expected():
  result = _make()
  result.measure('fine', 0.1)
  result.measure('coarse', 0.25)
  assert result.misses() == [
    'outputs: coarse differs by 0.25, expected at most 0.1'
  ]


@pytest.mark.parametrize(
  ('found', 'problem'),
  [
    (None, 'is missing'),
    (np.ones([2]), 'has shape [2], expected [1]'),
    (np.ones([]), 'has shape [], expected [1]'),
    (np.array([np.nan]), 'holds NaN or infinity'),
    (np.array([-np.inf]), 'holds NaN or infinity'),
  ],
)
def test_what_cannot_be_measured_misses(found, problem):
  by_value = _compare(found, [1.0])
  by_shape = _make()
  by_shape.compare_shape('it', found, (1,))
  for result in (by_value, by_shape):
    assert result.misses() == [f'outputs: it {problem}']
    assert result.check().difference == math.inf


def test_an_expected_nan_is_never_met():
  assert _compare(np.ones([1]), [np.nan]).misses()


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_match_even_of_itself(value):
  values = np.array([1.0, value], np.float32)
  assert _compare(values, values).misses() == [
    'outputs: it holds NaN or infinity'
  ]


def test_equal_arrays_differ_by_nothing():
  values = np.array([1.0, -2.0], np.float32)
  result = _make(0.0)
  result.compare('it', values, values.copy(), 1.0)
  assert not result.misses()
  assert (result.check().compared, result.check().difference) == (1, 0.0)


def test_any_finite_values_have_the_shape():
  result = _make(0.0)
  result.compare_shape('it', np.array([[-7.0]]), (1, 1))
  assert not result.misses()
  assert result.check().difference == 0


def test_names_are_compared_both_ways():
  result = _make(0.0)
  result.compare_names('variables', ['a', 'x'], {'a', 'b'})
  assert result.misses() == [
    'outputs: variables: b is missing',
    'outputs: variables: x is not promised',
  ]
  assert result.check().compared == 3


def test_two_results_of_one_name_are_both_kept():
  result = _make()
  result.measure('it', math.inf)
  result.measure('it', 0.0)
  assert len(result.misses()) == 1
  assert result.check().compared == 2


def test_nothing_compared_is_a_miss():
  result = _make()
  assert result.misses() == ['outputs: nothing to compare']
  assert result.check().difference == math.inf


def test_not_a_number_is_a_miss():
  result = _make()
  result.measure('it', math.nan)
  assert len(result.misses()) == 1
