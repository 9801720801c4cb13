"""Converted files as handles, and the words of --formats that choose them."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import difflib

from model_specs import checks
from model_specs import figures
from model_specs import kinds
from model_specs import published
from model_specs import spec

DEFAULT = (kinds.TF1, kinds.TF2)
INPUT = 'inputs'  # The name of the input of a converted file.

# The only file of LiteRT for networks that were trained for 8 bits.
_OF_8_BITS = f'{kinds.LITERT}.int8'
_FIRST = kinds.converted()[0]
# How many pictures a file is tried on. An exact one needs few.
_FEW, _SOME, _MANY = 8, 64, 256
# From so many millions of multiply-adds on, _MANY pictures would take minutes.
_HEAVY = 2000
# The part of a worker's memory that layers may take with images of the usual
# size. Measured with four times and twenty times as many pixels.
_LAYERS = 0.3


def _figures(model: spec.ModelSpec) -> figures.Figures:
  """Figures that say about how much a model costs.

  They are those of one published model of the network, if there is one, because
  an own model may have none.
  """
  return published.NETWORKS.get(model.network, model).figures


@dataclasses.dataclass(frozen=True)
class Conversion(spec.Handle):
  """A handle's model in another format: HANDLE.GROUP/NAME."""

  kind: kinds.Kind = _FIRST

  def __post_init__(self) -> None:
    super().__post_init__()
    own = self.origin.kind
    if not own.is_convertible:
      raise checks.SpecError(
        f'{self}: only TF2 versions are converted, version {self.number} is '
        f'{own.label}'
      )

  def __str__(self) -> str:
    return f'{self.origin}.{self.kind.group}/{self.kind.file}'

  @property
  def stem(self) -> str:
    """The path that its manifest and its card share, without suffixes."""
    return f'{self.origin}.{self.kind.group}/{self.kind.stem}'

  @property
  def refusal(self) -> str:
    """Why nothing can be written that is right; empty if it can."""
    fits = self.kind.word == _OF_8_BITS or self.kind.group == kinds.ONNX
    if fits or not self.spec.family.is_quantized:
      return ''
    return (
      f'{self.spec.name} was trained for 8 bits, and its ranges have no place '
      f'in {self.kind.title}: --formats={_OF_8_BITS} computes with them'
    )

  @property
  def origin(self) -> spec.Handle:
    """The handle of the SavedModel that is converted."""
    return spec.Handle(self.spec, self.task, self.number, self.publisher)


def convert(handle: spec.Handle, kind: kinds.Kind) -> Conversion:
  """A handle's model in another format."""
  return Conversion(
    handle.spec, handle.task, handle.number, handle.publisher, kind
  )


def fitting(handle: spec.Handle) -> list[kinds.Kind]:
  """The formats that the model of a TF2 handle can be converted to."""
  return [
    kind for kind in kinds.converted() if not convert(handle, kind).refusal
  ]


def is_exact(conversion: spec.Handle) -> bool:
  """Whether nothing is rounded in a file but what float32 rounds."""
  return conversion.kind.is_exact and not conversion.spec.family.is_quantized


def pictures_for(kind: kinds.Kind, model: spec.ModelSpec) -> int:
  """On how many pictures a converted file of a model is tried."""
  if kind.is_exact and not model.family.is_quantized:
    return _FEW
  costs = _figures(model).macs_millions
  return _SOME if costs and costs > _HEAVY else _MANY


def memory_gb(handle: spec.Handle) -> float:
  """How much memory a worker may need for a handle."""
  model = handle.spec
  millions = _figures(model).params_millions or 0
  # Layers grow with the pixels of images.
  usual_size = published.NETWORKS.get(model.network, model).size
  growth = max(1.0, (model.size / usual_size) ** 2 * _LAYERS)
  usual = model.family.memory_gb * growth
  return max(usual, handle.kind.gb_per_million * millions)


def words() -> tuple[str, ...]:
  """All words that --formats understands."""
  named = (kind.word for kind in kinds.converted())
  return (*kinds.groups(), *named)


def parse(text: str) -> tuple[str, ...]:
  """The words of a list such as 'tf2,litert'.

  Raises:
    ValueError: A word is unknown; the message names a close one, or all.
  """
  parsed = tuple(text.split(','))
  for word in parsed:
    if word not in words():
      close = difflib.get_close_matches(word, words(), n=1)
      hint = f'did you mean {close[0]}?' if close else 'choose from '
      raise ValueError(
        f'unknown format {word!r}; {hint}'
        + ('' if close else ', '.join(words()))
      )
  return parsed


def _is_named(kind: kinds.Kind, given: Collection[str]) -> bool:
  return kind.word in given or kind.group in given


def is_of(handle: spec.Handle, given: Collection[str]) -> bool:
  """Whether words of --formats name the format of a handle or conversion."""
  return _is_named(handle.kind, given)


def named(given: Collection[str]) -> tuple[kinds.Kind, ...]:
  """All formats that some words of --formats name."""
  return tuple(kind for kind in kinds.known() if _is_named(kind, given))


def _asked(given: Collection[str], layout: kinds.Layout) -> set[kinds.Kind]:
  """The formats that words of --formats ask for.

  A group whose formats differ in layout means those of `layout` alone.
  """
  chosen = set()
  for kind in named(given):
    layouts = {each.layout for each in kinds.of_group(kind.group)}
    if kind.word in given or kind.layout == layout or len(layouts) == 1:
      chosen.add(kind)
  return chosen


def select(
  handles: Iterable[spec.Handle],
  given: Collection[str],
  layout: kinds.Layout = kinds.NHWC,
) -> Iterator[spec.Handle]:
  """Chooses handles and conversions of them by words of --formats.

  Args:
    handles: The handles to choose from.
    given: Words of --formats.
    layout: Which of its two files the word `onnx` means.

  Yields:
    The handles of formats that are asked for, and after each handle the
    conversions of it that are asked for.
  """
  chosen = _asked(given, layout)
  for handle in handles:
    if handle.kind in chosen:
      yield handle
    if handle.kind.is_convertible:
      for kind in kinds.converted():
        if kind in chosen:
          yield convert(handle, kind)
