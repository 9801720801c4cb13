"""What the site shows: a model at one task, and what is exported of it."""

from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import functools

from exporter.measure import speed as speed_lib
from exporter.storage import manifest
import model_specs
from model_specs import formats
from model_specs import spec
from model_specs import versions

_TITLES = {
  versions.CLASSIFICATION: 'classification',
  versions.FEATURE_VECTOR: 'feature vector',
}


@dataclasses.dataclass(frozen=True)
class Entry:
  """The handles of one model and task, and their exports."""

  handles: tuple[spec.Handle, ...]  # Newest first.
  made: Mapping[str, manifest.Manifest]  # By handle or conversion.
  conversions: tuple[formats.Conversion, ...] = ()  # Exported ones.
  speeds: tuple[speed_lib.Speed, ...] = ()

  @property
  def newest(self) -> spec.Handle:
    """The handle that a reader is led to."""
    return self.handles[0]

  @property
  def spec(self) -> spec.ModelSpec:
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
    own = [
      formats.TF2 if h.version.format == versions.TF2 else formats.TF1
      for h in self.handles
    ]
    more = [conversion.kind.group for conversion in self.conversions]
    return tuple(dict.fromkeys([*own, *more]))

  @property
  def megabytes(self) -> float | None:
    """Size of the newest handle's artifact, if it is exported."""
    made = self.made.get(str(self.newest))
    return made.bytes / 1e6 if made else None

  @property
  def latency_ms(self) -> float | None:
    """Time for one image, if it was measured here."""
    for speed in self.speeds:
      if (speed.name, speed.batch) == (str(self.newest), 1):
        return speed.median_ms
    return None


def page(handle: spec.Handle) -> str:
  """Where a handle's page is: its URL is the handle and `.html`."""
  if isinstance(handle, formats.Conversion):
    return f'{handle.origin}.{handle.kind.group}/{handle.kind.name}.md'
  return f'{handle}.md'


def title(model: spec.ModelSpec) -> str:
  """A model's name, for people."""
  parts = [model.family.title]
  if model.multiplier is not None:
    parts.append(f'{model.multiplier}')
  return f'{" ".join(parts)}, {model.size} px'


def collect(
  made: Mapping[spec.Handle, manifest.Manifest],
  speeds: Iterable[speed_lib.Speed] = (),
) -> list[Entry]:
  """The entries of every published model, then of own ones.

  Args:
    made: What is exported: handles and conversions -> manifests.
    speeds: Figures of them.
  """
  folders: dict[str, list[spec.Handle]] = {}
  for handle in (*model_specs.find(), *made):
    folders.setdefault(handle.folder, []).append(handle)
  manifests = {str(handle): found for handle, found in made.items()}
  timed = list(speeds)
  entries = []
  for folder, handles in folders.items():
    own = {str(h): h for h in handles if not isinstance(h, formats.Conversion)}
    converted = [h for h in handles if isinstance(h, formats.Conversion)]
    for conversion in converted:  # Its origin may not be exported.
      own.setdefault(str(conversion.origin), conversion.origin)
    entries.append(
      Entry(
        tuple(sorted(own.values(), key=lambda h: h.number, reverse=True)),
        {k: v for k, v in manifests.items() if k.startswith(f'{folder}/')},
        tuple(converted),
        tuple(speed for speed in timed if speed.network == folder),
      )
    )
  return entries
