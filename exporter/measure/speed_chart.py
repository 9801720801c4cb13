"""Draws a chart of speeds, as SVG: one bar for each artifact and batch size."""

from collections.abc import Sequence

from exporter.measure import drawing
from exporter.measure import speed as speed_lib

_COLORS = (drawing.BLUE, drawing.YELLOW, drawing.RED)
_LABELS, _BARS, _VALUES = 240, 420, 70  # Widths in pixels.
_BAR, _GAP, _LINE = 12, 10, 24  # Heights in pixels.


class _Chart:
  """A drawing that is made from top to bottom."""

  def __init__(self, largest: float):
    self._unit = _BARS / largest
    self._drawing = drawing.Drawing()
    self.y = _LINE

  def text(self, x: float, text: str, color: str = 'black') -> None:
    """Writes on the current line."""
    self._drawing.text(x, self.y, text, color)

  def bar(self, images: float, color: str) -> None:
    """Draws a bar with its value on the current line, and moves below it."""
    length = images * self._unit
    box = drawing.Box(_LABELS, self.y - _BAR + 2, length, _BAR - 1)
    self._drawing.rectangle(box, color)
    self.text(_LABELS + length + 4, f'{images:,.0f}')
    self.y += _BAR

  def to_svg(self) -> str:
    """The text of the file."""
    return self._drawing.to_svg(_LABELS + _BARS + _VALUES, self.y)


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
  return chart.to_svg()
