"""Tables of what was seen keep every row as it was written."""

import dataclasses

import pytest

from exporter.cards import recorded


@dataclasses.dataclass(frozen=True)
class _Row:
  name: str
  sizes: tuple[int, ...] = dataclasses.field(
    metadata={'read': lambda text: tuple(map(int, text.split()))}
  )


_TABLE = recorded.Table('sizes.tsv', _Row)
_ROWS = (_Row('a "b"\tc', (96, 224)), _Row('line\nbreak', ()))


def test_what_is_written_is_read():
  assert _TABLE.parse(_TABLE.render(_ROWS)) == _ROWS


def test_it_has_a_column_for_each_field():
  assert _TABLE.render(_ROWS[:1]) == 'name\tsizes\n"a ""b""\tc"\t96 224\n'


def test_other_columns_are_refused():
  with pytest.raises(
    recorded.RecordedError, match=r"sizes.tsv: .* \['name', 'size'\], expected"
  ):
    _TABLE.parse('name\tsize\n')


@pytest.mark.parametrize('text', ['only\n', 'one\t2\tmore\n', 'one\ttwo\n'])
def test_a_row_of_another_form_is_refused(text):
  with pytest.raises(ValueError, match=r'zip|invalid literal'):
    _TABLE.parse(f'name\tsizes\n{text}')
