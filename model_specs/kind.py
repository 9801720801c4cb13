"""The facts of one format, as plain data."""

import dataclasses
import re
from typing import Final
from typing import Literal
from typing import TypeAlias

from model_specs import checks

Layout: TypeAlias = Literal['nhwc', 'nchw']
NHWC: Final = 'nhwc'
NCHW: Final = 'nchw'
LAYOUTS: tuple[Layout, ...] = (NHWC, NCHW)

# How many images a file takes at once, where its format can fix that.
Batch: TypeAlias = Literal['1', 'dynamic']
ONE: Final = '1'
DYNAMIC: Final = 'dynamic'
BATCHES: tuple[Batch, ...] = (ONE, DYNAMIC)

# The suffixes of what lies beside an artifact; BOM is a bill of materials.
MANIFEST: Final = '.json'
CARD: Final = '.md'
SIGNATURE: Final = '.sig'
PROVENANCE: Final = '.intoto.jsonl'
BOM: Final = '.cdx.json'
MEASURED: Final = '.measured.json'
# Those that vouch for an artifact, and go wherever it goes.
VOUCHING: Final = (PROVENANCE, BOM, SIGNATURE)

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
  # Whether the batch of its files is fixed, unless somebody asks otherwise.
  fixes_batch: bool = dataclasses.field(default=False, repr=False)
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
    is_taken = self.suffix in (MANIFEST, CARD)
    return self.file if is_taken else self.name

  @property
  def is_exact(self) -> bool:
    """Whether it computes in float32 throughout."""
    return self.disagreement is None

  @property
  def most_error(self) -> float:
    """The largest error allowed if its network enlarges rounding."""
    return _MOST_IF_EXACT if self.is_exact else MOST
