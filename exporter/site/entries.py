"""All that the site shows: each model for each task, and exports of it."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import functools

from exporter import cards
from exporter import measure
from exporter import results
from exporter import storage
from exporter.site import downloads
from exporter.site import try_it
import model_specs
from model_specs import aliases
from model_specs import formats as formats_lib
from model_specs import versions

_TITLES = {
  versions.CLASSIFICATION: 'classification',
  versions.FEATURE_VECTOR: 'feature vector',
}


@dataclasses.dataclass(frozen=True)
class Entry:
  """All versions of one model for one task, and their exports."""

  handles: tuple[model_specs.Handle, ...]  # Newest first.
  made: Mapping[str, storage.Manifest]  # By handle or conversion.
  # The converted files that are exported.
  conversions: tuple[model_specs.Handle, ...] = ()
  measured: Mapping[str, measure.Measurements] = dataclasses.field(
    default_factory=dict  # By handle or conversion, too.
  )
  # From the last benchmark alone, so that all are from one machine.
  speeds: tuple[measure.Speed, ...] = ()

  @property
  def newest(self) -> model_specs.Handle:
    """The handle of the newest version, to which the tables lead."""
    return self.handles[0]

  @property
  def spec(self) -> model_specs.ModelSpec:
    """The model."""
    return self.newest.spec

  @property
  def family(self) -> model_specs.Family:
    """The published family of its network, whose page lists it.

    The spec of an own model has a family of its own if colours are mapped
    otherwise.
    """
    return model_specs.NETWORKS[self.spec.network].family

  @property
  def task(self) -> str:
    """The task as people call it."""
    return _TITLES[self.newest.task]

  @property
  def page(self) -> str:
    """The page of the newest handle."""
    return page(self.newest)

  @property
  def params_millions(self) -> float | None:
    """The parameters of the newest handle, whichever its task is."""
    published = self.spec.figures.params_millions
    if published is None or self.newest.task == versions.CLASSIFICATION:
      return published
    return round(published - cards.last_layer_millions(self.spec), 2)

  @functools.cached_property
  def formats(self) -> tuple[str, ...]:
    """The groups of formats that there are, and that can be made."""
    kinds = [each.kind for each in (*self.handles, *self.conversions)]
    for handle in self.handles:
      if handle.kind.is_convertible:
        kinds += formats_lib.fitting(handle)
    return tuple(dict.fromkeys(kind.group for kind in kinds))

  @property
  def names(self) -> str:
    """All by which people look for it in the table of models."""
    others = (namesake.name for namesake in aliases.namesakes(self.spec))
    return ' '.join((self.newest.folder, title(self.spec), *others))

  @property
  def megabytes(self) -> float | None:
    """The size of the newest handle's artifact; None if it is not exported."""
    manifest = self.made.get(str(self.newest))
    return manifest.bytes / 1e6 if manifest else None

  @property
  def latency_ms(self) -> float | None:
    """The time that the newest handle takes for one image, as `latency`."""
    return self.latency(self.newest)

  def latency(self, handle: model_specs.Handle) -> float | None:
    """The milliseconds that a handle or a converted file takes for one image.

    Returns:
      The time; None if the last benchmark did not measure it.
    """
    speed = self._of_one_image(handle)
    return speed.median_ms if speed else None

  def memory(self, handle: model_specs.Handle) -> float | None:
    """The megabytes that a process takes which runs it on one image at a time.

    Returns:
      The most of it; None if the last benchmark did not measure it.
    """
    speed = self._of_one_image(handle)
    return speed.memory_mb if speed else None

  def _of_one_image(self, handle: model_specs.Handle) -> measure.Speed | None:
    matching = (
      speed
      for speed in self.speeds
      if (speed.name, speed.batch) == (str(handle), 1)
    )
    return next(matching, None)


def page(handle: model_specs.Handle) -> str:
  """The path of the page of a handle or a converted file.

  Its URL is the handle and `.html`. The page of a converted file is called like
  its manifest.
  """
  return f'{handle.stem}.md'


def name(model: model_specs.ModelSpec) -> str:
  """What a model is called among all others."""
  if model.own:
    return f'{model.publisher}/{model.collection}/{model.name}'
  return model.name


def title(model: model_specs.ModelSpec) -> str:
  """The name of a model as people call it."""
  parts = [model.family.title]
  if model.multiplier is not None:
    parts.append(f'{model.multiplier}')
  network = f'{" ".join(parts)}, {model.size} px'
  return f'{model.name} ({network})' if model.own else network


def collect(
  exported: Mapping[model_specs.Handle, storage.Manifest],
  measured: Mapping[model_specs.Handle, measure.Measurements] | None = None,
  speeds: Iterable[measure.Speed] = (),
) -> list[Entry]:
  """The entries of every published model, then of own ones.

  Args:
    exported: The manifests of all exported handles and conversions.
    measured: The speed and accuracy of exports that were measured since.
    speeds: The results of the last benchmark of the exports.
  """
  folders: dict[str, list[model_specs.Handle]] = {}
  for handle in (*model_specs.find(), *exported):
    folders.setdefault(handle.folder, []).append(handle)
  manifests = {str(handle): each for handle, each in exported.items()}
  figures = {str(handle): each for handle, each in (measured or {}).items()}
  timed = list(speeds)
  entries = []
  for folder, handles in folders.items():
    # A converted file has a page even if the handle it was made of is not
    # exported, and that handle then needs one, too.
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
  """All entries, and the files that can be downloaded."""

  entries: Sequence[Entry]
  files: Mapping[str, downloads.Download] = dataclasses.field(
    default_factory=dict  # By handle or conversion.
  )
  # The suffixes of what lies beside each artifact.
  beside: Mapping[str, tuple[str, ...]] = dataclasses.field(
    default_factory=dict
  )
  # A failed result for each export that cannot be used.
  left_out: tuple[results.Result, ...] = ()
  # The models that run in their pages, by the conversion for it.
  in_page: Mapping[str, try_it.InPage] = dataclasses.field(default_factory=dict)

  @property
  def pages(self) -> set[str]:
    """The paths of the pages of all handles and conversions."""
    return {
      page(handle)
      for entry in self.entries
      for handle in (*entry.handles, *entry.conversions)
    }

  def models(self) -> list[Entry]:
    """One entry for each model: its classifier, where it has one."""
    chosen: dict[str, Entry] = {}
    for entry in self.entries:
      # One network may be several models: of other datasets or publishers.
      whose = entry.newest.folder.rpartition('/')[0]
      if whose not in chosen or entry.newest.task == versions.CLASSIFICATION:
        chosen[whose] = entry
    return list(chosen.values())

  def families(self) -> list[model_specs.Family]:
    """The families of all models, in the order of their first models."""
    return list(dict.fromkeys(entry.family for entry in self.entries))
