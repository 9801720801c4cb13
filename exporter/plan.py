"""What is to be done, and what came of it, as plain data."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import itertools
import pathlib

from exporter import errors
from exporter import places
from exporter import weights as weights_lib
import model_specs
from model_specs import spec

EXPORT = 'export'
VERIFY = 'verify'

LOCAL, RAY = ENGINES = ('local', 'ray')

EXPORTED = 'exported'
FETCHED = 'fetched'
KEPT = 'kept'
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
  client: str | None = None  # Another interpreter that a VERIFY asks, too.

  @property
  def model(self) -> spec.ModelSpec:
    """The model; its handles come from one checkpoint."""
    return self.handles[0].spec

  @property
  def network(self) -> str:
    """Orders of one network share what is proven of its programs."""
    return self.model.network

  @property
  def architecture(self) -> tuple[str, float]:
    """Orders of one architecture share the network that is built for them."""
    return self.network, self.model.multiplier


@dataclasses.dataclass(frozen=True)
class Result:
  """What came of one handle."""

  handle: str
  status: str  # EXPORTED, KEPT, VERIFIED or FAILED.
  reason: str = ''  # Why it failed, or was kept.
  bytes: int = 0
  seconds: float = 0.0

  @property
  def name(self) -> str:
    """What a person reads."""
    return self.handle


def orders(
  handles: Iterable[spec.Handle], template: Order
) -> tuple[Order, ...]:
  """One order a model, in the handles' order, otherwise as the template."""
  return tuple(
    dataclasses.replace(template, handles=tuple(group))
    for _, group in itertools.groupby(handles, lambda h: h.spec.name)
  )


def _present(output_dir: places.Folder) -> list[spec.Handle]:
  """What has a folder or a manifest below `output_dir`, sorted."""
  with places.reach(output_dir):
    found = [path.parts[-5:] for path in output_dir.glob('*/imagenet/*/*/*')]
  names = {'/'.join(parts).removesuffix('.json') for parts in found}
  names = {name for name in names if name.rpartition('/')[2].isdecimal()}
  return [model_specs.get(name) for name in sorted(names)]


def _matching(
  found: Sequence[spec.Handle], pattern: str
) -> Iterator[spec.Handle]:
  """Without a version a pattern means all that there are."""
  publisher, separator, rest = pattern.strip('/').partition('/imagenet/')
  parts = (rest if separator else publisher).split('/')
  wanted = {
    (handle.spec, handle.task, handle.number)
    for handle in model_specs.find('/'.join([*parts, '*', '*'][:3]))
  }
  for handle in found:
    is_wanted = (handle.spec, handle.task, handle.number) in wanted
    if is_wanted and (not separator or handle.publisher == publisher):
      yield handle


def find_artifacts(
  output_dir: places.Folder, patterns: Sequence[str] = ()
) -> tuple[spec.Handle, ...]:
  """The handles that lie below a folder, whole or not, sorted.

  Raises:
    ManifestError: There are none that a pattern matches.
    UnknownNameError: A pattern matches nothing that was ever published.
  """
  present = _present(output_dir)
  found = present
  if patterns:
    wanted = {h for pattern in patterns for h in _matching(present, pattern)}
    found = [handle for handle in present if handle in wanted]
  if not found:
    what = ' '.join(patterns) or 'PUBLISHER/imagenet/NAME/TASK/VERSION'
    raise errors.ManifestError(
      f'nothing below {output_dir} matches {what}; found {len(present)} '
      'exports there; name the --output_dir of an export'
    )
  return tuple(found)
