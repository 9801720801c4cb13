"""Reads records of figures from JSON, which anybody may have written."""

import dataclasses
import json
import math
import re
import types
import typing
from typing import Any
from typing import TypeVar

_T = TypeVar('_T')
_WHOLE = re.compile('0|[1-9][0-9]{0,8}')


def _number(value: float) -> float:
  """A number that can be computed with; others raise a ValueError."""
  try:
    if math.isfinite(value):
      return value
  except OverflowError:  # A whole number of hundreds of digits.
    pass
  raise ValueError('a number is too large, or none')


def _key(kind: type, key: str) -> str | int:
  """A key of a dictionary; JSON has no keys but strings."""
  if kind is str:
    return key
  if not _WHOLE.fullmatch(key):
    raise ValueError(f'{key!r} is no whole number')
  return int(key)


def _fields(kind: Any, value: Any) -> Any:
  known = typing.get_type_hints(kind)
  if not isinstance(value, dict) or value.keys() != known.keys():
    raise TypeError(f'{value!r} is no {kind.__name__}')
  return kind(**{name: _parse(of, value[name]) for name, of in known.items()})


def _parse(kind: Any, value: Any) -> Any:
  """Makes of JSON what a type says: of the types that the records have."""
  origin, inner = typing.get_origin(kind), typing.get_args(kind)
  if dataclasses.is_dataclass(kind):
    return _fields(kind, value)
  if origin is types.UnionType:  # With None: there is no other.
    return None if value is None else _parse(inner[0], value)
  if origin is tuple and isinstance(value, list):
    return tuple(_parse(inner[0], each) for each in value)
  if origin is dict and isinstance(value, dict):
    return {
      _key(inner[0], key): _parse(inner[1], each) for key, each in value.items()
    }
  allowed = (int, float) if kind is float else (kind,)
  if type(value) not in allowed:  # True is an int to isinstance.
    raise TypeError(f'{value!r} is no {kind}')
  return _number(value) if type(value) in (int, float) else value


def load(kind: type[_T], text: str | bytes) -> _T:
  """Reads a record, and the records in it.

  Args:
    kind: A dataclass; its fields are others, numbers, strings, booleans, and
      tuples, dictionaries or None of those.
    text: JSON, as `dataclasses.asdict` makes it.

  Returns:
    The record.

  Raises:
    TypeError: The text holds something else.
    ValueError: It is no JSON, a number has more than one reading or is too
      large, or a record contradicts itself.
  """
  try:
    return _parse(kind, json.loads(text))
  except RecursionError as error:
    raise ValueError('too many brackets in one another') from error
