"""All formats, and which one a handle is of."""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import pathlib
from typing import TypeAlias

from exporter import artifacts
from exporter import cards
from exporter import errors
from exporter import measure
from exporter import storage
from exporter.formats import format as format_lib
from exporter.formats import litert
from exporter.formats import onnx
from exporter.formats import tf1
from exporter.formats import tf2
import model_specs
from model_specs import kinds

# The group of a format -> its class.
_CLASSES: Mapping[str, type[format_lib.Format]] = {
  kinds.TF1: tf1.Tf1,
  kinds.TF2: tf2.Tf2,
  kinds.LITERT: litert.LiteRt,
  kinds.ONNX: onnx.Onnx,
}
FORMATS: tuple[format_lib.Format, ...] = tuple(
  _CLASSES[kind.group](kind) for kind in kinds.KINDS
)
_by_kind = {each.kind: each for each in FORMATS}
_Formats: TypeAlias = tuple[format_lib.Format, ...]


def of(handle: model_specs.Handle) -> format_lib.Format:
  """The format of a handle, or of a conversion.

  Raises:
    ExportError: This process knows its name alone.
  """
  found = _by_kind.get(handle.kind)
  if found is None:
    known = ', '.join(kind.word for kind in _by_kind)
    raise errors.ExportError(
      f'{handle}: nothing here writes or loads {handle.kind.word}, expected '
      f'one of {known}; add its class with exporter.formats.added'
    )
  return found


@contextlib.contextmanager
def added(more: format_lib.Format) -> Iterator[None]:
  """Adds a format of one's own while the context is open.

  It is a format like the others then, for everything in this process.

  Raises:
    SpecError: Another format has its name.
  """
  with kinds.added(more.kind):
    _by_kind[more.kind] = more
    try:
      yield
    finally:
      del _by_kind[more.kind]


def additions() -> _Formats:
  """What was added here, for another process that works for this one."""
  return tuple(each for each in _by_kind.values() if each not in FORMATS)


def adopt(theirs: _Formats) -> None:
  """Takes over what another process added, for good."""
  for each in theirs:
    if each.kind not in _by_kind:
      kinds.add(each.kind)
      _by_kind[each.kind] = each


def load(
  handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
) -> 'artifacts.Run':
  """What runs an artifact of any format, as its users do."""
  return of(handle).load(handle, artifact, threads)


def describe(
  handle: model_specs.Handle,
  made: storage.Manifest,
  measured: measure.Measurements | None = None,
) -> cards.Card:
  """The card of an artifact of any format."""
  return of(handle).card(handle, made, measured)
