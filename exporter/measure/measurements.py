"""What was measured of one export, kept beside it until it is replaced."""

import dataclasses
import json
import pathlib

from exporter import errors
from exporter import storage
from exporter.measure import accuracy as accuracy_lib
from exporter.measure import speed as speed_lib
import model_specs

_AGAIN = (
  'remove it, and measure again with `slimhub benchmark` or `slimhub evaluate '
  '--card`'
)


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
  folder: storage.Folder, handle: model_specs.Handle, manifest: storage.Manifest
) -> Measurements:
  """What was measured of an export since it was made.

  Args:
    folder: The folder of exports.
    handle: The export.
    manifest: Its manifest.

  Returns:
    The figures. What was measured of other files than those of the manifest
    says nothing of them, and is left out: an interrupted export may leave it.

  Raises:
    ManifestError: The file holds something else.
  """
  name = storage.place(pathlib.Path(), handle).measured.as_posix()
  text = storage.read_small(folder, name, _AGAIN)
  if text is None:
    return Measurements()
  try:
    file = storage.parse_record(_File, text)
  except ValueError as error:
    raise errors.ManifestError(
      f'{folder / name} does not hold what slimhub measured of {handle} '
      f'({error}); {_AGAIN}'
    ) from error
  return file.measured if file.artifact == manifest.digest else Measurements()


def write_measurements(
  folder: storage.Folder,
  handle: model_specs.Handle,
  manifest: storage.Manifest,
  measurements: Measurements,
) -> None:
  """Writes what was measured of an export, whole or not at all."""
  file = _File(manifest.digest, measurements)
  text = json.dumps(dataclasses.asdict(file), indent=2) + '\n'
  storage.write_text(storage.place(folder, handle).measured, text)
