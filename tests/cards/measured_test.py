"""A card keeps what was measured before when something else is."""

from collections.abc import Callable
import pathlib

import pytest

from exporter import formats as formats_lib
from exporter.cards import accuracy
from exporter.cards import measured
from exporter.cards import speed
from exporter.storage import places
from model_specs import formats
from model_specs import kinds
from tests import some_manifest
from tests import tiny_network

_TF2 = tiny_network.MODEL.handles((5,))[0]
_LITERT = formats.convert(_TF2, kinds.converted()[0])
_SPEED = f'## {speed.SPEED_TITLE}\n\nFast.\n\n* Very.'
_ACCURACY = f'## {accuracy.ACCURACY_TITLE}\n\nRight.'


@pytest.fixture(name='card', params=[_TF2, _LITERT], ids=str)
def _card(request, tmp_path) -> Callable[[str, str], str]:
  """What writes a section, and reads the card."""
  handle = request.param
  place = places.place(tmp_path, handle)
  made = some_manifest.make(handle)
  place.manifest.parent.mkdir(parents=True)
  place.manifest.write_text(made.to_json())

  def write(title: str, section: str) -> str:
    measured.write(handle, tmp_path, title, section, formats_lib.render)
    return pathlib.Path(place.card).read_text('utf-8')

  return write


def test_both_stand_on_the_card_however_they_came(card):
  for title, section in (
    (accuracy.ACCURACY_TITLE, _ACCURACY),
    (speed.SPEED_TITLE, _SPEED),
  ):
    text = card(title, section)
  assert f'\n\n{_SPEED}\n\n{_ACCURACY}\n\n## ' in text


def test_a_section_replaces_itself_alone(card):
  card(accuracy.ACCURACY_TITLE, _ACCURACY)
  card(speed.SPEED_TITLE, _SPEED)
  other = _ACCURACY.replace('Right', 'Wrong')
  text = card(accuracy.ACCURACY_TITLE, other)
  assert f'\n\n{_SPEED}\n\n{other}\n\n## ' in text
  assert 'Right.' not in text
