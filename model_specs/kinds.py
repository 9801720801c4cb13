"""The facts of each format, as plain data.

They are for code that names artifacts, finds them or serves them. The classes
in `exporter/formats` write, load, prove and describe artifacts.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import dataclasses
import functools
import re
from typing import Final
from typing import Literal
from typing import TypeAlias

from model_specs import checks
from model_specs import versions

TF1: Final = 'tf1'
TF2: Final = 'tf2'
LITERT: Final = 'litert'
ONNX: Final = 'onnx'

Layout: TypeAlias = Literal['nhwc', 'nchw']
NHWC: Final = 'nhwc'
NCHW: Final = 'nchw'
LAYOUTS: tuple[Layout, ...] = (NHWC, NCHW)

# The suffixes of what lies beside an artifact; BOM is a bill of materials.
MANIFEST: Final = '.json'
CARD: Final = '.md'
SIGNATURE: Final = '.sig'
PROVENANCE, BOM = '.intoto.jsonl', '.cdx.json'

# Names that a URL can have as they are. A hub server finds no others.
GROUP = re.compile(r'[a-z][a-z0-9_]*')
_NAME = re.compile(r'[a-z][a-z0-9_-]*')
_SUFFIX = re.compile(r'(\.[a-z0-9_-]+)*')

# The largest errors that are ever allowed: with a larger one, a file is useless
# even if its network enlarges rounding.
_MOST_IF_EXACT, MOST = 0.1, 0.5


@dataclasses.dataclass(frozen=True, repr=False)
class Kind:
  """The facts of one format.

  A kind with a `name` is what a TF2 artifact is converted to; one without is
  the format of published handles.
  """

  group: str  # A word of --formats; the folders of converted files end in it.
  name: str = ''  # Its name in the group, and that of the file.
  suffix: str = ''
  title: str = ''
  error: float = 0.0  # What is allowed, in standard deviations of the output.
  # By what part of itself its arithmetic changes a number, at worst.
  rounding: float = 0.0
  # The share of pictures whose most probable class may differ from that of the
  # network with trained weights; None for kinds that are exact in float32.
  disagreement: float | None = None
  layout: Layout = NHWC
  needs_pictures: bool = False  # The ranges of layers are measured on them.

  # Fingerprints are made of the repr. These are left out of it, because they do
  # not change what is written.
  label: str = dataclasses.field(default='', repr=False)  # Of the group.
  kaggle: str = dataclasses.field(default='other', repr=False)  # Its framework.
  spelling: str = dataclasses.field(default='', repr=False)  # If not `word`.
  is_folder: bool = dataclasses.field(default=False, repr=False)
  is_convertible: bool = dataclasses.field(default=False, repr=False)
  extra: str = dataclasses.field(default='', repr=False)  # In setup.py.
  media_type: str = dataclasses.field(
    default='application/octet-stream', repr=False
  )
  # How much memory a worker needs for each million parameters.
  gb_per_million: float = dataclasses.field(default=0.0, repr=False)

  def __post_init__(self) -> None:
    for what, pattern, found in (
      ('group', GROUP, self.group),
      ('name', _NAME, self.name or 'none'),
      ('suffix', _SUFFIX, self.suffix),
    ):
      checks.check(
        pattern.fullmatch(found) is not None,
        f'format {self.word!r}: its {what} is {found!r}, expected '
        f'{pattern.pattern}, as a URL may spell it',
      )

  def __repr__(self) -> str:
    """Calls itself Format, as in the fingerprints of all manifests so far."""
    shown = ', '.join(
      f'{field.name}={getattr(self, field.name)!r}'
      for field in dataclasses.fields(self)
      if field.repr
    )
    return f'Format({shown})'

  @property
  def word(self) -> str:
    """The word of --formats that means it alone, such as litert.int8."""
    return f'{self.group}.{self.name}' if self.name else self.group

  @property
  def format(self) -> str:
    """Its name in manifests."""
    return self.spelling or self.word

  @property
  def is_converted(self) -> bool:
    """Whether its artifacts are converted from those of another format."""
    return bool(self.name)

  @property
  def file(self) -> str:
    """The name of a converted file, in the folder of its group."""
    return f'{self.name}{self.suffix}'

  @property
  def stem(self) -> str:
    """The names of a converted file's manifest and card, without suffixes.

    That is the name of the file without its suffix, unless the manifest or the
    card would then have the same name as the file itself.
    """
    return self.file if self.suffix in (MANIFEST, CARD) else self.name

  @property
  def is_exact(self) -> bool:
    """Whether it computes in float32 throughout."""
    return self.disagreement is None

  @property
  def most_error(self) -> float:
    """The largest error allowed if its network enlarges rounding."""
    return _MOST_IF_EXACT if self.is_exact else MOST


_litert = functools.partial(
  Kind,
  LITERT,
  suffix='.tflite',
  label='LiteRT',
  kaggle='tfLite',
  extra='litert',
  gb_per_million=0.16,  # Its converter keeps several copies of them.
)
_onnx = functools.partial(
  Kind,
  ONNX,
  suffix='.onnx',
  error=1e-4,
  rounding=2**-23,
  label='ONNX',
  kaggle='onnx',
  extra='onnx',
  gb_per_million=0.2,  # tf2onnx turns them into lists of Python.
)
# A file that computes in float32 throughout is compared as artifacts are: on
# a few images, by its largest difference. One that rounds more is tried on
# many: its error is the root of the mean square of all differences. Both are
# in standard deviations of the network's own output. The error allowed is two
# to four times that of the smallest published MobileNet V1, which rounding
# hurts most: 0.014, 0.16 and 0.19, with 3, 16 and 18 % of the pictures in
# another class. The error of a broken file is 1 or more.
#
# Some networks, mostly untrained ones, enlarge rounding so much that no two
# ways to compute them agree that well. That is measured: a file is allowed
# twice the error that such rounding of the pictures causes in the network.
KINDS: tuple[Kind, ...] = (
  Kind(
    TF1,
    title='hub.Module for TF1',
    label='TF1',
    kaggle='tensorFlow1',
    spelling=versions.TF1,
    is_folder=True,
  ),
  Kind(
    TF2,
    title='TF2 SavedModel',
    label='TF2',
    kaggle='tensorFlow2',
    spelling=versions.TF2,
    is_folder=True,
    is_convertible=True,
  ),
  _litert('float32', title='LiteRT, float32', error=1e-4, rounding=2**-23),
  _litert(
    'float16',
    title='LiteRT, weights in float16',
    error=0.05,
    rounding=2**-11,
    disagreement=0.1,
  ),
  _litert(
    'dynamic',
    title='LiteRT, weights in int8 (dynamic range)',
    error=0.3,
    rounding=2**-7,
    disagreement=0.3,
  ),
  _litert(
    'int8',
    title='LiteRT, all in int8',
    error=0.5,
    rounding=2**-7,
    disagreement=0.4,
    needs_pictures=True,
  ),
  _onnx('model', title='ONNX, channels last'),
  _onnx('model_nchw', title='ONNX, channels first', layout=NCHW),
)
_added: list[Kind] = []  # While a context of `added` is open.


class UnknownFormatError(checks.SpecError):
  """There is no format of a name."""


def known() -> tuple[Kind, ...]:
  """All formats, those of published handles first."""
  return (*KINDS, *_added)


def converted() -> tuple[Kind, ...]:
  """The formats that handles are converted to."""
  return tuple(kind for kind in known() if kind.is_converted)


def groups() -> tuple[str, ...]:
  """The groups, once each."""
  return tuple(dict.fromkeys(kind.group for kind in known()))


def of_group(group: str) -> tuple[Kind, ...]:
  """The formats of a group; empty if there is no such group."""
  return tuple(kind for kind in known() if kind.group == group)


def get(text: str) -> Kind:
  """The format of a word such as litert.int8, or of its name in manifests.

  Raises:
    UnknownFormatError: There is none.
  """
  for kind in known():
    if text in (kind.word, kind.format):
      return kind
  names = ', '.join(kind.format for kind in known())
  raise UnknownFormatError(f'no format is called {text!r}, expected {names}')


def label(group: str) -> str:
  """The name of a group as people write it."""
  return of_group(group)[0].label or group


def check_names(kinds: Iterable[Kind]) -> None:
  """Raises a SpecError if two files of some formats would have one name."""
  owners: dict[tuple[str, str], str] = {}
  for kind in kinds:
    names = {''}
    if kind.is_converted:
      names = {kind.file, *(f'{kind.stem}{end}' for end in (MANIFEST, CARD))}
    for name in names:
      owner = owners.get((kind.group, name))
      checks.check(
        owner is None,
        f'formats {owner} and {kind.word} would both write '
        f'{kind.group}/{name}, expected a name or a group of its own',
      )
      owners[kind.group, name] = kind.word


def add(kind: Kind) -> None:
  """Makes one more format known in this process.

  Raises:
    SpecError: Another format has its name.
  """
  check_names((*known(), kind))
  _added.append(kind)


@contextlib.contextmanager
def added(kind: Kind) -> Iterator[None]:
  """Makes one more format known in this process while the context is open.

  Raises:
    SpecError: Another format has its name.
  """
  add(kind)
  try:
    yield
  finally:
    _added.remove(kind)
