"""What the value of a key of a spec file may be."""

from collections.abc import Callable
import dataclasses
import re
from typing import Any

from model_specs import outside
from model_specs import published
from model_specs import versions

_MOST = 2**31 - 1  # Of a number: what every format and network can hold.
# Of the pixels of a side: beyond it, no network of TF-Slim fits into memory.
_LONGEST = 4096
# For editors: the commonest of the characters that `outside.is_plain` refuses.
_UNSEEN = r'\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff'


def _is_number(value: object) -> bool:
  is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
  return is_number and -_MOST <= value <= _MOST  # type: ignore[operator]


def _is_count(value: object) -> bool:
  return isinstance(value, int) and _is_number(value) and value > 0


def _are_numbers(value: object, count: int) -> bool:
  return (
    isinstance(value, list)
    and len(value) == count
    and all(map(_is_number, value))
  )


def _is_line(value: object) -> bool:
  return (
    isinstance(value, str) and bool(value.strip()) and outside.is_plain(value)
  )


@dataclasses.dataclass(frozen=True)
class Kind:
  """What a value must be, as code, for a person and for an editor."""

  expected: str  # For an error message.
  is_met: Callable[[Any], bool]
  schema: dict[str, Any]


def _pattern(expected: str, pattern: str) -> Kind:
  return Kind(
    expected,
    lambda value: (
      isinstance(value, str) and re.fullmatch(pattern, value) is not None
    ),
    {'type': 'string', 'pattern': f'^{pattern}$'},
  )


def _numbers(count: int) -> dict[str, Any]:
  """The schema of a list of so many numbers."""
  return {
    'type': 'array',
    'items': {'type': 'number', 'minimum': -_MOST, 'maximum': _MOST},
    'minItems': count,
    'maxItems': count,
  }


LINE = Kind(
  'a text of one line that is not empty, without invisible characters',
  _is_line,
  {'type': 'string', 'pattern': f'^[^{_UNSEEN}]+$'},
)
LINES = Kind(
  'a list of texts of one line each, not empty, without invisible characters',
  lambda value: (
    isinstance(value, list) and bool(value) and all(map(_is_line, value))
  ),
  {'type': 'array', 'items': LINE.schema, 'minItems': 1},
)
# Its lines and tabs are shown as spaces.
PROSE = Kind(
  'a text that is not empty, without invisible characters',
  lambda value: (
    isinstance(value, str) and _is_line(' '.join(re.split('[\r\n\t]', value)))
  ),
  {'type': 'string', 'pattern': f'^([^{_UNSEEN}]|[\\r\\n\\t])+$'},
)
# It becomes a link, and a browser obeys other schemes, as `javascript:`.
URL = Kind(
  'a URL that begins with https:// or http://, without spaces',
  lambda value: (
    _is_line(value) and re.fullmatch(r'https?://\S+', value) is not None
  ),
  {'type': 'string', 'pattern': r'^https?://\S+$'},
)
COUNT = Kind(
  f'a whole number from 1 to {_MOST}',
  _is_count,
  {'type': 'integer', 'minimum': 1, 'maximum': _MOST},
)
SIDE = Kind(
  f'a whole number from 1 to {_LONGEST}',
  lambda value: _is_count(value) and value <= _LONGEST,
  {'type': 'integer', 'minimum': 1, 'maximum': _LONGEST},
)
FACTOR = Kind(
  f'a number above 0 and at most {_MOST}',
  lambda value: _is_number(value) and value > 0,
  {'type': 'number', 'exclusiveMinimum': 0, 'maximum': _MOST},
)
# A fraction, 0.931 for 93.1 percent, is a mistake that pages would show.
PERCENT = Kind(
  'a percentage above 1 and at most 100, such as 93.1',
  lambda value: _is_number(value) and 1 < value <= 100,
  {'type': 'number', 'exclusiveMinimum': 1, 'maximum': 100},
)
FLAG = Kind(
  'true or false',
  lambda value: isinstance(value, bool),
  {'type': 'boolean'},
)
RANGE = Kind(
  f'two numbers, the lower first, from {-_MOST} to {_MOST}',
  lambda value: _are_numbers(value, 2) and value[0] < value[1],
  _numbers(2),
)
COLOUR = Kind(
  f'three numbers, of red, green and blue, from {-_MOST} to {_MOST}',
  lambda value: _are_numbers(value, 3),
  _numbers(3),
)
PART = _pattern(
  'lower-case letters, digits, - and _, a letter or digit first',
  '[a-z0-9][a-z0-9_-]*',
)
PUBLISHER = _pattern('lower-case letters, digits and -', '[a-z0-9-]+')
NAME = _pattern(
  'lower-case letters, digits and _, a letter first', '[a-z][a-z0-9_]*'
)
# Paths of a hub, as servers and caches can have them.
_OTHER_NAME = (
  r'[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*){1,5}'
)
_MEANT = rf'({"|".join(versions.TASKS)})/[1-9][0-9]{{0,9}}'
OTHER_NAMES = Kind(
  'a table whose keys are names of two to six parts with / between, without '
  'https://, and whose values are TASK/VERSION',
  lambda value: (
    isinstance(value, dict)
    and bool(value)
    and all(
      isinstance(meant, str)
      and re.fullmatch(_OTHER_NAME, name) is not None
      and re.fullmatch(_MEANT, meant) is not None
      for name, meant in value.items()
    )
  ),
  {
    'type': 'object',
    'minProperties': 1,
    'patternProperties': {
      f'^{_OTHER_NAME}$': {'type': 'string', 'pattern': f'^{_MEANT}$'}
    },
    'additionalProperties': False,
  },
)
NETWORK = Kind(
  'one of ' + ', '.join(published.NETWORKS),
  lambda value: isinstance(value, str) and value in published.NETWORKS,
  {'enum': list(published.NETWORKS)},
)
