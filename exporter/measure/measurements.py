"""What was measured of one export, kept beside it until it is replaced."""

import dataclasses
import json
import types
import typing
from typing import Any

from exporter import errors
from exporter import storage
from exporter.measure import accuracy as accuracy_lib
from exporter.measure import speed as speed_lib


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


def _fields(kind: Any, value: Any) -> Any:
  known = typing.get_type_hints(kind)
  if not isinstance(value, dict) or value.keys() != known.keys():
    raise TypeError(f'{value!r} is no {kind.__name__}')
  return kind(**{name: _parse(of, value[name]) for name, of in known.items()})


def _parse(kind: Any, value: Any) -> Any:
  """Makes of JSON what a type says: of the types that the records have.

  Raises:
    TypeError: It is something else.
    ValueError: A key of a dictionary should be a number.
  """
  origin, inner = typing.get_origin(kind), typing.get_args(kind)
  if dataclasses.is_dataclass(kind):
    return _fields(kind, value)
  if origin is types.UnionType:  # With None: there is no other.
    return None if value is None else _parse(inner[0], value)
  if origin is tuple and isinstance(value, list):
    return tuple(_parse(inner[0], each) for each in value)
  if origin is dict and isinstance(value, dict):
    # JSON has no keys but strings.
    return {inner[0](k): _parse(inner[1], each) for k, each in value.items()}
  allowed = (int, float) if kind is float else (kind,)
  if type(value) not in allowed:  # True is an int to isinstance.
    raise TypeError(f'{value!r} is no {kind}')
  return value


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
    with storage.reach(path):
      text = path.read_bytes()
  except FileNotFoundError:
    return Measurements()
  try:
    found = _parse(_File, json.loads(text))
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
