"""Outputs that changed places are found, and rounding alone is none."""

import numpy as np
import pytest

from exporter.proof import exchanged

_PICTURES = 64
_OUTPUTS = 700


@pytest.fixture(name='expected')
def _expected() -> np.ndarray:
  rng = np.random.default_rng(1)
  return rng.standard_normal((_PICTURES, _OUTPUTS)).astype(np.float32)


def _rounded(outputs: np.ndarray, error: float) -> np.ndarray:
  noise = np.random.default_rng(2).standard_normal(outputs.shape)
  return (outputs + error * noise).astype(np.float32)


@pytest.mark.parametrize('error', [0.0, 0.05, 0.2, 0.4])
def test_rounding_exchanges_nothing(expected, error):
  assert exchanged.find(_rounded(expected, error), expected) is None


@pytest.mark.parametrize('error', [0.0, 0.05, 0.15])
@pytest.mark.parametrize('pair', [(0, 1), (3, 699), (300, 650)])
def test_two_that_are_exchanged_are_named(expected, pair, error):
  answers = _rounded(expected, error)
  answers[:, pair] = answers[:, pair[::-1]]
  assert exchanged.find(answers, expected) == pair


def test_a_shift_by_rounding_is_no_exchange(expected):
  expected[:, 8] = expected[:, 9] + 0.5  # Always above, and then below.
  answers = _rounded(expected, 0.2)
  answers[:, 8] -= 0.6
  assert exchanged.find(answers, expected) is None


def test_equal_and_silent_outputs_are_none(expected):
  expected[:, 10:20] = 0
  expected[:, 30] = expected[:, 31]
  assert exchanged.find(_rounded(expected, 0.2), expected) is None
  assert exchanged.find(expected, expected) is None


def test_among_silent_outputs_two_that_are_nearly_equal_are_none(expected):
  expected[:, :400] = 0
  expected[:, 500], expected[:, 501] = 0.5, 0.50001
  answers = _rounded(expected, 1e-4)
  answers[:, :400] = 0
  answers[:, 500], answers[:, 501] = 0.50005, 0.49995
  assert exchanged.find(answers, expected) is None
  # Where all the others are exact, too.
  exact = expected.copy()
  exact[:, [500, 501]] = exact[:, [501, 500]]
  assert exchanged.find(exact, expected) is None


def test_among_silent_outputs_two_that_are_exchanged_are_named(expected):
  expected[:, :400] = 0
  answers = _rounded(expected, 0.01)
  answers[:, [500, 501]] = answers[:, [501, 500]]
  assert exchanged.find(answers, expected) == (500, 501)
  assert exchanged.find(expected * 0, expected * 0) is None
