"""`python -m benchmarks FOLDER [--shelf]`, which `make bench` calls.

It prints the table of all rows and writes it to FOLDER, too: as Markdown, as
CSV and as a chart.
"""

import argparse
import pathlib
import sys
import tempfile

from benchmarks import rows
from benchmarks import table


def main() -> None:
  """Measures, prints and writes."""
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument('folder', type=pathlib.Path)
  parser.add_argument('--shelf', action='store_true', help='all models, too')
  args = parser.parse_args()
  with tempfile.TemporaryDirectory() as name:
    measured = []
    for row in rows.measure(pathlib.Path(name), shelf=args.shelf):
      sys.stderr.write(f'{row.name}: {row.each:.2f} s, {row.ratio:.2f} times\n')
      measured.append(row)
  args.folder.mkdir(parents=True, exist_ok=True)
  for suffix, text in (
    ('md', table.to_markdown(measured)),
    ('csv', table.to_csv(measured)),
    ('svg', table.to_svg(measured)),
  ):
    (args.folder / f'bench.{suffix}').write_text(text, 'utf-8')
  print(table.to_markdown(measured))


if __name__ == '__main__':
  main()
