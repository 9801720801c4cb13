"""All formats, as plain data.

They are for code that names artifacts, finds them or serves them. The classes
in `exporter/formats` write, load, prove and describe artifacts.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import functools
from typing import Final
from typing import TypeAlias

from model_specs import checks
from model_specs import kind as kind_lib
from model_specs import versions

TF1: Final = 'tf1'
TF2: Final = 'tf2'
LITERT: Final = 'litert'
ONNX: Final = 'onnx'
TFJS: Final = 'tfjs'

Kind: TypeAlias = kind_lib.Kind
Layout: TypeAlias = kind_lib.Layout
NHWC: Final = kind_lib.NHWC
NCHW: Final = kind_lib.NCHW
LAYOUTS = kind_lib.LAYOUTS
Batch: TypeAlias = kind_lib.Batch
ONE: Final = kind_lib.ONE
DYNAMIC: Final = kind_lib.DYNAMIC
BATCHES = kind_lib.BATCHES
MANIFEST: Final = kind_lib.MANIFEST
CARD: Final = kind_lib.CARD
SIGNATURE: Final = kind_lib.SIGNATURE
PROVENANCE: Final = kind_lib.PROVENANCE
BOM: Final = kind_lib.BOM
MEASURED: Final = kind_lib.MEASURED
VOUCHING = kind_lib.VOUCHING
GROUP = kind_lib.GROUP
MOST = kind_lib.MOST

_litert = functools.partial(
  Kind,
  LITERT,
  suffix='.tflite',
  label='LiteRT',
  kaggle='tfLite',
  fixes_batch=True,
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
  gb_per_million=0.07,  # tf2onnx keeps several copies of them.
)
_tfjs = functools.partial(
  Kind,
  TFJS,
  label='TensorFlow.js',
  kaggle='tfJs',
  is_folder=True,
  extra='tfjs',
  gb_per_million=0.04,
)
# A file that computes in float32 throughout is compared as artifacts are: on
# a few images, by its largest difference. One that rounds more is tried on
# many: its error is the root of the mean square of all differences. Both are
# in standard deviations of the network's own output. The error allowed is two
# to four times that of the smallest published MobileNet V1, which rounding
# hurts most: 0.014, 0.16 and 0.19, with 3, 16 and 18 % of the pictures in
# another class; for TensorFlow.js 0.008 and 0.19, with 2 and 18 %. The error of
# a broken file is 1 or more.
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
    error=0.3,
    rounding=2**-7,
    disagreement=0.25,
    needs_pictures=True,
  ),
  _onnx('model', title='ONNX, channels last'),
  _onnx('model_nchw', title='ONNX, channels first', layout=NCHW),
  _tfjs('float32', title='TensorFlow.js', error=1e-4, rounding=2**-23),
  _tfjs(
    'float16',
    title='TensorFlow.js, weights in float16',
    error=0.05,
    rounding=2**-11,
    disagreement=0.1,
  ),
  _tfjs(
    'uint8',
    title='TensorFlow.js, weights in uint8',
    error=0.4,
    rounding=2**-7,
    disagreement=0.4,
  ),
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
