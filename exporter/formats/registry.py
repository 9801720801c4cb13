"""All formats, and the one that a handle has."""

from collections.abc import Callable
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
from exporter.formats import tfjs
import model_specs
from model_specs import kinds

# The classes of formats, by the groups of their kinds.
_CLASSES: Mapping[str, type[format_lib.Format]] = {
  kinds.TF1: tf1.Tf1,
  kinds.TF2: tf2.Tf2,
  kinds.LITERT: litert.LiteRt,
  kinds.ONNX: onnx.Onnx,
  kinds.TFJS: tfjs.TfJs,
}
FORMATS: tuple[format_lib.Format, ...] = tuple(
  _CLASSES[kind.group](kind) for kind in kinds.KINDS
)
_by_kind = {each.kind: each for each in FORMATS}
_Formats: TypeAlias = tuple[format_lib.Format, ...]


def of(handle: model_specs.Handle) -> format_lib.Format:
  """The format of a handle, or of a conversion.

  Raises:
    ExportError: Its kind is known, but no class here writes or loads it.
  """
  format_ = _by_kind.get(handle.kind)
  if format_ is None:
    words = ', '.join(kind.word for kind in _by_kind)
    raise errors.ExportError(
      f'{handle}: nothing here writes or loads {handle.kind.word}, expected '
      f'one of {words}; add its class with exporter.formats.added'
    )
  return format_


@contextlib.contextmanager
def added(more: format_lib.Format) -> Iterator[None]:
  """Adds a format while the context is open.

  Everything in this process treats it like the built-in ones meanwhile.

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
  """The formats that were added here, to be adopted by a worker process."""
  return tuple(each for each in _by_kind.values() if each not in FORMATS)


def adopt(theirs: _Formats) -> None:
  """Adds the formats of another process, until this process ends."""
  for each in theirs:
    if each.kind not in _by_kind:
      kinds.add(each.kind)
      _by_kind[each.kind] = each


def load(
  handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
) -> 'artifacts.Run':
  """Loads an artifact of any format, as its users do."""
  return of(handle).load(handle, artifact, threads)


def alone(
  handle: model_specs.Handle,
) -> Callable[[model_specs.Handle, pathlib.Path, int], 'artifacts.Run']:
  """The function that loads the artifact of a handle with its runtime alone.

  It can be sent to another process, even if that lacks formats added here.
  """
  return of(handle).alone


def describe(
  handle: model_specs.Handle,
  manifest: storage.Manifest,
  measured: measure.Measurements | None = None,
) -> cards.Card:
  """The card of an artifact of any format."""
  return of(handle).card(handle, manifest, measured)
