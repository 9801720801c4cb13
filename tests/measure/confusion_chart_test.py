"""The picture of confusions holds every mistake."""

import dataclasses
from xml.etree import ElementTree

import numpy as np

from exporter.measure import accuracy
from exporter.measure import confusion_chart
from tests import some_accuracy

_SVG = '{http://www.w3.org/2000/svg}'


def _titles(text: str) -> list[str]:
  root = ElementTree.fromstring(text)
  return [node.text or '' for node in root.iter(f'{_SVG}title')]


def test_each_pair_of_classes_has_its_square():
  text = confusion_chart.render(some_accuracy.make())
  assert _titles(text) == [
    'cat & dog, taken for cat & dog: 2 of 4',
    'cat & dog, taken for newt: 1 of 4',
    'cat & dog, taken for another class: 1 of 4',
    'newt, taken for newt: 2 of 2',
    'owl, taken for owl: 1 of 4',
    'owl, taken for another class: 2 of 4',
    'owl, taken for newt: 1 of 4',
  ]


def test_the_shade_is_the_share_of_the_row():
  root = ElementTree.fromstring(confusion_chart.render(some_accuracy.make()))
  shades = [node.get('fill-opacity') for node in root.iter(f'{_SVG}rect')]
  assert shades == [
    '0.500',
    '0.250',
    '0.250',
    '1.000',
    '0.250',
    '0.500',
    '0.250',
  ]


def test_of_many_classes_the_worst_are_drawn():
  count = confusion_chart.MOST + 5
  logits = np.eye(count, dtype=np.float32)
  logits[count - 1, 0] = 2  # The last class is taken for the first.
  setting = dataclasses.replace(some_accuracy.SETTING, pictures=count)
  summary = accuracy.summarize('a', setting, logits, range(count), {})
  text = confusion_chart.render(summary)
  assert f'the worst {confusion_chart.MOST} of {count}' in text
  assert f'{count - 1}, taken for 0: 1 of 1' in _titles(text)
