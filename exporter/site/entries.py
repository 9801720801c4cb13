"""All that the site shows: every model at its tasks, with what is exported."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import functools

from exporter import measure
from exporter import storage
from exporter.site import downloads
import model_specs
from model_specs import versions

_TITLES = {
  versions.CLASSIFICATION: 'classification',
  versions.FEATURE_VECTOR: 'feature vector',
}


@dataclasses.dataclass(frozen=True)
class Entry:
  """The handles of one model and task, and their exports."""

  handles: tuple[model_specs.Handle, ...]  # Newest first.
  made: Mapping[str, storage.Manifest]  # By handle or conversion.
  conversions: tuple[model_specs.Handle, ...] = ()  # Exported ones.
  measured: Mapping[str, measure.Measurements] = dataclasses.field(
    default_factory=dict  # By handle or conversion, too.
  )
  # Of the last benchmark: one machine timed all that the site compares.
  speeds: tuple[measure.Speed, ...] = ()

  @property
  def newest(self) -> model_specs.Handle:
    """The handle that a reader is led to."""
    return self.handles[0]

  @property
  def spec(self) -> model_specs.ModelSpec:
    """The model."""
    return self.newest.spec

  @property
  def task(self) -> str:
    """What it does, for people."""
    return _TITLES[self.newest.task]

  @property
  def page(self) -> str:
    """The page of the newest handle."""
    return page(self.newest)

  @functools.cached_property
  def formats(self) -> tuple[str, ...]:
    """Words of --formats: what the handles are, and what is exported."""
    shown = (*self.handles, *self.conversions)
    return tuple(dict.fromkeys(each.kind.group for each in shown))

  @property
  def megabytes(self) -> float | None:
    """Size of the newest handle's artifact, if it is exported."""
    made = self.made.get(str(self.newest))
    return made.bytes / 1e6 if made else None

  @property
  def latency_ms(self) -> float | None:
    """Time for one image, if the last benchmark measured it."""
    for speed in self.speeds:
      if (speed.name, speed.batch) == (str(self.newest), 1):
        return speed.median_ms
    return None


def page(handle: model_specs.Handle) -> str:
  """Where a handle's page is: its URL is the handle and `.html`.

  That of a converted file has the name of its manifest.
  """
  return f'{handle.stem}.md'


def title(model: model_specs.ModelSpec) -> str:
  """A model's name, for people."""
  parts = [model.family.title]
  if model.multiplier is not None:
    parts.append(f'{model.multiplier}')
  return f'{" ".join(parts)}, {model.size} px'


def collect(
  made: Mapping[model_specs.Handle, storage.Manifest],
  measured: Mapping[model_specs.Handle, measure.Measurements] | None = None,
  speeds: Iterable[measure.Speed] = (),
) -> list[Entry]:
  """The entries of every published model, then of own ones.

  Args:
    made: What is exported: handles and conversions -> manifests.
    measured: What was measured of each since it was made.
    speeds: What the last benchmark of them found.
  """
  folders: dict[str, list[model_specs.Handle]] = {}
  for handle in (*model_specs.find(), *made):
    folders.setdefault(handle.folder, []).append(handle)
  manifests = {str(handle): found for handle, found in made.items()}
  figures = {str(handle): found for handle, found in (measured or {}).items()}
  timed = list(speeds)
  entries = []
  for folder, handles in folders.items():
    # The origin of a conversion may not be exported.
    own = {str(h.origin): h.origin for h in handles}
    converted = [h for h in handles if h.kind.is_converted]
    entries.append(
      Entry(
        tuple(sorted(own.values(), key=lambda h: h.number, reverse=True)),
        {k: v for k, v in manifests.items() if k.startswith(f'{folder}/')},
        tuple(converted),
        {k: v for k, v in figures.items() if k.startswith(f'{folder}/')},
        tuple(speed for speed in timed if speed.network == folder),
      )
    )
  return entries


@dataclasses.dataclass(frozen=True)
class Collection:
  """All entries, and what can be downloaded."""

  entries: Sequence[Entry]
  files: Mapping[str, downloads.Download] = dataclasses.field(
    default_factory=dict  # By handle or conversion.
  )

  @property
  def pages(self) -> set[str]:
    """The pages of all handles and conversions."""
    return {
      page(handle)
      for entry in self.entries
      for handle in (*entry.handles, *entry.conversions)
    }

  def models(self) -> list[Entry]:
    """One entry for each model: its classifier, where it has one."""
    found: dict[str, Entry] = {}
    for entry in self.entries:
      name = f'{entry.newest.publisher}/{entry.spec.name}'
      if name not in found or entry.newest.task == versions.CLASSIFICATION:
        found[name] = entry
    return list(found.values())

  def families(self) -> list[model_specs.Family]:
    """The families of all models, in the order of their first models."""
    return list(dict.fromkeys(entry.spec.family for entry in self.entries))
