"""The section of a card that says how fast an artifact was, and where."""

from collections.abc import Iterable

from exporter import markdown
from exporter import measure

SPEED_TITLE = 'Speed'


def speed_section(
  on: measure.Machine,
  own: Iterable[measure.Speed],
  keras: Iterable[measure.Speed],
) -> str:
  """Figures of an artifact beside those of Keras's network, if it has one."""
  theirs = {speed.batch: f'{speed.images_per_second:.0f}' for speed in keras}
  header = ['Batch', 'Median, ms', '95th percentile, ms', 'Images a second']
  if theirs:
    header.append('Those of `keras.applications`')
  rows = []
  for speed in own:
    row = [
      f'{speed.batch}',
      f'{speed.median_ms:.2f}',
      f'{speed.p95_ms:.2f}',
      f'{speed.images_per_second:.0f}',
    ]
    rows.append([*row, theirs[speed.batch]] if theirs else row)
  return markdown.section(
    SPEED_TITLE,
    markdown.paragraph(f'Measured by `slimhub benchmark` on {on}:'),
    markdown.table(header, rows, numbers=header),
  )
