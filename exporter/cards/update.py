"""An export's card, written anew when something was measured of the export."""

from collections.abc import Sequence

from exporter import measure
from exporter import storage
from exporter.cards import card as card_lib
from exporter.cards import conversion
from exporter.cards import measured
import model_specs
from model_specs import formats


def _write(
  handle: model_specs.Handle,
  output_dir: storage.Folder,
  speed: measure.Timed | None = None,
  accuracy: measure.AccuracySummary | None = None,
) -> None:
  """Keeps new figures beside the old ones, and writes the card of all."""
  place = storage.place(output_dir, handle)
  with storage.reach(place.manifest):
    made = storage.read_manifest(place.manifest)
  before = measure.read_measurements(place, made)
  found = measure.Measurements(
    speed or before.speed, accuracy or before.accuracy
  )
  measure.write_measurements(place, made, found)
  if isinstance(handle, formats.Conversion):
    card = conversion.conversion_card(handle, made, found)
  else:
    card = card_lib.model_card(handle, made, found)
  storage.write_text(place.card, card.to_markdown())


def write_accuracy(
  handle: model_specs.Handle,
  output_dir: storage.Folder,
  found: measure.Accuracy,
) -> None:
  """Keeps how accurate an export is, beside it and on its card.

  Args:
    handle: The export.
    output_dir: Where exports are.
    found: Its figures.

  Raises:
    ManifestError: Its manifest, or what was measured before, is unreadable.
  """
  summary = measure.shorten(found, measured.MOST_CLASSES)
  _write(handle, output_dir, accuracy=summary)


def write_speed(
  handle: model_specs.Handle,
  output_dir: storage.Folder,
  on: measure.Machine,
  found: Sequence[measure.Speed],
) -> None:
  """Keeps how fast an export is, beside it and on its card.

  Args:
    handle: The export.
    output_dir: Where exports are.
    on: The machine.
    found: Figures of this export among others, and of Keras's networks.

  Raises:
    ManifestError: Its manifest, or what was measured before, is unreadable.
  """
  _write(handle, output_dir, speed=measure.of_export(handle, on, found))
