"""A drawing of rectangles and texts, as SVG."""

from typing import NamedTuple
from xml.etree import ElementTree

from model_specs import outside

_NAMESPACE = 'http://www.w3.org/2000/svg'
# White, as pages may be dark, and what is written is black.
_STYLE = 'background: white; font-family: sans-serif; font-size: 12px'
# The color-blind can tell these apart.
BLUE, YELLOW, RED = '#4477aa', '#ccbb44', '#ee6677'


class Box(NamedTuple):
  """Where a rectangle lies, by its upper left corner, and its size."""

  x: float
  y: float
  width: float
  height: float


class Drawing:
  """An SVG that grows by what is drawn."""

  def __init__(self) -> None:
    self._root = ElementTree.Element('svg', xmlns=_NAMESPACE, style=_STYLE)

  def text(
    self, x: float, y: float, text: str, color: str = 'black', turn: int = 0
  ) -> None:
    """Writes at a point, turned around it by some degrees."""
    about = {'x': f'{x:g}', 'y': f'{y:g}', 'fill': color}
    if turn:
      about['transform'] = f'rotate({turn} {x:g} {y:g})'
    node = ElementTree.SubElement(self._root, 'text', about)
    node.text = outside.shown(text)

  def rectangle(
    self,
    box: Box,
    color: str,
    opacity: float | None = None,
    title: str = '',
  ) -> None:
    """Draws a rectangle, with a title that is shown where a mouse points."""
    about = {
      'x': f'{box.x:g}',
      'y': f'{box.y:g}',
      'width': f'{box.width:.1f}',
      'height': f'{box.height:g}',
      'fill': color,
    }
    if opacity is not None:
      about['fill-opacity'] = f'{opacity:.3f}'
    node = ElementTree.SubElement(self._root, 'rect', about)
    if title:
      ElementTree.SubElement(node, 'title').text = outside.shown(title)

  def to_svg(self, width: float, height: float) -> str:
    """The text of the file."""
    self._root.set('viewBox', f'0 0 {width:g} {height:g}')
    self._root.set('width', f'{width:g}')
    ElementTree.indent(self._root)
    return ElementTree.tostring(self._root, 'unicode') + '\n'
