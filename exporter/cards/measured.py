"""Sections that a card gets after its export, each kept when another comes."""

from collections.abc import Sequence

from exporter import measure
from exporter import storage
from exporter.cards import accuracy
from exporter.cards import card
from exporter.cards import conversion
from exporter.cards import speed as speed_lib
import model_specs
from model_specs import formats

_TITLES = (speed_lib.SPEED_TITLE, accuracy.ACCURACY_TITLE)


def _find(text: str, title: str) -> str | None:
  """The section of a card that has this title."""
  _, found, rest = f'\n{text}'.partition(f'\n## {title}\n')
  if not found:
    return None
  body, _, _ = rest.partition('\n## ')
  return f'## {title}\n{body}'.rstrip('\n')


def write(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  title: str,
  section: str,
) -> None:
  """Writes an export's card anew, with a section more or replaced.

  Args:
    handle: Whose card.
    output_dir: Where the export is.
    title: Of the section.
    section: All of it.

  Raises:
    ManifestError: The export has no readable manifest.
  """
  place = storage.place(storage.to_folder(output_dir), handle)
  made = storage.read_manifest(place.manifest)
  before = place.card.read_text('utf-8') if place.card.exists() else ''
  found = {each: _find(before, each) for each in _TITLES}
  found[title] = section
  sections = tuple(each for each in found.values() if each)
  if isinstance(handle, formats.Conversion):
    text = conversion.render_conversion(handle, made, sections)
  else:
    text = card.render_card(handle, made, sections)
  storage.write_text(place.card, text)


def write_accuracy(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  found: measure.Accuracy,
) -> None:
  """Writes an export's card anew, with how accurate it is."""
  section = accuracy.accuracy_section(found)
  write(handle, output_dir, accuracy.ACCURACY_TITLE, section)


def write_speed(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  on: measure.Machine,
  found: Sequence[measure.Speed],
) -> None:
  """Writes an export's card anew, with how fast it is beside Keras's."""
  own = [speed for speed in found if speed.name == str(handle)]
  keras = [
    speed
    for speed in found
    if speed.name.startswith(measure.KERAS) and speed.network == handle.folder
  ]
  section = speed_lib.speed_section(on, own, keras)
  write(handle, output_dir, speed_lib.SPEED_TITLE, section)
