"""A memo is found by its causes alone, and never makes anything fail."""

import dataclasses
import pathlib

import pytest

from exporter.storage import memo

_CAUSES = ('a', 1, (('b', 'c'),))


@dataclasses.dataclass(frozen=True)
class _Facts:
  text: str


@dataclasses.dataclass(frozen=True)
class _Others:
  text: str


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch) -> None:
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path))


def test_what_was_written_down_is_found_again():
  assert memo.read_memo(_Facts, _CAUSES) is None
  memo.write_memo(_CAUSES, _Facts('x'))
  assert memo.read_memo(_Facts, _CAUSES) == _Facts('x')
  memo.write_memo(_CAUSES, _Facts('y'))
  assert memo.read_memo(_Facts, _CAUSES) == _Facts('y')


@pytest.mark.parametrize(
  'others', [('a', 1), ('a', '1', (('b', 'c'),)), ('a', 1, ('b', 'c'))]
)
def test_other_causes_have_other_facts(others):
  memo.write_memo(_CAUSES, _Facts('x'))
  assert memo.read_memo(_Facts, others) is None


def test_other_facts_of_the_same_causes_lie_apart():
  memo.write_memo(_CAUSES, _Facts('x'))
  assert memo.read_memo(_Others, _CAUSES) is None


@pytest.mark.parametrize(
  'text',
  ['', '\0' * 12, '{', '[]', '{"text": 1}', '{"text": "x"}' + ' ' * 2**16],
)
def test_a_memo_that_is_none_is_not_believed(tmp_path, text):
  memo.write_memo(_CAUSES, _Facts('x'))
  (path,) = (tmp_path / 'memos').iterdir()
  path.write_text(text)
  assert memo.read_memo(_Facts, _CAUSES) is None
  memo.write_memo(_CAUSES, _Facts('y'))
  assert memo.read_memo(_Facts, _CAUSES) == _Facts('y')


def test_where_there_is_no_place_nothing_is_written(tmp_path, monkeypatch):
  (tmp_path / 'memos').write_text('a file')
  memo.write_memo(_CAUSES, _Facts('x'))
  assert memo.read_memo(_Facts, _CAUSES) is None
  monkeypatch.setenv('SLIMHUB_HOME', '~no-such-user/x')
  memo.write_memo(_CAUSES, _Facts('x'))
  assert memo.read_memo(_Facts, _CAUSES) is None
  assert [p.name for p in pathlib.Path(tmp_path).iterdir()] == ['memos']
