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
from exporter import places
from exporter import weights as weights_lib
import model_specs
from model_specs import formats
from model_specs import spec

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
    return self.model.family.memory_gb

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
    for _, group in itertools.groupby(handles, lambda h: h.spec.name)
  )


def _published(found: Iterable[places.Folder]) -> Iterator[spec.Handle]:
  """The handles whose folders or manifests are among some paths."""
  names = {'/'.join(path.parts[-5:]).removesuffix('.json') for path in found}
  for name in names:
    if name.rpartition('/')[2].isdecimal():
      yield model_specs.get(name)


def _converted(found: Iterable[places.Folder]) -> Iterator[spec.Handle]:
  """The conversions whose files or manifests are among some paths."""
  names = {(*path.parts[-6:-1], path.name.partition('.')[0]) for path in found}
  for *parts, version, name in names:
    number, _, group = version.partition('.')
    kind = formats.BY_WORD.get(f'{group}.{name}')
    if kind and number.isdecimal():
      handle = model_specs.get('/'.join((*parts, number)))
      yield formats.convert(handle, kind)


def _present(output_dir: places.Folder) -> list[spec.Handle]:
  """What has an artifact or a manifest below `output_dir`, sorted."""
  with places.reach(output_dir):
    found = [
      *_published(output_dir.glob('*/imagenet/*/*/*')),
      *_converted(output_dir.glob('*/imagenet/*/*/*.*/*')),
    ]
  return sorted(found, key=str)


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
  output_dir: places.Folder,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
) -> tuple[spec.Handle, ...]:
  """The handles and conversions that lie below a folder, whole or not, sorted.

  Args:
    output_dir: The folder.
    patterns: What must match one of these, if there are any.
    given: Words of --formats, if not all.

  Returns:
    What was found.

  Raises:
    ManifestError: There are none that a pattern matches.
    UnknownNameError: A pattern matches nothing that was ever published.
  """
  present = _present(output_dir)
  found = present
  if patterns:
    wanted = {h for pattern in patterns for h in _matching(present, pattern)}
    found = [handle for handle in present if handle in wanted]
  if given is not None:
    found = [handle for handle in found if formats.is_of(handle, given)]
  if not found:
    what = ' '.join(patterns) or 'PUBLISHER/imagenet/NAME/TASK/VERSION'
    if given is not None:
      what += f' --formats={",".join(given)}'
    raise errors.ManifestError(
      f'nothing below {output_dir} matches {what}; found {len(present)} '
      'exports there; name the --output_dir of an export'
    )
  return tuple(found)
