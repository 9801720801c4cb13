"""The chart is SVG whose bars are as long as the figures say."""

from xml.etree import ElementTree

import pytest

from exporter.measure import speed_chart
from tests import some_speed

_SVG = '{http://www.w3.org/2000/svg}'


@pytest.fixture(scope='module', name='chart')
def _chart() -> ElementTree.Element:
  text = speed_chart.render(some_speed.MACHINE, some_speed.make())
  return ElementTree.fromstring(text)


def test_a_bar_for_each_figure_in_proportion(chart):
  widths = [float(bar.get('width')) for bar in chart.iter(f'{_SVG}rect')]
  speeds = [speed.images_per_second for speed in some_speed.make()]
  assert len(widths) == len(speeds) == 9
  unit = widths[0] / speeds[0]
  assert widths == pytest.approx([s * unit for s in speeds], rel=0.01)


def test_bars_and_texts_stay_inside(chart):
  _, _, width, height = map(float, chart.get('viewBox').split())
  for bar in chart.iter(f'{_SVG}rect'):
    assert float(bar.get('x')) + float(bar.get('width')) < width
    assert float(bar.get('y')) + float(bar.get('height')) < height


def test_it_names_the_machine_the_batches_and_everything_measured(chart):
  texts = [node.text for node in chart.iter(f'{_SVG}text')]
  assert texts[0] == 'Images a second, A & B <Processor>, 2 cores'
  assert '■ batch of 32' in texts
  assert some_speed.NETWORK in texts
  for name in ('5', '5.onnx/model.onnx', 'keras.applications.X'):
    assert name.rpartition('classification/')[2] in texts or name in texts
