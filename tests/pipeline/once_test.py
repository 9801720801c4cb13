"""What is shared is done once, whether it succeeds or fails."""

import pytest

from exporter import errors
from exporter.pipeline import once as once_lib


def test_a_value_is_made_once_for_each_argument():
  calls = []

  @once_lib.once
  def make(number: int) -> int:
    calls.append(number)
    return number + 1

  assert [make(1), make(2), make(1)] == [2, 3, 2]
  assert calls == [1, 2]


def test_a_failure_is_remembered():
  calls = []

  @once_lib.once
  def make() -> None:
    calls.append(1)
    raise errors.CheckpointError('damaged')

  for _ in range(3):
    with pytest.raises(errors.CheckpointError, match='damaged'):
      make()
  assert calls == [1]


def test_an_error_of_the_system_may_be_over_the_next_time():
  calls = []

  @once_lib.once
  def make() -> str:
    calls.append(1)
    if len(calls) == 1:
      raise OSError('no room')
    return 'made'

  with pytest.raises(OSError, match='no room'):
    make()
  assert make() == 'made'
