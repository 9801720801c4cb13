"""What is to be done, and what came of it, as plain data."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import itertools
import pathlib
import time
from typing import TypeVar

from exporter import errors
from exporter.checkpoints import weights as weights_lib
from exporter.storage import manifest as manifest_lib
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import spec
from model_specs import versions
from model_specs.spec_files import model as own_model

_T = TypeVar('_T')

EXPORT = 'export'
VERIFY = 'verify'

LOCAL, RAY = ENGINES = ('local', 'ray')

EXPORTED = 'exported'
FETCHED = 'fetched'
KEPT = 'kept'
PACKED = 'packed'
REFUSED = 'refused'
SEEDED = 'seeded'
VERIFIED = 'verified'
FAILED = 'failed'


@dataclasses.dataclass(frozen=True)
class Order:
  """All that is to be done with one model's handles."""

  action: str  # EXPORT or VERIFY.
  handles: tuple[spec.Handle, ...]
  output_dir: places.Folder
  checkpoint_dir: pathlib.Path | None = None  # None: synthetic weights.
  weights: str = weights_lib.AUTO
  force: bool = False
  pictures_dir: pathlib.Path | None = None  # To measure ranges on.
  client: str | None = None  # Another interpreter that a VERIFY asks, too.

  @property
  def model(self) -> spec.ModelSpec:
    """The model; its handles come from one checkpoint."""
    return self.handles[0].spec

  @property
  def memory_gb(self) -> float:
    """What a worker may take for it."""
    return max(map(formats.memory_gb, self.handles))

  @property
  def network(self) -> str:
    """Orders of one network share what is proven of its programs."""
    return self.model.network

  @property
  def architecture(self) -> tuple[str, float | None]:
    """Orders of one architecture share the network that is built for them."""
    return self.network, self.model.multiplier


@dataclasses.dataclass(frozen=True)
class Result:
  """What came of one handle."""

  handle: str
  status: str  # One of the words above.
  reason: str = ''  # Why it failed, or was kept or refused.
  bytes: int = 0
  seconds: float = 0.0

  @property
  def name(self) -> str:
    """What a person reads."""
    return self.handle


def failures(order: Order, reason: str) -> list[Result]:
  """What comes of an order that cannot be carried out."""
  return [
    Result(str(handle), FAILED, f'{handle}: {reason}')
    for handle in order.handles
  ]


def attempt(name: str, work: Callable[[_T], Result], given: _T) -> Result:
  """Does the work; what a user can act on becomes a failed result."""
  start = time.monotonic()
  try:
    result = work(given)
  except errors.SlimhubError as error:
    result = Result(name, FAILED, str(error))
  except OSError as error:
    result = Result(name, FAILED, f'{name}: {error}')
  return dataclasses.replace(result, seconds=time.monotonic() - start)


def orders(
  handles: Iterable[spec.Handle], template: Order
) -> tuple[Order, ...]:
  """One order a model, in the handles' order, otherwise as the template."""
  return tuple(
    dataclasses.replace(template, handles=tuple(group))
    for _, group in itertools.groupby(handles, lambda h: h.spec)
  )


def _stranger(
  name: str, manifest: places.Folder, registry: model_specs.Registry
) -> spec.Handle:
  """The handle of an own model, as its manifest or else its spec file says."""
  if not manifest.exists():
    try:
      return registry.get(name)
    except model_specs.UnknownNameError as error:
      raise errors.ManifestError(
        f'{name} has no manifest {manifest} that says what it is, and {error} '
        'If it is an own model, name its --spec_file; else move it away'
      ) from error
  made = manifest_lib.read(manifest)
  if not made.model:
    return registry.get(name)
  model = own_model.read(made.model, str(manifest))
  return model_specs.Registry([model]).get(name)


def _is_ours(parts: Sequence[str]) -> bool:
  """Whether the parts of a path may be those of a handle."""
  return parts[3] in versions.TASKS and parts[4].isdecimal()


def _handle(
  parts: Sequence[str], manifest: places.Folder, registry: model_specs.Registry
) -> spec.Handle:
  name = '/'.join(parts)
  if parts[1] == spec.COLLECTION and model_specs.is_published(parts[2]):
    return model_specs.get(name)
  return _stranger(name, manifest, registry)


def _published(
  output_dir: places.Folder, registry: model_specs.Registry, whole: bool
) -> Iterator[spec.Handle]:
  """The handles that have a folder or a manifest."""
  found = output_dir.glob('*/*/*/*/*')
  for parts in {(*p.parts[-5:-1], p.name.removesuffix('.json')) for p in found}:
    manifest = output_dir / f'{"/".join(parts)}.json'
    if _is_ours(parts) and (not whole or manifest.exists()):
      yield _handle(parts, manifest, registry)


def _converted(
  output_dir: places.Folder, registry: model_specs.Registry, whole: bool
) -> Iterator[spec.Handle]:
  """The conversions that have a file or a manifest."""
  found = output_dir.glob('*/*/*/*/*.*/*')
  for *folders, file in {
    (*p.parts[-6:-1], p.name.split('.')[0]) for p in found
  }:
    manifest = output_dir / f'{"/".join(folders)}/{file}.json'
    number, _, group = folders[4].partition('.')
    parts = (*folders[:4], number)
    kind = formats.BY_WORD.get(f'{group}.{file}')
    if kind and _is_ours(parts) and (not whole or manifest.exists()):
      yield formats.convert(_handle(parts, manifest, registry), kind)


def find_artifacts(
  output_dir: places.Folder,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  whole: bool = False,
) -> tuple[spec.Handle, ...]:
  """The handles and conversions that lie below a folder, sorted.

  What an export of an own model is, its manifest says.

  Args:
    output_dir: The folder.
    patterns: What must match one of these, if there are any.
    given: Words of --formats, if not all.
    registry: What is known of own models whose exports have no manifest.
    whole: Whether what has no manifest is left out.

  Returns:
    What was found.

  Raises:
    ManifestError: There are none that a pattern matches, or nothing says what
      one is.
    UnknownNameError: A pattern matches no model.
  """
  with places.reach(output_dir):
    present = sorted(
      (
        *_published(output_dir, registry, whole),
        *_converted(output_dir, registry, whole),
      ),
      key=str,
    )
  found = present
  if patterns:
    known = registry.extended(handle.spec for handle in present)
    wanted = {h for text in patterns for h in known.select(text, present)}
    found = [handle for handle in present if handle in wanted]
  if given is not None:
    found = [handle for handle in found if formats.is_of(handle, given)]
  if not found:
    what = ' '.join(patterns) or 'PUBLISHER/DATASET/NAME/TASK/VERSION'
    if given is not None:
      what += f' --formats={",".join(given)}'
    raise errors.ManifestError(
      f'nothing below {output_dir} matches {what}; found {len(present)} '
      'exports there; name the --output_dir of an export'
    )
  return tuple(found)
