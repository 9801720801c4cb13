"""Draws an SVG of what a classifier takes for what."""

from collections.abc import Sequence

from exporter.measure import accuracy
from exporter.measure import drawing

MOST = 30  # How many classes are drawn at most: the worst ones.
_LABELS, _CELL, _HEAD, _LINE = 200, 24, 150, 20  # Sizes in pixels.
_LONGEST = 28  # How many letters of a name are shown.
_OTHER = 'another class'


def _shown(
  figures: accuracy.Accuracy,
) -> Sequence[accuracy.OfClass]:
  """The classes that are drawn, sorted by number."""
  worst = figures.classes[:MOST]
  return sorted(worst, key=lambda each: each.number)


def _short(name: str) -> str:
  return name if len(name) <= _LONGEST else f'{name[: _LONGEST - 1]}…'


def _add_row(
  chart: drawing.Drawing,
  figures: accuracy.Accuracy,
  row: int,
  shown: Sequence[accuracy.OfClass],
) -> None:
  """Draws the row of a class: what its pictures were taken for."""
  own = shown[row]
  name = figures.names[own.number]
  counts = {own.number: own.right, **own.taken_for}
  column_of = {each.number: column for column, each in enumerate(shown)}
  count_in: dict[int, int] = {}
  for number, count in counts.items():
    column = column_of.get(number, len(shown))
    count_in[column] = count_in.get(column, 0) + count
  for column, count in count_in.items():
    is_drawn = column < len(shown)
    other = figures.names[shown[column].number] if is_drawn else _OTHER
    title = f'{name}, taken for {other}: {count} of {own.pictures}'
    if count:
      x, y = _LABELS + column * _CELL, _HEAD + row * _CELL
      chart.rectangle(
        drawing.Box(x, y, _CELL - 1, _CELL - 1),
        drawing.BLUE if column == row else drawing.RED,
        count / own.pictures,  # As opaque as its share of the row's pictures.
        title,
      )
  chart.text(8, _HEAD + row * _CELL + 16, _short(name))


def render(figures: accuracy.Accuracy) -> str:
  """Renders the chart: classes as rows, what they were taken for as columns."""
  shown, chart = _shown(figures), drawing.Drawing()
  chart.text(8, 16, figures.name)
  total = len(figures.classes)
  which = '' if total == len(shown) else f', the worst {len(shown)} of {total}'
  chart.text(8, 16 + _LINE, f'classes: a row each{which}; columns: taken for')
  columns = [figures.names[each.number] for each in shown]
  for column, name in enumerate((*columns, _OTHER)):
    x, y = _LABELS + column * _CELL + 16, _HEAD - 6
    chart.text(x, y, _short(name), turn=-60)
  for row in range(len(shown)):
    _add_row(chart, figures, row, shown)
  width = _LABELS + (len(shown) + 1) * _CELL + _HEAD
  height = _HEAD + len(shown) * _CELL + 8
  return chart.to_svg(width, height)
