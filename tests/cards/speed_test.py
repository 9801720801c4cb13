"""A card's figures of speed come with their machine, beside Keras's."""

from exporter.cards import speed
from tests import some_speed

_OWN, _, _KERAS = (some_speed.make()[at : at + 3] for at in (0, 3, 6))


def test_the_machine_is_named():
  text = speed.speed_section(some_speed.MACHINE, _OWN, _KERAS)
  assert 'on A & B <Processor>, 2 cores, Linux' in ' '.join(text.split())


def test_each_batch_is_a_row_beside_keras():
  text = speed.speed_section(some_speed.MACHINE, _OWN, _KERAS)
  assert '| 1 | 10.00 | 1000.00 | 100 | 300 |' in text
  assert text.count('\n| 32 |') == 1


def test_without_a_peer_there_is_no_column_for_it():
  text = speed.speed_section(some_speed.MACHINE, _OWN, [])
  assert '| 1 | 10.00 | 1000.00 | 100 |' in text
  assert 'keras' not in text
