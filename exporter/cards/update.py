"""An export's card, written anew when something was measured of the export."""

from collections.abc import Callable
from collections.abc import Sequence

from exporter import measure
from exporter import storage
from exporter.cards import measured
from exporter.cards import record
import model_specs

# A handle, its manifest and what was measured of it -> its card.
Describe = Callable[
  [model_specs.Handle, storage.Manifest, measure.Measurements], record.Card
]


def _write(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  describe: Describe,
  speed: measure.Timed | None = None,
  accuracy: measure.AccuracySummary | None = None,
) -> None:
  """Keeps new figures beside the old ones, and writes the card of all."""
  place = storage.place(storage.to_folder(output_dir), handle)
  with storage.reach(place.manifest):
    made = storage.read_manifest(place.manifest)
  before = measure.read_measurements(place, made)
  found = measure.Measurements(
    speed or before.speed, accuracy or before.accuracy
  )
  measure.write_measurements(place, made, found)
  storage.write_text(place.card, describe(handle, made, found).to_markdown())


def write_accuracy(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  found: measure.Accuracy,
  describe: Describe,
) -> None:
  """Keeps how accurate an export is, beside it and on its card.

  Args:
    handle: The export.
    output_dir: Where exports are.
    found: Its figures.
    describe: Makes the card of an artifact of any format.

  Raises:
    ManifestError: Its manifest, or what was measured before, is unreadable.
  """
  summary = measure.shorten(found, measured.MOST_CLASSES)
  _write(handle, output_dir, describe, accuracy=summary)


def write_speed(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  on: measure.Machine,
  found: Sequence[measure.Speed],
  describe: Describe,
) -> None:
  """Keeps how fast an export is, beside it and on its card.

  Args:
    handle: The export.
    output_dir: Where exports are.
    on: The machine.
    found: Figures of this export among others, and of Keras's networks.
    describe: Makes the card of an artifact of any format.

  Raises:
    ManifestError: Its manifest, or what was measured before, is unreadable.
  """
  speed = measure.of_export(handle, on, found)
  _write(handle, output_dir, describe, speed=speed)
