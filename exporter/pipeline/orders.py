"""What a worker is to do with one model, as plain data for any process."""

from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import itertools
import os
import pathlib
import sys
from typing import Final
from typing import Literal

from exporter import checkpoints
from exporter import environment
from exporter import errors
from exporter import results
from exporter import storage
import model_specs
from model_specs import formats
from model_specs import kinds

Action = Literal['export', 'verify']
EXPORT: Final = 'export'
VERIFY: Final = 'verify'

Prove = Literal['known', 'fresh']
# KNOWN believes what is known of a program, by its digest, and of a network.
# FRESH has TF-Slim build the network again, and asks TensorFlow's loaders again
# for each artifact.
KNOWN: Final = 'known'
FRESH: Final = 'fresh'
PROVE_CHOICES: tuple[Prove, ...] = (KNOWN, FRESH)

_OF_PATTERNS = frozenset('\\*?[]')

EngineWord = Literal['local', 'ray']  # What --engine takes.
LOCAL: Final = 'local'
RAY: Final = 'ray'
ENGINES: tuple[EngineWord, ...] = (LOCAL, RAY)


def _refuse_unfit(folder: storage.Folder | None) -> None:
  """Raises an OrderError for a folder in which TensorFlow finds no weights.

  TensorFlow takes paths as texts in UTF-8, and those of files with weights for
  patterns.
  """
  if not isinstance(folder, pathlib.Path):
    return
  try:
    str(folder).encode()
  except UnicodeEncodeError as error:
    if (encoding := sys.getfilesystemencoding()) != 'utf-8':
      raise errors.OrderError(
        f'{os.fsencode(folder)!r} is taken for a name in {encoding}, as the '
        'environment says, and TensorFlow takes UTF-8; set PYTHONUTF8=1, or '
        'LANG=C.UTF-8'
      ) from error
    raise errors.OrderError(
      f'{os.fsencode(folder)!r} is no name in UTF-8, and TensorFlow takes no '
      'other; give the folder another name, or work through a link to it that '
      'has one'
    ) from error
  if characters := sorted(_OF_PATTERNS & set(str(folder))):
    raise errors.OrderError(
      f'{folder} has {" ".join(characters)} in its name, which TensorFlow '
      'takes for a pattern, so that it would not find the files there, or find '
      'others; give the folder another name, or work through a link to it that '
      'has one'
    )


@dataclasses.dataclass(frozen=True)
class Order:
  """All that is to be done with one model's handles."""

  action: Action
  handles: tuple[model_specs.Handle, ...]
  output_dir: storage.Folder
  _: dataclasses.KW_ONLY
  # An EXPORT takes weights from there, unless they are SYNTHETIC.
  checkpoint_dir: pathlib.Path | None = None
  weights: checkpoints.WeightsChoice = checkpoints.AUTO
  # An EXPORT reads published models only from archives with known checksums.
  require_checksums: bool = False
  force: bool = False  # Replaces exports that could be kept.
  pictures_dir: pathlib.Path | None = None  # Ranges are measured on them.
  litert_batch: kinds.Batch = kinds.ONE  # Of the LiteRT files of an EXPORT.
  client: str | None = None  # Another interpreter that a VERIFY asks, too.
  prove: Prove = KNOWN
  # A VERIFY takes only what was signed with the other half of this key.
  public_key: pathlib.Path | None = None
  # In the place of `public_key`: certificates that must vouch for the signer.
  root_certificates: pathlib.Path | None = None

  def __post_init__(self) -> None:
    """Raises an OrderError if a folder, a word or the weights are unfit."""
    for folder in (self.output_dir, self.checkpoint_dir):
      _refuse_unfit(folder)
    errors.check_word('litert_batch', self.litert_batch, kinds.BATCHES)
    errors.check_word('prove', self.prove, PROVE_CHOICES)
    errors.check_word('weights', self.weights, checkpoints.WEIGHTS_WORDS)
    if self.action != EXPORT:
      return
    is_synthetic = self.weights == checkpoints.SYNTHETIC
    if self.checkpoint_dir is None and not is_synthetic:
      raise errors.OrderError(
        f'an order to export has weights={self.weights!r} and no '
        'checkpoint_dir, expected the folder of a checkpoint; name it, or say '
        f'weights={checkpoints.SYNTHETIC!r} for seeded, untrained weights'
      )
    if self.checkpoint_dir is not None and is_synthetic:
      raise errors.OrderError(
        f'an order to export has weights={self.weights!r} and '
        f'checkpoint_dir={str(self.checkpoint_dir)!r}, expected one of the '
        'two; leave out the folder for untrained weights, or choose from its '
        f'checkpoint: {", ".join(checkpoints.WEIGHTS_CHOICES)}'
      )

  @property
  def asks_for_signatures(self) -> bool:
    """Whether a VERIFY takes only what is signed."""
    return bool(self.public_key or self.root_certificates)

  @property
  def model(self) -> model_specs.ModelSpec:
    """The model of all handles; they share its checkpoint."""
    return self.handles[0].spec

  def batch(self, handle: model_specs.Handle) -> str:
    """The batch that its manifest will promise; empty if no batch is fixed."""
    return self.litert_batch if handle.kind.fixes_batch else ''

  @property
  def memory_gb(self) -> float:
    """How much memory a worker may need for the order."""
    return max(map(formats.memory_gb, self.handles))

  @property
  def is_large(self) -> bool:
    """Whether it may need more memory than most."""
    return self.memory_gb > model_specs.MEMORY_GB

  @property
  def network(self) -> str:
    """The key of the network.

    What is proven of a program once holds for all orders of one network.
    """
    return self.model.network

  @property
  def architecture(self) -> tuple[str, float | None]:
    """The network and its multiplier.

    A worker builds them once for all orders with the same ones.
    """
    return self.network, self.model.multiplier


