"""What SECURITY.md names is there."""

import re

from tests import source_tree

_TEXT = (source_tree.ROOT / 'SECURITY.md').read_text('utf-8')
_PATHS = re.compile(r'(?:tests|exporter|docs)/[\w/]+\.(?:py|md|tsv)')


def test_each_threat_has_tests_that_hold_it():
  rows = [line for line in _TEXT.splitlines() if line.startswith('| ')]
  header, _, *threats = rows
  assert header == '| threat | what is done | held by |'
  assert threats
  for row in threats:
    tests = _PATHS.findall(row.split('|')[3])
    assert tests, row
    for path in tests:
      assert 'def test_' in (source_tree.ROOT / path).read_text('utf-8'), path


def test_every_file_that_it_names_is_there():
  paths = _PATHS.findall(_TEXT)
  assert paths
  assert [p for p in paths if not (source_tree.ROOT / p).is_file()] == []
