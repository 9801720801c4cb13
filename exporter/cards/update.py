"""Rewrites the card of an export after something was measured of it."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence

from exporter import errors
from exporter import measure
from exporter import storage
from exporter.cards import measured
from exporter.cards import record
import model_specs

# Makes the card of a handle, its manifest and what was measured of it.
Describe = Callable[
  [model_specs.Handle, storage.Manifest, measure.Measurements], record.Card
]


def _write(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  describe: Describe,
  artifact: str,
  figures: measure.Measurements,
) -> None:
  """Stores new figures with those that are there, and rewrites the card.

  Args:
    handle: The export.
    output_dir: Where exports are.
    describe: Makes the card of an artifact of any format.
    artifact: The digest of the manifest of what was measured.
    figures: The new figures.
  """
  folder = storage.to_folder(output_dir)
  place = storage.place(folder, handle)
  manifest = storage.read_manifest(folder, handle.stem)
  if manifest is None:
    raise errors.ManifestError(
      f'{place.manifest} is missing, so the figures of {handle} have no place '
      'beside it; export the version again'
    )
  if manifest.digest != artifact:
    raise errors.ManifestError(
      f'the figures of {handle} are not of the files that are there: it was '
      'exported again while it was measured; measure it again'
    )
  before = measure.read_measurements(folder, handle, manifest)
  now = measure.Measurements(
    figures.speed or before.speed, figures.accuracy or before.accuracy
  )
  measure.write_measurements(folder, handle, manifest, now)
  storage.write_text(place.card, describe(handle, manifest, now).to_markdown())


def write_each(
  handles: Iterable[model_specs.Handle],
  write: Callable[[model_specs.Handle], None],
) -> None:
  """Rewrites the cards of several exports, whatever is wrong with one.

  Args:
    handles: The exports.
    write: Rewrites the card of one.

  Raises:
    ExportError: Some are not written; it says which, and why.
  """
  problems = []
  for handle in handles:
    try:
      write(handle)
    except (errors.SlimhubError, OSError) as error:
      problems.append(f'  {handle}: {error}\n')
  if problems:
    raise errors.ExportError(
      f'{len(problems)} cards are not written, and the figures above are '
      f'not on them:\n{"".join(problems)}'.rstrip()
    )


def write_accuracy(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  accuracy: measure.Accuracy,
  describe: Describe,
) -> None:
  """Writes how accurate an export is into a file beside it and on its card.

  Args:
    handle: The export.
    output_dir: Where exports are.
    accuracy: The figures of the export.
    describe: Makes the card of an artifact of any format.

  Raises:
    ManifestError: Its manifest, or what was measured before, is unreadable, or
      it is no longer what was measured.
  """
  summary = measure.shorten(accuracy, measured.MOST_CLASSES)
  figures = measure.Measurements(accuracy=summary)
  _write(handle, output_dir, describe, accuracy.artifact, figures)


def write_speed(
  handle: model_specs.Handle,
  output_dir: storage.Location,
  on: measure.Machine,
  speeds: Sequence[measure.Speed],
  describe: Describe,
) -> None:
  """Writes how fast an export is into a file beside it and on its card.

  Args:
    handle: The export.
    output_dir: Where exports are.
    on: The machine on which it was measured.
    speeds: All figures of a benchmark; only those of this export and of the
      same network of Keras are used.
    describe: Makes the card of an artifact of any format.

  Raises:
    ManifestError: Its manifest, or what was measured before, is unreadable, or
      it is no longer what was measured.
  """
  speed = measure.of_export(handle, on, speeds)
  figures = measure.Measurements(speed=speed)
  artifact = next((each.artifact for each in speed.own), '')
  _write(handle, output_dir, describe, artifact, figures)
