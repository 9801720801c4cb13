"""Work that many handles share, and that is done once, also if it fails."""

from collections.abc import Callable
from collections.abc import Hashable
import functools
from typing import TypeVar

from exporter import errors

_Value = TypeVar('_Value')


def once(function: Callable[..., _Value]) -> Callable[..., _Value]:
  """Lets a function do its work once for each of its arguments.

  What it returned is returned again, and a SlimhubError that it raised is
  raised again: a damaged archive is not unpacked for every handle.
  """
  values: dict[tuple[Hashable, ...], _Value] = {}
  # The texts alone: an error would keep all that its frames hold in memory.
  failures: dict[
    tuple[Hashable, ...], tuple[type[errors.SlimhubError], tuple[object, ...]]
  ] = {}

  @functools.wraps(function)
  def remembering(*args: Hashable) -> _Value:
    if args in failures:
      kind, texts = failures[args]
      raise kind(*texts)
    if args not in values:
      try:
        values[args] = function(*args)
      except errors.SlimhubError as error:
        failures[args] = type(error), error.args
        raise
    return values[args]

  return remembering
