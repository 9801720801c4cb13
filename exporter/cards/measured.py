"""Sections that a card gets after its export, each kept when another comes."""

from exporter.cards import accuracy as card_accuracy
from exporter.cards import card
from exporter.cards import conversion as card_conversion
from exporter.cards import speed as card_speed
from exporter.storage import manifest
from exporter.storage import places
from model_specs import formats
from model_specs import spec

_TITLES = (card_speed.TITLE, card_accuracy.TITLE)


def _find(text: str, title: str) -> str | None:
  """The section of a card that has this title."""
  _, found, rest = f'\n{text}'.partition(f'\n## {title}\n')
  if not found:
    return None
  body, _, _ = rest.partition('\n## ')
  return f'## {title}\n{body}'.rstrip('\n')


def write(
  handle: spec.Handle, output_dir: places.Folder, title: str, section: str
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
  place = places.place(output_dir, handle)
  made = manifest.read(place.manifest)
  before = place.card.read_text('utf-8') if place.card.exists() else ''
  found = {each: _find(before, each) for each in _TITLES}
  found[title] = section
  sections = tuple(each for each in found.values() if each)
  if isinstance(handle, formats.Conversion):
    text = card_conversion.render(handle, made, sections)
  else:
    text = card.render(handle, made, sections)
  places.write(place.card, text)
