"""Makes records of JSON that somebody else may have written, by their types."""

import dataclasses
import json
import math
import re
import types
import typing
from typing import Any
from typing import Literal
from typing import TypeVar

from model_specs import outside

_R = TypeVar('_R')
_WHOLE = re.compile('0|[1-9][0-9]{0,17}')  # No number has two spellings.


def _fields(kind: Any, value: Any) -> Any:
  hints = typing.get_type_hints(kind)
  needed = {
    field.name
    for field in dataclasses.fields(kind)
    if field.default is field.default_factory is dataclasses.MISSING
  }
  if not isinstance(value, dict):
    raise TypeError(f'{value!r:.80} is no {kind.__name__}')
  if missing := needed - value.keys():
    raise TypeError(f'{kind.__name__} without {", ".join(sorted(missing))}')
  if unknown := value.keys() - hints.keys():
    raise TypeError(f'{kind.__name__} with {", ".join(sorted(unknown)):.80}')
  return kind(**{name: _value(hints[name], v) for name, v in value.items()})


def _key(kind: type, key: str) -> Any:
  """The key of a dictionary; JSON has no keys but texts."""
  if kind is int and not _WHOLE.fullmatch(key):
    raise ValueError(f'{key!r:.80} is no whole number')
  return kind(key)


def _single(kind: Any, value: Any) -> Any:
  """A text, a word of a Literal, a number or a truth value."""
  if words := typing.get_args(kind):
    if value not in words:
      raise ValueError(f'{value!r:.80} is none of {", ".join(words)}')
    return value
  allowed = (int, float) if kind is float else (kind,)
  if type(value) not in allowed:  # True is an int to isinstance.
    raise TypeError(f'{value!r:.80} is no {kind.__name__}')
  # Whole numbers of hundreds of digits are no floats: an OverflowError.
  if kind in (int, float) and not math.isfinite(value):
    raise ValueError(f'{value} is no finite number')
  if isinstance(value, str) and not outside.is_plain(value):
    raise ValueError(f'{value!r:.80} has characters that nobody sees')
  return value


def _value(kind: Any, value: Any) -> Any:
  """Turns a value from JSON into one of a type that fields of records have."""
  origin, inner = typing.get_origin(kind), typing.get_args(kind)
  if kind is object:
    return value
  if dataclasses.is_dataclass(kind):
    return _fields(kind, value)
  if origin is types.UnionType:  # `X | None`: records have no other unions.
    return None if value is None else _value(inner[0], value)
  if origin is tuple and isinstance(value, list):
    return tuple(_value(inner[0], each) for each in value)
  if origin is dict and isinstance(value, dict):
    return {_key(inner[0], k): _value(inner[1], v) for k, v in value.items()}
  if origin not in (None, Literal):
    raise TypeError(f'{value!r:.80} is no {origin.__name__}')
  return _single(kind, value)


def parse_record(kind: type[_R], text: str | bytes) -> _R:
  """Reads a record from the JSON of its fields.

  Args:
    kind: A dataclass, whose fields are texts, words of a Literal, numbers,
      records, tuples and dictionaries of these, or one of these or None. The
      value of a field of type `object` is taken as it is.
    text: The JSON.

  Returns:
    The record.

  Raises:
    ValueError: The text is something else; the error says what.
  """
  try:
    return typing.cast(_R, _value(kind, json.loads(text)))
  except (TypeError, RecursionError, OverflowError) as error:
    raise ValueError(str(error)) from error
