"""The rows as a table for people, as one for programs, and as a chart."""

from collections.abc import Sequence
import csv
from importlib import metadata
import io
import os
import platform

from benchmarks import rows as rows_lib
from exporter import markdown
from exporter import measure

_HEADER = (
  *('What', 'Seconds', 'Peer', 'Its seconds', 'Times the peer'),
  *('Peak memory of a process, GB', 'Of all, GB'),
)
_PACKAGES = ('tensorflow', 'keras', 'tf-slim', 'numpy')
_LINE, _LABELS, _WIDTH = 22, 430, 300  # Pixels.


def machine() -> str:
  """What the figures are of: cores, processor, and the versions of packages."""
  versions = [f'{name} {metadata.version(name)}' for name in _PACKAGES]
  python = f'Python {platform.python_version()}'
  cores = f'{os.cpu_count()} cores, {platform.machine()}'
  return ', '.join((cores, python, *versions))


def _gigabytes(megabytes: float) -> str:
  """Empty for what ended before its memory was measured."""
  return f'{megabytes / 1000:.2f}' if megabytes else ''


def _cells(row: rows_lib.Row) -> tuple[str, ...]:
  return (
    row.name,
    f'{row.each:.2f}',
    row.peer,
    f'{row.their_each:.2f}',
    f'{row.ratio:.2f}',
    _gigabytes(row.ours.largest_mb),
    _gigabytes(row.ours.whole_mb),
  )


def to_markdown(rows: Sequence[rows_lib.Row]) -> str:
  """The rows as a table, with what they are of."""
  numbers = tuple(name for name in _HEADER if name not in ('What', 'Peer'))
  cells = [_cells(row) for row in rows]
  return f'Measured on {machine()}.\n\n' + markdown.table(
    _HEADER, cells, numbers=numbers
  )


def to_csv(rows: Sequence[rows_lib.Row]) -> str:
  """The rows for programs."""
  file = io.StringIO()
  writer = csv.writer(file, lineterminator='\n')
  writer.writerow(_HEADER)
  writer.writerows(map(_cells, rows))
  return file.getvalue()


def to_svg(rows: Sequence[rows_lib.Row]) -> str:
  """Two bars a row: slimhub's time, and its peer's."""
  drawing = measure.Drawing()
  for number, row in enumerate(rows):
    y = number * _LINE
    longest = max(row.each, row.their_each)
    label = f'{row.name} / {row.peer}: {row.each:.2f} / {row.their_each:.2f} s'
    drawing.text(0, y + _LINE * 0.7, label.replace('`', ''))
    for part, seconds, color in (
      (0.1, row.each, measure.BLUE),
      (0.5, row.their_each, measure.YELLOW),
    ):
      width = _WIDTH * seconds / longest
      box = measure.Box(_LABELS, y + part * _LINE, width, 0.35 * _LINE)
      drawing.rectangle(box, color)
  return drawing.to_svg(_LABELS + _WIDTH, len(rows) * _LINE)
