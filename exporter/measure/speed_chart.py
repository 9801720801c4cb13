"""Figures of speed as a chart: SVG, one bar a batch of every artifact."""

from collections.abc import Sequence
from xml.etree import ElementTree

from exporter.measure import speed as speed_lib

_NAMESPACE = 'http://www.w3.org/2000/svg'
_COLORS = ('#4477aa', '#ccbb44', '#ee6677')  # Told apart by the color blind.
_LABELS, _BARS, _VALUES = 240, 420, 70  # Widths.
_BAR, _GAP, _LINE = 12, 10, 24
_STYLE = 'font-family: sans-serif; font-size: 12px'


class _Chart:
  """A picture that grows downwards."""

  def __init__(self, largest: float):
    self._unit = _BARS / largest
    self.y = _LINE
    self.root = ElementTree.Element('svg', xmlns=_NAMESPACE, style=_STYLE)

  def text(self, x: float, text: str, color: str = 'black') -> None:
    """Writes on the present line."""
    node = ElementTree.SubElement(
      self.root, 'text', x=f'{x:g}', y=f'{self.y:g}', fill=color
    )
    node.text = text

  def bar(self, images: float, color: str) -> None:
    """Draws a bar below the present line."""
    ElementTree.SubElement(
      self.root,
      'rect',
      x=f'{_LABELS}',
      y=f'{self.y - _BAR + 2:g}',
      width=f'{images * self._unit:.1f}',
      height=f'{_BAR - 1}',
      fill=color,
    )
    self.text(_LABELS + images * self._unit + 4, f'{images:,.0f}')
    self.y += _BAR


def _add_legend(chart: _Chart, on: speed_lib.Machine) -> None:
  chart.text(8, f'Images a second, {on.processor}, {on.cores} cores')
  chart.y += _LINE
  for number, batch in enumerate(speed_lib.BATCHES):
    x = _LABELS + 110 * number
    chart.text(x, f'■ batch of {batch}', _COLORS[number])
  chart.y += _LINE


def render(on: speed_lib.Machine, found: Sequence[speed_lib.Speed]) -> str:
  """The chart, artifacts of one network together, in their order."""
  chart = _Chart(max(speed.images_per_second for speed in found))
  _add_legend(chart, on)
  networks = dict.fromkeys(speed.network for speed in found)
  for network in networks:
    chart.text(8, network)
    chart.y += _LINE
    own = [speed for speed in found if speed.network == network]
    for name in dict.fromkeys(speed.name for speed in own):
      chart.text(20, name.removeprefix(f'{network}/'))
      for number, batch in enumerate(speed_lib.BATCHES):
        for speed in own:
          if (speed.name, speed.batch) == (name, batch):
            chart.bar(speed.images_per_second, _COLORS[number])
      chart.y += _GAP
    chart.y += _GAP
  width = _LABELS + _BARS + _VALUES
  chart.root.set('viewBox', f'0 0 {width} {chart.y}')
  chart.root.set('width', f'{width}')
  ElementTree.indent(chart.root)
  return ElementTree.tostring(chart.root, 'unicode') + '\n'
