"""The section of a card that says how accurate an artifact was, on what."""

from exporter import markdown
from exporter import measure

ACCURACY_TITLE = 'Measured accuracy'
_MOST = 10  # Classes.


def accuracy_section(found: measure.Accuracy) -> str:
  """Figures of an artifact, and its worst classes."""
  setting = found.setting
  header = ['Pictures', 'Top-1', '95 % interval']
  row = [
    f'{setting.pictures}',
    f'{found.top1_percent:.2f} %',
    f'{measure.interval(found)} %',
  ]
  if found.top5 is not None:
    header.append('Top-5')
    row.append(f'{measure.top5(found)} %')
  used = ', '.join(f'{k} {v}' for k, v in setting.libraries.items())
  classes = [
    row
    for row, each in zip(
      measure.class_rows(found, _MOST), found.classes, strict=False
    )
    if each.right < each.pictures
  ]
  return markdown.section(
    ACCURACY_TITLE,
    markdown.paragraph(
      f'Measured by `slimhub evaluate` on {setting.pictures} pictures of '
      f'{len(found.classes)} classes, {setting.preprocessing}, with {used}. '
      f'SHA-256 of the pictures and their labels: `{setting.sha256}`.'
    ),
    markdown.table(header, [row], numbers=header),
    *_worst(classes),
  )


def _worst(rows: list[tuple[str, ...]]) -> tuple[str, ...]:
  if not rows:
    return ()
  header = ('Class', 'Pictures', 'Top-1, %', 'Mostly taken for')
  return (
    'The classes that it knows worst:',
    markdown.table(header, rows, numbers=header[1:3]),
  )
