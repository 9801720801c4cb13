"""Records are made of JSON that has their types, and of nothing else."""

import dataclasses
from typing import Literal

import pytest

from exporter.storage import record


@dataclasses.dataclass(frozen=True)
class _Part:
  name: str
  size: float = 1.0
  color: Literal['red', 'blue'] = 'red'


@dataclasses.dataclass(frozen=True)
class _Whole:
  count: int
  parts: tuple[_Part, ...]
  by_number: dict[int, _Part]
  more: dict[str, object] = dataclasses.field(default_factory=dict)
  extra: _Part | None = None


def test_what_fits_becomes_the_record():
  text = (
    '{"count": 3, "parts": [{"name": "a", "size": 2, "color": "blue"}],'
    ' "by_number": {"7": {"name": "b"}}, "more": {"x": [1]}, "extra": null}'
  )
  parsed = record.parse_record(_Whole, text)
  assert parsed == _Whole(
    3, (_Part('a', 2, 'blue'),), {7: _Part('b')}, {'x': [1]}
  )


@pytest.mark.parametrize(
  ('text', 'reason'),
  [
    ('[]', 'is no _Whole'),
    ('{"count": 3, "parts": []}', 'without by_number'),
    ('{"count": 3, "parts": [], "by_number": {}, "y": 1}', 'with y'),
    ('{"count": true, "parts": [], "by_number": {}}', 'True is no int'),
    ('{"count": 3.0, "parts": [], "by_number": {}}', '3.0 is no int'),
    ('{"count": 3, "parts": {}, "by_number": {}}', 'is no tuple'),
    ('{"count": 3, "parts": [[]], "by_number": {}}', 'is no _Part'),
    ('{"count": 3, "parts": [], "by_number": {"x": {}}}', 'no whole number'),
    ('{"count": 3, "parts": [], "by_number": {"1_0": {}}}', 'no whole number'),
    ('{"count": 3, "parts": [], "by_number": {"01": {}}}', 'no whole number'),
    (
      '{"count": 3, "parts": [], "by_number": {"\u0663": {}}}',
      'no whole number',
    ),
    (
      '{"count": 3, "by_number": {}, "parts": [{"name": "a", "size": '
      f'{10**400}' + '}]}',
      'too large',
    ),
    ('{"count": 3, "parts": [{"name": 5}], "by_number": {}}', '5 is no str'),
    (
      '{"count": 3, "by_number": {}, "parts": [{"name": "a", "color": "x"}]}',
      "'x' is none of red, blue",
    ),
    (
      '{"count": 3, "by_number": {}, "parts": [{"name": "a", "color": []}]}',
      'is none of red, blue',
    ),
    (
      '{"count": 3, "parts": [{"name": "a\\n"}], "by_number": {}}',
      'nobody sees',
    ),
    (
      '{"count": 3, "parts": [{"name": "a", "size": NaN}], "by_number": {}}',
      'no finite number',
    ),
    ('{"count": 3, "parts": ' + '[' * 100_000, 'recursion'),
  ],
)
def test_what_does_not_fit_is_named(text, reason):
  with pytest.raises(ValueError, match=reason):
    record.parse_record(_Whole, text)
