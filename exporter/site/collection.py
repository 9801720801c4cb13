"""All that the site shows, and how pages find each other."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

from exporter import measure
from exporter.site import downloads
from exporter.site import entries as entries_lib
import model_specs
from model_specs import versions


@dataclasses.dataclass(frozen=True)
class Collection:
  """All that the site shows."""

  entries: Sequence[entries_lib.Entry]
  machine: measure.Machine | None = None  # What speeds were measured on.
  files: Mapping[str, downloads.Download] = dataclasses.field(
    default_factory=dict
  )

  @property
  def pages(self) -> set[str]:
    """Those of handles and conversions."""
    return {
      entries_lib.page(handle)
      for entry in self.entries
      for handle in (*entry.handles, *entry.conversions)
    }

  def models(self) -> list[entries_lib.Entry]:
    """One entry a model: its classifier, where it has one."""
    found: dict[str, entries_lib.Entry] = {}
    for entry in self.entries:
      name = f'{entry.newest.publisher}/{entry.spec.name}'
      if name not in found or entry.newest.task == versions.CLASSIFICATION:
        found[name] = entry
    return list(found.values())

  def families(self) -> list[model_specs.Family]:
    """In the order of their first models."""
    return list(dict.fromkeys(entry.spec.family for entry in self.entries))
