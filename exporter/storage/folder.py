"""What an export folder holds: its whole artifacts, each with its manifest."""

import dataclasses

from exporter.pipeline import orders as plan
from exporter.storage import manifest as manifest_lib
from exporter.storage import places
from model_specs import spec


@dataclasses.dataclass(frozen=True)
class Item:
  """An artifact that was delivered whole."""

  handle: spec.Handle
  place: places.Place
  manifest: manifest_lib.Manifest


def items(folder: places.Folder) -> tuple[Item, ...]:
  """The whole artifacts below a folder, sorted by handle.

  A manifest is delivered last: what has none is not whole, and left out.

  Args:
    folder: Of an export.

  Returns:
    Each with its manifest.

  Raises:
    ManifestError: Nothing was exported there, or a manifest cannot be read.
  """
  found = []
  for handle in plan.find_artifacts(folder, whole=True):
    place = places.place(folder, handle)
    with places.reach(place.manifest):
      if place.manifest.exists() and place.artifact.exists():
        found.append(Item(handle, place, manifest_lib.read(place.manifest)))
  return tuple(found)
