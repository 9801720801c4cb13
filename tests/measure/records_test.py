"""JSON becomes a record, or an error that says what it is not."""

import dataclasses
import json

import pytest

from exporter.measure import records


@dataclasses.dataclass(frozen=True)
class _Inner:
  share: float
  counts: dict[int, int]


@dataclasses.dataclass(frozen=True)
class _Outer:
  name: str
  parts: tuple[_Inner, ...]
  most: int | None


_WHOLE = _Outer('a', (_Inner(0.5, {3: 4, 0: 1}), _Inner(2, {})), None)


def test_what_was_written_is_read():
  text = json.dumps(dataclasses.asdict(_WHOLE))
  assert records.load(_Outer, text) == _WHOLE


@pytest.mark.parametrize(
  'inner',
  [
    '{"share": NaN, "counts": {}}',
    '{"share": -Infinity, "counts": {}}',
    '{"share": 1e999, "counts": {}}',
    f'{{"share": {10**400}, "counts": {{}}}}',
    f'{{"share": {"9" * 5000}, "counts": {{}}}}',
    '{"share": true, "counts": {}}',
    '{"share": "1,5", "counts": {}}',
    '{"share": 1, "counts": {"\u0663": 1}}',
    '{"share": 1, "counts": {"1_0": 1}}',
    '{"share": 1, "counts": {" 1": 1}}',
    '{"share": 1, "counts": {"01": 1}}',
    '{"share": 1, "counts": {"1": 1e3}}',
    '{"share": 1}',
    '[' * 99999,
  ],
)
def test_a_number_has_one_reading(inner):
  with pytest.raises((TypeError, ValueError)):
    records.load(_Outer, f'{{"name": "a", "parts": [{inner}], "most": 1}}')
