"""Comparisons of one kind between an artifact and its source."""

from collections.abc import Collection
from collections.abc import Sequence
import math
from typing import NamedTuple

import numpy as np

from exporter import storage


class _Result(NamedTuple):
  what: str
  difference: float
  problem: str = ''  # Why there is nothing to measure.


def round_up(value: float) -> float:
  """The power of ten above: the same whatever the last digits were."""
  if value == 0 or not math.isfinite(value):
    return value
  return float(f'1e{math.ceil(math.log10(value))}')


class Comparison:
  """Collects differences of one kind."""

  def __init__(self, name: str, tolerance: float):
    self._name = name
    self._tolerance = tolerance
    self._results: list[_Result] = []

  def measure(self, what: str, difference: float) -> None:
    """Adds a difference that was measured."""
    self._results.append(_Result(what, difference))

  def miss(self, what: str, problem: str) -> None:
    """Adds something that cannot be measured, as it must not be so."""
    self._results.append(_Result(what, math.inf, problem))

  def compare_names(
    self, where: str, found: Collection[str], expected: Collection[str]
  ) -> None:
    """Compares what there is with what there must be."""
    for name in sorted(set(expected) - set(found)):
      self.miss(f'{where}: {name}', 'is missing')
    for name in sorted(set(found) - set(expected)):
      self.miss(f'{where}: {name}', 'is not promised')
    self.measure(where, 0.0)

  def _problem(self, found: np.ndarray | None, shape: Sequence[int]) -> str:
    if found is None:
      return 'is missing'
    if found.shape != tuple(shape):
      return f'has shape {list(found.shape)}, expected {list(shape)}'
    return '' if np.isfinite(found).all() else 'holds NaN or infinity'

  def compare_shape(
    self, what: str, found: np.ndarray | None, shape: Sequence[int]
  ) -> None:
    """Compares an array whose values may be any, if finite."""
    problem = self._problem(found, shape)
    self._results.append(_Result(what, math.inf if problem else 0.0, problem))

  def compare(
    self, what: str, found: np.ndarray | None, expected: np.ndarray, unit: float
  ) -> None:
    """Compares an array; the difference is the largest one, in units."""
    if found is None or found.shape != expected.shape:
      self.miss(what, self._problem(found, expected.shape))
      return
    apart = found - expected
    difference = float(np.max(np.abs(apart, out=apart)))  # No second array.
    if math.isfinite(difference):
      self.measure(what, difference / (unit or 1.0))
    else:
      self.miss(what, self._problem(found, expected.shape) or 'is infinite')

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
    """What was compared."""
    return [result.what for result in self._results]

  def misses(self) -> list[str]:
    """What is beyond the tolerance, one line each."""
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
