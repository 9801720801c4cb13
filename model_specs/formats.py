"""The formats of export: TF1, TF2, and files that TF2 handles convert to."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import difflib

from model_specs import checks
from model_specs import figures
from model_specs import published
from model_specs import spec
from model_specs import versions

TF1, TF2 = 'tf1', 'tf2'
LITERT, ONNX = 'litert', 'onnx'
DEFAULT = (TF1, TF2)
_OWN = {versions.TF1: TF1, versions.TF2: TF2}  # The word for what is published.
NHWC, NCHW = LAYOUTS = ('nhwc', 'nchw')
INPUT = 'inputs'

# A file that computes in float32 throughout is compared as artifacts are: on
# a few images, by its largest difference. One that rounds more is tried on
# many: its error is the root of the mean square of all differences. Both are
# in standard deviations of the network's own output. What rounding is allowed
# is two to four times what it does to the smallest published MobileNet V1, the
# network that it hurts most: 0.014, 0.16 and 0.19, with 3, 16 and 18 % of the
# pictures in another class. A file that is broken is off by 1 or more.
#
# Some networks, mostly untrained ones, enlarge what rounding does until no two
# ways to compute them agree that well. How much they do is measured: a file is
# allowed what such rounding of its pictures does to the network itself, twice.
_FEW, _SOME, _MANY = 8, 64, 256
_HEAVY = 2000  # Millions of multiply-adds: many pictures would take minutes.
# Farther off, a file serves nobody, whatever its network is like.
_MOST_IF_EXACT, _MOST = 0.1, 0.5


_ONNX_GB = 0.2  # To convert a million parameters: tf2onnx makes lists of them.


def _figures(model: spec.ModelSpec) -> figures.Figures:
  """What a model costs; an own one may not say so, but one of its network."""
  return published.NETWORKS.get(model.network, model).figures


@dataclasses.dataclass(frozen=True)
class Format:
  """A kind of file, and how near to its network it must come."""

  group: str  # LITERT or ONNX: a word of --formats, an extra, a folder's end.
  name: str  # Within the group; also the name of the file.
  suffix: str
  title: str
  error: float  # In standard deviations.
  rounding: float  # Of what it computes with, at worst, as a part of it.
  # Of the pictures, the part whose most probable class may be another, with
  # trained weights; None: too exact to ask.
  disagreement: float | None = None
  layout: str = NHWC
  needs_pictures: bool = False  # To measure the range of every layer on.

  @property
  def word(self) -> str:
    """What --formats calls it: litert.int8."""
    return f'{self.group}.{self.name}'

  @property
  def is_exact(self) -> bool:
    """Whether it computes in float32 throughout."""
    return self.disagreement is None

  @property
  def most_error(self) -> float:
    """What it may be off by if its network enlarges rounding."""
    return _MOST_IF_EXACT if self.is_exact else _MOST

  def pictures_for(self, model: spec.ModelSpec) -> int:
    """How many pictures a model's file is tried on."""
    if self.is_exact:
      return _FEW
    costs = _figures(model).macs_millions
    return _SOME if costs and costs > _HEAVY else _MANY


FORMATS = (
  Format(
    LITERT,
    'float32',
    '.tflite',
    'LiteRT, float32',
    error=1e-4,
    rounding=2**-23,
  ),
  Format(
    LITERT,
    'float16',
    '.tflite',
    'LiteRT, weights in float16',
    error=0.05,
    rounding=2**-11,
    disagreement=0.1,
  ),
  Format(
    LITERT,
    'dynamic',
    '.tflite',
    'LiteRT, weights in int8 (dynamic range)',
    error=0.3,
    rounding=2**-7,
    disagreement=0.3,
  ),
  Format(
    LITERT,
    'int8',
    '.tflite',
    'LiteRT, all in int8',
    error=0.5,
    rounding=2**-7,
    disagreement=0.4,
    needs_pictures=True,
  ),
  Format(
    ONNX,
    'model',
    '.onnx',
    'ONNX, channels last',
    error=1e-4,
    rounding=2**-23,
  ),
  Format(
    ONNX,
    'model_nchw',
    '.onnx',
    'ONNX, channels first',
    error=1e-4,
    rounding=2**-23,
    layout=NCHW,
  ),
)

BY_WORD = {kind.word: kind for kind in FORMATS}


@dataclasses.dataclass(frozen=True)
class Conversion(spec.Handle):
  """A TF2 handle's model as one file: HANDLE.GROUP/NAME."""

  kind: Format = FORMATS[0]

  def __post_init__(self) -> None:
    super().__post_init__()
    if self.version.format != versions.TF2:
      raise checks.SpecError(
        f'{self}: only TF2 versions are converted, version {self.number} is TF1'
      )

  def __str__(self) -> str:
    return f'{self.origin}.{self.kind.group}/{self.file}'

  @property
  def file(self) -> str:
    """Name of the file, in a folder of the group's."""
    return f'{self.kind.name}{self.kind.suffix}'

  @property
  def format(self) -> str:
    """As its manifest spells it."""
    return self.kind.word

  @property
  def origin(self) -> spec.Handle:
    """The handle that it converts."""
    return spec.Handle(self.spec, self.task, self.number, self.publisher)

  @property
  def output(self) -> str:
    """What the file calls its output: as the SavedModel does."""
    return versions.SERVING_OUTPUTS[self.task]


def convert(handle: spec.Handle, kind: Format) -> Conversion:
  """A handle's model in another format."""
  return Conversion(
    handle.spec, handle.task, handle.number, handle.publisher, kind
  )


def memory_gb(handle: spec.Handle) -> float:
  """What a worker may take for a handle."""
  usual = handle.spec.family.memory_gb
  if isinstance(handle, Conversion) and handle.kind.group == ONNX:
    return max(usual, _ONNX_GB * (_figures(handle.spec).params_millions or 0))
  return usual


def words() -> tuple[str, ...]:
  """All that --formats understands."""
  return (TF1, TF2, LITERT, ONNX, *BY_WORD)


def parse(text: str) -> tuple[str, ...]:
  """The words of a list such as 'tf2,litert'.

  Raises:
    ValueError: One is none; the message lists close ones.
  """
  given = tuple(text.split(','))
  for word in given:
    if word not in words():
      close = difflib.get_close_matches(word, words(), n=1)
      hint = f'did you mean {close[0]}?' if close else 'choose from '
      raise ValueError(
        f'unknown format {word!r}; {hint}'
        + ('' if close else ', '.join(words()))
      )
  return given


def is_of(handle: spec.Handle, given: Iterable[str]) -> bool:
  """Whether a handle, or a conversion, is of one of the formats."""
  if isinstance(handle, Conversion):
    return handle.kind.word in given or handle.kind.group in given
  return _OWN[handle.version.format] in given


def select(
  handles: Iterable[spec.Handle],
  given: Collection[str],
  layout: str = NHWC,
) -> Iterator[spec.Handle]:
  """What is asked for of some handles: themselves, and their conversions.

  Args:
    handles: What the patterns match.
    given: Words of --formats.
    layout: Which ONNX the word `onnx` means.

  Yields:
    Those of the formats asked for, each followed by its conversions.
  """
  meant = {
    kind.word
    for kind in FORMATS
    if kind.group in given and (kind.group != ONNX or kind.layout == layout)
  }
  wanted = {*given, *meant} - {LITERT, ONNX}
  for handle in handles:
    found = [handle]
    if handle.version.format == versions.TF2:
      found += [convert(handle, kind) for kind in FORMATS]
    yield from (each for each in found if is_of(each, wanted))
