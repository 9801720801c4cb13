"""The sections of a card on the speed and accuracy that were measured."""

from exporter import markdown
from exporter import measure
from exporter.cards import record

MOST_CLASSES = 10  # How many of the worst classes a card lists.


def _speed_row(
  speed: measure.Speed, peer: measure.Speed | None, has_memory: bool
) -> list[str]:
  row = [
    f'{speed.batch}',
    f'{speed.median_ms:.2f}',
    f'{speed.p95_ms:.2f}',
    f'{speed.images_per_second:.0f}',
  ]
  if peer:
    row.append(f'{peer.images_per_second:.0f}')
  if has_memory:
    row.append('-' if speed.memory_mb is None else f'{speed.memory_mb:.0f}')
  return row


def _speed(timed: measure.Timed) -> record.Section:
  """How fast the artifact is, and the same network of Keras if there is one."""
  peers = {speed.batch: speed for speed in timed.keras}
  header = ['Batch', 'Median, ms', '95th percentile, ms', 'Images a second']
  if peers:
    header.append('Those of `keras.applications`')
  has_memory = any(speed.memory_mb is not None for speed in timed.own)
  if has_memory:
    header.append('Memory, MB')
  rows = [
    _speed_row(speed, peers.get(speed.batch), has_memory) for speed in timed.own
  ]
  memory = markdown.paragraph(
    'Memory is the most that a process has taken which does nothing else, all '
    'of its runtime included.'
  )
  return record.Section(
    'Speed',
    (
      markdown.paragraph(
        'Measured by `slimhub benchmark` on '
        f'{markdown.text(str(timed.machine))}:'
      ),
      markdown.table(header, rows, numbers=header),
      *((memory,) if has_memory else ()),
    ),
  )


def _worst(accuracy: measure.AccuracySummary) -> tuple[str, ...]:
  if not accuracy.worst:
    return ()
  header = ('Class', 'Pictures', 'Top-1, %', 'Mostly taken for')
  rows = [
    [markdown.text(cell) for cell in row]
    for row in measure.class_rows(accuracy.worst, accuracy.names)
  ]
  return (
    'The classes that it knows worst:',
    markdown.table(header, rows, numbers=header[1:3]),
  )


def _accuracy(accuracy: measure.AccuracySummary) -> record.Section:
  """How accurate the artifact is, on which pictures, and its worst classes."""
  setting = accuracy.setting
  header = ['Pictures', 'Top-1', '95 % interval']
  row = [
    f'{setting.pictures}',
    f'{accuracy.top1_percent:.2f} %',
    f'{measure.interval(accuracy)} %',
  ]
  if accuracy.top5 is not None:
    header.append('Top-5')
    row.append(f'{measure.top5(accuracy)} %')
  used = ', '.join(f'{k} {v}' for k, v in setting.libraries.items())
  how = markdown.text(f'{setting.preprocessing}, with {used}')
  origin = markdown.paragraph(
    f'Measured by `slimhub evaluate` on {setting.pictures} pictures of '
    f'{accuracy.classes} classes, {how}. SHA-256 of the pictures and their '
    f'labels: {markdown.literal(setting.sha256)}.'
  )
  table = markdown.table(header, [row], numbers=header)
  remarks = [markdown.paragraph(f'Note: {r}.') for r in accuracy.remarks]
  return record.Section(
    'Measured accuracy', (origin, table, *remarks, *_worst(accuracy))
  )


def sections(
  measurements: measure.Measurements | None,
) -> tuple[record.Section, ...]:
  """The sections on what was measured of an export, if anything was."""
  if measurements is None:
    return ()
  speed = [_speed(measurements.speed)] if measurements.speed else []
  accuracy = [_accuracy(measurements.accuracy)] if measurements.accuracy else []
  return (*speed, *accuracy)
