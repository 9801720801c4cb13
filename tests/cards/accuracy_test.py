"""A card's figures of accuracy come with what they were measured on."""

import numpy as np

from exporter.cards import accuracy
from exporter.measure import accuracy as accuracy_lib
from tests import some_accuracy


def test_figures_come_with_their_pictures():
  text = accuracy.accuracy_section(some_accuracy.make())
  words = ' '.join(text.split())
  assert 'on 10 pictures of 3 classes, some crop, with slimhub 1.2' in words
  assert '`c0ffee`' in words
  assert '| 10 | 50.00 % | 23.7 to 76.3 % | 90.00 % |' in text


def test_classes_with_mistakes_alone_are_listed():
  text = accuracy.accuracy_section(some_accuracy.make())
  assert '| owl | 4 | 25.0 | pike (2) |' in text
  assert '| newt |' not in text


def test_without_mistakes_nothing_is_listed():
  logits = np.eye(5, dtype=np.float32)
  found = accuracy_lib.summarize(
    'a', some_accuracy.SETTING, logits, range(5), {}
  )
  text = accuracy.accuracy_section(found)
  assert 'knows worst' not in text
  assert 'Top-5' not in text
