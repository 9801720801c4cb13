"""A ledger knows what slimhub wrote, even after a run that was killed."""

import hashlib

import pytest

from exporter.hub import ledger

_OLD, _NEW = (hashlib.sha256(text).hexdigest() for text in (b'old', b'new'))


def test_the_last_line_of_a_name_counts(tmp_path):
  first = ledger.Ledger(tmp_path)
  first.note('a/b c', _OLD)
  first.note('d', _OLD)
  first.note('a/b c', _NEW)
  again = ledger.Ledger(tmp_path)
  assert again.names == {'a/b c', 'd'}
  assert again.sha256('a/b c') == _NEW
  assert again.sha256('e') is None
  again.finish(['d'])
  assert (tmp_path / ledger.FILE).read_text() == f'{_OLD}  d\n'
  assert ledger.Ledger(tmp_path).names == {'d'}


def test_half_a_line_is_passed_over_and_no_other_lost(tmp_path):
  ledger.Ledger(tmp_path).note('a', _OLD)
  with (tmp_path / ledger.FILE).open('a') as file:
    file.write(_NEW[:9])
  ledger.Ledger(tmp_path).note('b', _NEW)
  assert ledger.Ledger(tmp_path).names == {'a', 'b'}


@pytest.mark.parametrize('name', ['../a', '/etc/passwd', 'a/../../b', ''])
def test_nothing_outside_its_folder_is_named(tmp_path, name):
  (tmp_path / ledger.FILE).write_text(f'{_OLD}  {name}\n{_OLD}  a\n')
  assert ledger.Ledger(tmp_path).names == {'a'}


def test_what_is_there_is_not_written_again(tmp_path):
  one = ledger.Ledger(tmp_path)
  one.note('a', _OLD)
  one.finish(['a'])
  before = (tmp_path / ledger.FILE).stat()
  again = ledger.Ledger(tmp_path)
  again.note('a', _OLD)
  again.finish(['a'])
  after = (tmp_path / ledger.FILE).stat()
  assert (before.st_ino, before.st_mtime_ns) == (
    after.st_ino,
    after.st_mtime_ns,
  )
