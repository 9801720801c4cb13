"""Collects comparisons of one kind between an artifact and its source."""

from collections.abc import Collection
from collections.abc import Sequence
import math
from typing import NamedTuple

import numpy as np

from exporter import storage


class _Result(NamedTuple):
  what: str
  difference: float
  problem: str = ''  # Why no difference could be measured.


def round_up(value: float) -> float:
  """Rounds up to a power of ten.

  The last digits of a difference vary from machine to machine; this does not.
  """
  if value == 0 or not math.isfinite(value):
    return value
  return float(f'1e{math.ceil(math.log10(value))}')


def _are_equal(actual: np.ndarray, expected: np.ndarray) -> bool:
  """Whether two arrays hold the same finite numbers."""
  return np.array_equal(actual, expected) and all(
    math.isfinite(value) for value in (actual.min(), actual.max())
  )


class Comparison:
  """Differences of one kind, and the tolerance that they must keep."""

  def __init__(self, name: str, tolerance: float, *, is_mean: bool = False):
    """Starts with nothing compared.

    Args:
      name: What is compared, for the manifest.
      tolerance: The difference that is allowed.
      is_mean: Whether arrays differ by the root of their mean square
        difference, and not by the largest.
    """
    self._name = name
    self._tolerance = tolerance
    self._is_mean = is_mean
    self._results: list[_Result] = []

  def measure(self, what: str, difference: float) -> None:
    """Adds a measured difference."""
    self._results.append(_Result(what, difference))

  def miss(self, what: str, problem: str) -> None:
    """Adds something that is wrong, so that no difference can be measured."""
    self._results.append(_Result(what, math.inf, problem))

  def compare_names(
    self, where: str, actual: Collection[str], expected: Collection[str]
  ) -> None:
    """Compares the names in some place with those that must be there."""
    for name in sorted(set(expected) - set(actual)):
      self.miss(f'{where}: {name}', 'is missing')
    for name in sorted(set(actual) - set(expected)):
      self.miss(f'{where}: {name}', 'is not promised')
    self.measure(where, 0.0)

  def _problem(self, actual: np.ndarray | None, shape: Sequence[int]) -> str:
    if actual is None:
      return 'is missing'
    if actual.shape != tuple(shape):
      return f'has shape {list(actual.shape)}, expected {list(shape)}'
    return '' if np.isfinite(actual).all() else 'holds NaN or infinity'

  def compare_shape(
    self, what: str, actual: np.ndarray | None, shape: Sequence[int]
  ) -> None:
    """Checks the shape of an array, and that its values are finite."""
    problem = self._problem(actual, shape)
    self._results.append(_Result(what, math.inf if problem else 0.0, problem))

  def compare(
    self,
    what: str,
    actual: np.ndarray | None,
    expected: np.ndarray,
    unit: float,
  ) -> None:
    """Compares an array; adds how far it differs, divided by `unit`."""
    if actual is None or actual.shape != expected.shape:
      self.miss(what, self._problem(actual, expected.shape))
      return
    if _are_equal(actual, expected):  # Quick, and true of what files hold.
      self.measure(what, 0.0)
      return
    differences = np.asarray(actual - expected)  # Of a scalar, too.
    # In place, as a second array may be large.
    np.abs(differences, out=differences)
    if self._is_mean:
      difference = float(np.sqrt(np.mean(np.square(differences))))
    else:
      difference = float(np.max(differences))
    if math.isfinite(difference):
      self.measure(what, difference / (unit or 1.0))
    else:
      self.miss(what, self._problem(actual, expected.shape) or 'is infinite')

  def check(self) -> storage.Check:
    """The result, for the manifest."""
    differences = [result.difference for result in self._results]
    return storage.Check(
      name=self._name,
      compared=len(differences),
      difference=round_up(max(differences, default=math.inf)),
      tolerance=self._tolerance,
    )

  @property
  def compared(self) -> list[str]:
    """The names of what was compared."""
    return [result.what for result in self._results]

  def misses(self) -> list[str]:
    """One line for each thing that is beyond the tolerance."""
    if not self._results:
      return [f'{self._name}: nothing to compare']
    return [
      f'{self._name}: {result.what} '
      + (
        result.problem
        or f'differs by {result.difference:.3g}, '
        f'expected at most {self._tolerance:g}'
      )
      for result in self._results
      if not result.difference <= self._tolerance
    ]
