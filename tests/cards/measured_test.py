"""What was measured stands on a card with where and on what it was measured."""

import dataclasses

import numpy as np

from exporter.cards import measured
from exporter.measure import accuracy as accuracy_lib
from exporter.measure import measurements
from exporter.measure import speed as speed_lib
from tests import some_accuracy
from tests import some_speed

_OWN, _, _KERAS = (tuple(some_speed.make()[at : at + 3]) for at in (0, 3, 6))


def _speed(keras: tuple[speed_lib.Speed, ...]) -> str:
  timed = speed_lib.Timed(some_speed.MACHINE, _OWN, keras)
  (section,) = measured.sections(measurements.Measurements(speed=timed))
  assert section.title == 'Speed'
  return section.to_markdown()


def _accuracy(accuracy: accuracy_lib.Accuracy) -> str:
  summary = accuracy_lib.shorten(accuracy, measured.MOST_CLASSES)
  (section,) = measured.sections(measurements.Measurements(accuracy=summary))
  assert section.title == 'Measured accuracy'
  return section.to_markdown()


def test_what_nobody_measured_has_no_section():
  assert measured.sections(None) == ()
  assert measured.sections(measurements.Measurements()) == ()


def test_the_machine_is_named():
  text = ' '.join(_speed(_KERAS).split())
  assert 'on A &amp; B &lt;Processor&gt;, 2 cores, Linux' in text


def test_each_batch_is_a_row_beside_keras():
  text = _speed(_KERAS)
  assert '| 1 | 10.00 | 1000.00 | 100 | 300 |' in text
  assert text.count('\n| 32 |') == 1


def test_without_a_peer_there_is_no_column_for_it():
  text = _speed(())
  assert '| 1 | 10.00 | 1000.00 | 100 |' in text
  assert 'keras' not in text


def test_memory_has_a_column_where_it_was_measured():
  own = tuple(dataclasses.replace(speed, memory_mb=56.4) for speed in _OWN)
  timed = speed_lib.Timed(some_speed.MACHINE, own, _KERAS)
  (section,) = measured.sections(measurements.Measurements(speed=timed))
  text = section.to_markdown()
  assert '| 1 | 10.00 | 1000.00 | 100 | 300 | 56 |' in text
  assert 'Memory is the most that a process has taken' in text
  assert 'Memory' not in _speed(_KERAS)


def test_figures_of_accuracy_come_with_their_pictures():
  text = _accuracy(some_accuracy.make())
  words = ' '.join(text.split())
  assert 'on 10 pictures of 3 classes, some crop, with slimhub 1.2' in words
  assert '`c0ffee`' in words
  assert '| 10 | 50.00 % | 23.7 to 76.3 % | 90.00 % |' in text


def test_classes_with_mistakes_alone_are_listed():
  text = _accuracy(some_accuracy.make())
  assert '| owl | 4 | 25.0 | pike (2) |' in text
  assert '| newt |' not in text


def test_without_mistakes_nothing_is_listed():
  logits = np.eye(5, dtype=np.float32)
  accuracy = accuracy_lib.summarize(
    'a', some_accuracy.SETTING, logits, range(5), {}
  )
  text = _accuracy(accuracy)
  assert 'knows worst' not in text
  assert 'Top-5' not in text
