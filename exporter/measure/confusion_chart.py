"""Draws an SVG of what a classifier takes for what."""

from collections.abc import Sequence
from xml.etree import ElementTree

from exporter.measure import accuracy
from model_specs import outside

MOST = 30  # How many classes are drawn at most: the worst ones.
_NAMESPACE = 'http://www.w3.org/2000/svg'
_STYLE = 'font-family: sans-serif; font-size: 12px'
_RIGHT, _WRONG = '#4477aa', '#ee6677'  # The color-blind can tell them apart.
_LABELS, _CELL, _HEAD, _LINE = 200, 24, 150, 20  # Sizes in pixels.
_LONGEST = 28  # How many letters of a name are shown.
_OTHER = 'another class'


def _shown(
  figures: accuracy.Accuracy,
) -> Sequence[accuracy.OfClass]:
  """The classes that are drawn, sorted by number."""
  worst = figures.classes[:MOST]
  return sorted(worst, key=lambda each: each.number)


class _Chart:
  """An SVG of cells and texts."""

  def __init__(self) -> None:
    self.root = ElementTree.Element('svg', xmlns=_NAMESPACE, style=_STYLE)

  def text(self, x: float, y: float, text: str, turn: int = 0) -> None:
    """Writes at a point, turned around it by some degrees."""
    node = ElementTree.SubElement(
      self.root,
      'text',
      x=f'{x:g}',
      y=f'{y:g}',
      transform=f'rotate({turn} {x:g} {y:g})',
    )
    node.text = outside.shown(text)

  def cell(self, column: int, row: int, share: float, title: str) -> None:
    """Draws a square, as opaque as its share of the row's pictures."""
    node = ElementTree.SubElement(
      self.root,
      'rect',
      {'fill-opacity': f'{share:.3f}'},
      x=f'{_LABELS + column * _CELL}',
      y=f'{_HEAD + row * _CELL}',
      width=f'{_CELL - 1}',
      height=f'{_CELL - 1}',
      fill=_RIGHT if column == row else _WRONG,
    )
    ElementTree.SubElement(node, 'title').text = outside.shown(title)


def _short(name: str) -> str:
  return name if len(name) <= _LONGEST else f'{name[: _LONGEST - 1]}…'


def _add_row(
  chart: _Chart,
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
      chart.cell(column, row, count / own.pictures, title)
  chart.text(8, _HEAD + row * _CELL + 16, _short(name))


def render(figures: accuracy.Accuracy) -> str:
  """Renders the chart: classes as rows, what they were taken for as columns."""
  shown, chart = _shown(figures), _Chart()
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
  chart.root.set('viewBox', f'0 0 {width} {height}')
  chart.root.set('width', f'{width}')
  ElementTree.indent(chart.root)
  return ElementTree.tostring(chart.root, 'unicode') + '\n'
