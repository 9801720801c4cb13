"""What is said of speed is what was measured last: benchmarks/results."""

import csv

from tests import source_tree

_RESULTS = source_tree.ROOT / 'benchmarks/results'
_GUIDE = source_tree.ROOT / 'docs/speed.md'
_README = source_tree.ROOT / 'README.md'


def test_the_guide_has_the_table_and_the_profile():
  text = _GUIDE.read_text('utf-8')
  for name in ('bench.md', 'profile.txt'):
    assert (_RESULTS / name).read_text('utf-8').strip() in text


def test_the_readme_quotes_rows_of_the_table():
  with (_RESULTS / 'bench.csv').open(encoding='utf-8') as file:
    measured = {(r['Seconds'], r['Its seconds']) for r in csv.DictReader(file)}
  _, section = _README.read_text('utf-8').split('## How fast\n')
  lines = [x for x in section.split('\n## ')[0].splitlines() if x[:2] == '| ']
  _, _, *rows = ([cell.strip() for cell in x.split('|')] for x in lines)
  quoted = [(seconds, theirs) for _, _, seconds, _, theirs, *_ in rows]
  assert len(quoted) > 4
  assert set(quoted) <= measured
