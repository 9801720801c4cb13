"""What is to be done, and what came of it, as plain data."""

from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import itertools
import pathlib

from exporter import errors
from exporter import weights as weights_lib
import model_specs
from model_specs import spec

STAGING = '.slimhub-staging'  # Below the output folder: a rename away.
EXPORT = 'export'
VERIFY = 'verify'

EXPORTED = 'exported'
KEPT = 'kept'
VERIFIED = 'verified'
FAILED = 'failed'


@dataclasses.dataclass(frozen=True)
class Order:
  """All that is to be done with one model's handles."""

  action: str  # EXPORT or VERIFY.
  handles: tuple[spec.Handle, ...]
  output_dir: pathlib.Path
  checkpoint_dir: pathlib.Path | None = None  # None: synthetic weights.
  weights: str = weights_lib.AUTO
  force: bool = False

  @property
  def model(self) -> spec.ModelSpec:
    """The model; its handles come from one checkpoint."""
    return self.handles[0].spec

  @property
  def architecture(self) -> tuple[str, float]:
    """Orders of one architecture share the network that is built for them."""
    return self.model.network, self.model.multiplier


@dataclasses.dataclass(frozen=True)
class Result:
  """What came of one handle."""

  handle: str
  status: str  # EXPORTED, KEPT, VERIFIED or FAILED.
  reason: str = ''  # Why it failed, or was kept.
  bytes: int = 0
  seconds: float = 0.0


@dataclasses.dataclass(frozen=True)
class Place:
  """Where a handle's three parts are delivered."""

  artifact: pathlib.Path
  manifest: pathlib.Path
  card: pathlib.Path


def place(output_dir: pathlib.Path, handle: spec.Handle) -> Place:
  """The artifact's folder, and the files beside it."""
  artifact = output_dir / str(handle)
  return Place(
    artifact,
    artifact.with_name(f'{handle.number}.json'),
    artifact.with_name(f'{handle.number}.md'),
  )


def orders(
  handles: Iterable[spec.Handle], template: Order
) -> tuple[Order, ...]:
  """One order a model, in the handles' order, otherwise as the template."""
  return tuple(
    dataclasses.replace(template, handles=tuple(group))
    for _, group in itertools.groupby(handles, lambda h: h.spec.name)
  )


def find_artifacts(
  output_dir: pathlib.Path, patterns: Sequence[str] = ()
) -> tuple[spec.Handle, ...]:
  """The handles whose manifests lie below a folder, sorted.

  Raises:
    ManifestError: There are none.
    UnknownNameError: A pattern matches nothing that was ever published.
  """
  paths = sorted(output_dir.glob('*/imagenet/*/*/*.json'))
  names = (p.relative_to(output_dir).with_suffix('').as_posix() for p in paths)
  found = [model_specs.get(name) for name in names]
  if patterns:
    publishers = {handle.publisher for handle in found}
    wanted = {
      handle
      for publisher in publishers
      for handle in model_specs.find(*patterns, publisher=publisher)
    }
    found = [handle for handle in found if handle in wanted]
  if not found:
    raise errors.ManifestError(
      f'{output_dir} holds no such export; expected '
      'PUBLISHER/imagenet/NAME/TASK/VERSION.json below it'
    )
  return tuple(found)
