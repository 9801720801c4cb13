"""What a classifier takes for what: SVG, a square for each pair of classes."""

from collections.abc import Sequence
from xml.etree import ElementTree

from exporter.measure import accuracy

MOST = 30  # Classes that are drawn; of more, the worst.
_NAMESPACE = 'http://www.w3.org/2000/svg'
_STYLE = 'font-family: sans-serif; font-size: 12px'
_RIGHT, _WRONG = '#4477aa', '#ee6677'  # Told apart by the color blind.
_LABELS, _CELL, _HEAD, _LINE = 200, 24, 150, 20
_LONGEST = 28  # Letters of a name.
_OTHER = 'another class'


def _shown(
  found: accuracy.Accuracy,
) -> Sequence[accuracy.OfClass]:
  """The classes that are drawn, by number."""
  worst = found.classes[:MOST]
  return sorted(worst, key=lambda each: each.number)


class _Chart:
  """The picture."""

  def __init__(self) -> None:
    self.root = ElementTree.Element('svg', xmlns=_NAMESPACE, style=_STYLE)

  def text(self, x: float, y: float, text: str, turn: int = 0) -> None:
    """Writes, turned by some degrees."""
    node = ElementTree.SubElement(
      self.root,
      'text',
      x=f'{x:g}',
      y=f'{y:g}',
      transform=f'rotate({turn} {x:g} {y:g})',
    )
    node.text = text

  def cell(self, column: int, row: int, share: float, title: str) -> None:
    """Shades a square by its share of the row's pictures."""
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
    ElementTree.SubElement(node, 'title').text = title


def _short(name: str) -> str:
  return name if len(name) <= _LONGEST else f'{name[: _LONGEST - 1]}…'


def _add_row(
  chart: _Chart,
  found: accuracy.Accuracy,
  row: int,
  shown: Sequence[accuracy.OfClass],
) -> None:
  """A class's pictures, spread over what they were taken for."""
  own = shown[row]
  name = found.names[own.number]
  counts = {own.number: own.right, **own.taken_for}
  drawn = {each.number: column for column, each in enumerate(shown)}
  cells: dict[int, int] = {}
  for number, count in counts.items():
    column = drawn.get(number, len(shown))
    cells[column] = cells.get(column, 0) + count
  for column, count in cells.items():
    is_drawn = column < len(shown)
    other = found.names[shown[column].number] if is_drawn else _OTHER
    title = f'{name}, taken for {other}: {count} of {own.pictures}'
    if count:
      chart.cell(column, row, count / own.pictures, title)
  chart.text(8, _HEAD + row * _CELL + 16, _short(name))


def render(found: accuracy.Accuracy) -> str:
  """The classes of pictures downwards, what they were taken for across."""
  shown, chart = _shown(found), _Chart()
  chart.text(8, 16, found.name)
  total = len(found.classes)
  which = '' if total == len(shown) else f', the worst {len(shown)} of {total}'
  chart.text(8, 16 + _LINE, f'classes: a row each{which}; columns: taken for')
  columns = [found.names[each.number] for each in shown]
  for column, name in enumerate((*columns, _OTHER)):
    x, y = _LABELS + column * _CELL + 16, _HEAD - 6
    chart.text(x, y, _short(name), turn=-60)
  for row in range(len(shown)):
    _add_row(chart, found, row, shown)
  width = _LABELS + (len(shown) + 1) * _CELL + _HEAD
  height = _HEAD + len(shown) * _CELL + 8
  chart.root.set('viewBox', f'0 0 {width} {height}')
  chart.root.set('width', f'{width}')
  ElementTree.indent(chart.root)
  return ElementTree.tostring(chart.root, 'unicode') + '\n'
