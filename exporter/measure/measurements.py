"""What was measured of one export, kept beside it until it is replaced."""

import dataclasses
import json

from exporter import errors
from exporter import storage
from exporter.measure import accuracy as accuracy_lib
from exporter.measure import records
from exporter.measure import speed as speed_lib

_MOST_BYTES = 2**24  # Of a file of figures; they take some thousands.


@dataclasses.dataclass(frozen=True)
class Measurements:
  """What VERSION.measured.json says; None is what nobody measured."""

  speed: speed_lib.Timed | None = None
  accuracy: accuracy_lib.AccuracySummary | None = None


@dataclasses.dataclass(frozen=True)
class _File:
  """The whole file."""

  artifact: str  # The `digest` of the manifest of what was measured.
  measured: Measurements


def read_measurements(
  place: storage.Place[storage.Folder], made: storage.Manifest
) -> Measurements:
  """What was measured of an export since it was made.

  Args:
    place: Where the export is.
    made: Its manifest.

  Returns:
    The figures. What was measured of other files than those of the manifest
    says nothing of them, and is left out: an interrupted export may leave it.

  Raises:
    ManifestError: The file holds something else.
  """
  path = place.measured
  try:
    text = storage.read_bytes(path, _MOST_BYTES)
  except FileNotFoundError:
    return Measurements()
  try:
    found = records.load(_File, text)
  except (ValueError, TypeError) as error:
    raise errors.ManifestError(
      f'{path} does not hold what slimhub measured of {made.handle} ({error}); '
      'remove it, and measure again with `slimhub benchmark` or '
      '`slimhub evaluate --card`'
    ) from error
  return found.measured if found.artifact == made.digest else Measurements()


def write_measurements(
  place: storage.Place[storage.Folder],
  made: storage.Manifest,
  found: Measurements,
) -> None:
  """Writes what was measured of an export, whole or not at all."""
  file = _File(made.digest, found)
  text = json.dumps(dataclasses.asdict(file), indent=2) + '\n'
  storage.write_text(place.measured, text)
