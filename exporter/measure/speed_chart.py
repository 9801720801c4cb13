"""Draws a chart of speeds, as SVG: one bar for each artifact and batch size."""

from collections.abc import Sequence
from xml.etree import ElementTree

from exporter.measure import speed as speed_lib

_NAMESPACE = 'http://www.w3.org/2000/svg'
# The color-blind can tell these apart.
_COLORS = ('#4477aa', '#ccbb44', '#ee6677')
_LABELS, _BARS, _VALUES = 240, 420, 70  # Widths in pixels.
_BAR, _GAP, _LINE = 12, 10, 24  # Heights in pixels.
_STYLE = 'font-family: sans-serif; font-size: 12px'


class _Chart:
  """An SVG that is drawn from top to bottom."""

  def __init__(self, largest: float):
    self._unit = _BARS / largest
    self.y = _LINE
    self.root = ElementTree.Element('svg', xmlns=_NAMESPACE, style=_STYLE)

  def text(self, x: float, text: str, color: str = 'black') -> None:
    """Writes on the current line."""
    node = ElementTree.SubElement(
      self.root, 'text', x=f'{x:g}', y=f'{self.y:g}', fill=color
    )
    node.text = text

  def bar(self, images: float, color: str) -> None:
    """Draws a bar with its value on the current line, and moves below it."""
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


def _add_legend(chart: _Chart, machine: speed_lib.Machine) -> None:
  chart.text(8, f'Images a second, {machine.processor}, {machine.cores} cores')
  chart.y += _LINE
  for number, batch in enumerate(speed_lib.BATCHES):
    x = _LABELS + 110 * number
    chart.text(x, f'■ batch of {batch}', _COLORS[number])
  chart.y += _LINE


def render(
  machine: speed_lib.Machine, speeds: Sequence[speed_lib.Speed]
) -> str:
  """Renders the chart, with the artifacts of one network together."""
  chart = _Chart(max(speed.images_per_second for speed in speeds))
  _add_legend(chart, machine)
  networks = dict.fromkeys(speed.network for speed in speeds)
  for network in networks:
    chart.text(8, network)
    chart.y += _LINE
    of_network = [speed for speed in speeds if speed.network == network]
    for name in dict.fromkeys(speed.name for speed in of_network):
      chart.text(20, name.removeprefix(f'{network}/'))
      for number, batch in enumerate(speed_lib.BATCHES):
        for speed in of_network:
          if (speed.name, speed.batch) == (name, batch):
            chart.bar(speed.images_per_second, _COLORS[number])
      chart.y += _GAP
    chart.y += _GAP
  width = _LABELS + _BARS + _VALUES
  chart.root.set('viewBox', f'0 0 {width} {chart.y}')
  chart.root.set('width', f'{width}')
  ElementTree.indent(chart.root)
  return ElementTree.tostring(chart.root, 'unicode') + '\n'