def failures(order: Order, reason: str) -> list[results.Result]:
  """The results of an order that cannot be carried out."""
  return [
    results.Result(str(handle), results.FAILED, f'{handle}: {reason}')
    for handle in order.handles
  ]


def check_list(name: str, given: Sequence[str]) -> None:
  """Raises an OrderError for a text in the place of a list of texts."""
  if isinstance(given, str):
    raise errors.OrderError(
      f'{name}={given!r} is a text, expected a list: {name}=[{given!r}]'
    )


def words(given: Sequence[str]) -> tuple[str, ...]:
  """Checks words of --formats; raises an OrderError for an unknown one."""
  check_list('formats', given)
  try:
    return formats.parse(','.join(given))
  except ValueError as error:
    raise errors.OrderError(str(error)) from error


def _none_has(
  named: Sequence[model_specs.Handle], words: Sequence[str]
) -> errors.OrderError:
  """Says that no handle has a format, and what has."""
  way = ''
  if all(handle.spec.family.is_quantized for handle in named):
    way = (
      '; what was trained for 8 bits is converted as an own model, whose spec '
      'file `slimhub inspect CHECKPOINT --format=spec` begins'
    )
  return errors.OrderError(
    f'none of {len(named)} handles has --formats={",".join(words)}: versions '
    '1 to 3 are tf1, the others tf2, of which all converted files are made, '
    f'and an own model has tf1 if its spec has tf1_version{way}'
  )


def _lacking(
  handles: Sequence[model_specs.Handle], words: Sequence[str]
) -> list[str]:
  """The words of --formats for converted files that no handle stands for."""
  return [
    word
    for word in words
    if not any(formats.is_of(handle, [word]) for handle in handles)
    and any(kind.is_converted for kind in formats.named([word]))
  ]


def choose(
  named: Sequence[model_specs.Handle],
  words: Sequence[str],
  layout: kinds.Layout = kinds.NHWC,
  *,
  has_pictures: bool,
) -> tuple[model_specs.Handle, ...]:
  """Chooses handles and conversions of them, for an export.

  Args:
    named: The handles to choose from.
    words: Words of --formats that exist.
    layout: Which of its two files the word `onnx` means.
    has_pictures: Whether there are pictures to measure ranges on.

  Raises:
    OrderError: There are no handles, none has such a format or can be
      converted to it, or pictures are needed and missing.
    PackageError: A package that a format needs is not installed.
  """
  if not named:
    raise errors.OrderError(
      'no models are named, expected at least one; `slimhub list` shows all '
      'names'
    )
  only_trained = all(handle.spec.family.is_quantized for handle in named)
  for kind in kinds.known():
    needs_pictures = kind.needs_pictures and not only_trained
    if kind.word in words and needs_pictures and not has_pictures:
      raise errors.OrderError(
        f'{kind.word} is asked for without representative_images; expected a '
        'folder of pictures to measure the range of every layer on: '
        '--representative_images=DIR, or =photographs for those that a '
        'package brings'
      )
  handles = tuple(formats.select(named, words, layout))
  chosen = formats.named(words)
  for extra in dict.fromkeys(kind.extra for kind in chosen if kind.extra):
    environment.require(extra)
  if handles and all(handle.refusal for handle in handles):
    raise errors.OrderError(
      f'{handles[0]} cannot be made: {handles[0].refusal}'
    )
  if lacking := _lacking(handles, words) if handles else words:
    raise _none_has(named, lacking)
  return handles


def make_orders(
  handles: Iterable[model_specs.Handle], template: Order
) -> tuple[Order, ...]:
  """Groups handles into orders, one for each run of handles of one model.

  Args:
    handles: What to do something with; their order is kept.
    template: What the orders are like in everything but the handles.
  """
  return tuple(
    dataclasses.replace(template, handles=tuple(group))
    for _, group in itertools.groupby(handles, lambda h: h.spec)
  )
