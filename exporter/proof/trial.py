"""Tries converted files: do they answer on pictures as their network does?"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import math
from typing import TypeAlias

import numpy as np

from exporter import artifacts
from exporter import checkpoints
from exporter import errors
from exporter import networks
from exporter import storage
from exporter.proof import comparison
from exporter.proof import exchanged
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import versions

_BATCH = 32
_FEW = 2
_WHITE = np.float32(255)
# These hold for files whose network itself rounds to 8 bits.
_LEAST_IF_ROUNDED = 0.05
_ROUNDING_IF_ROUNDED = 2**-7
_DISAGREEMENT_IF_ROUNDED = 0.4
_MORE_PICTURES = (
  '\n  Its ranges come from --representative_images: a few pictures leave them '
  'too narrow; give a hundred like those that the network will see'
)

_Outputs: TypeAlias = Mapping[str, np.ndarray]  # A batch for each task.


@dataclasses.dataclass(frozen=True)
class Trial:
  """Pictures, and what the network answers on them."""

  pictures: np.ndarray  # With channels from 0 to 255.
  outputs: _Outputs
  rounded: _Outputs  # For the first batch, each of whose values was rounded.
  is_trained: bool  # If not, all classes are about equally probable.


def images_of(pictures: np.ndarray, rounding: float = 0.0) -> np.ndarray:
  """Turns pictures, as bytes, into images in [0, 1].

  With `rounding`, each value is changed by that part of it, up or down.
  """
  images = pictures / _WHITE
  if not rounding:
    return images
  signs = np.random.RandomState(1).randint(0, 2, images.shape) * 2 - 1
  return (images * (1 + rounding * signs)).astype(np.float32)


def _run(
  run: Callable[[np.ndarray], object],
  pictures: np.ndarray,
  rounding: float = 0.0,
) -> list:
  """Calls `run` with all pictures, one batch after the other."""
  starts = range(0, len(pictures), _BATCH)
  return [run(images_of(pictures[at : at + _BATCH], rounding)) for at in starts]


class Trials:
  """The trials of one model, whose answers are computed once, when needed."""

  def __init__(
    self,
    source: networks.Source,
    model: model_specs.ModelSpec,
    tensors: Mapping[str, np.ndarray],
    is_trained: bool,
  ):
    self._source, self._model, self._tensors = source, model, tensors
    self._is_trained = is_trained
    self._pictures: dict[int, np.ndarray] = {}
    self._answers: dict[tuple[int, float], _Outputs] = {}

  def _ask(self, pictures: np.ndarray, rounding: float) -> _Outputs:
    """What the network answers on pictures with so much rounding, by task."""
    key = len(pictures), rounding
    if key not in self._answers:
      source = self._source
      # Models of one architecture share this network, which may hold others.
      source.load(self._tensors)
      ends = [source.logits, source.features]
      answers = _run(
        lambda images: source.run(ends, images), pictures, rounding
      )
      logits, features = map(np.concatenate, zip(*answers, strict=True))
      self._answers[key] = {
        versions.CLASSIFICATION: logits,
        versions.FEATURE_VECTOR: features,
      }
    return self._answers[key]

  def _rounding(self, kind: kinds.Kind) -> float:
    rounds = self._model.family.is_quantized
    return _ROUNDING_IF_ROUNDED if rounds else kind.rounding

  def of(self, kind: kinds.Kind) -> Trial:
    """The trial with which files of a kind are compared."""
    count = formats.pictures_for(kind, self._model)
    if count not in self._pictures:
      self._pictures[count] = checkpoints.synthetic_pictures(
        count, self._model.size, self._model.family.channels
      )
    pictures = self._pictures[count]
    return Trial(
      pictures,
      self._ask(pictures, 0.0),
      self._ask(pictures[:_BATCH], self._rounding(kind)),
      self._is_trained,
    )


def _round_up(value: float) -> float:
  """Rounds up to two digits, so that it is never below what was measured."""
  if value == 0 or not math.isfinite(value):
    return value
  unit = 10.0 ** (math.floor(math.log10(value)) - 1)
  return float(f'{math.ceil(value / unit) * unit:.1e}')


def _far(differences: np.ndarray, is_exact: bool) -> float:
  """The size of differences: the largest, or the root of their mean square."""
  if is_exact:
    return float(np.max(np.abs(differences)))
  return float(np.sqrt(np.mean(np.square(differences))))


def _allowed(conversion: model_specs.Handle, trial: Trial) -> float:
  """The error that a file may have, in standard deviations of the output.

  It is that of its kind, or more if the network enlarges rounding: twice what
  rounding the pictures does to its own output, but at most `most_error`.
  """
  kind = conversion.kind
  expected = trial.outputs[conversion.task]
  rounded = trial.rounded[conversion.task]
  unit = float(np.std(expected)) or 1.0
  is_exact = formats.is_exact(conversion)
  moved = 2 * _far(rounded - expected[: len(rounded)], is_exact) / unit
  allowed = comparison.round_up(moved) if is_exact else _round_up(moved)
  if conversion.spec.family.is_quantized:  # The network itself rounds as much.
    return max(_LEAST_IF_ROUNDED, min(allowed, kinds.MOST))
  return max(kind.error, min(allowed, kind.most_error))


def _exact(
  answers: np.ndarray, alone: np.ndarray, expected: np.ndarray, error: float
) -> comparison.Comparison:
  """Compares outputs by their largest difference, in a batch and alone."""
  compared = comparison.Comparison('outputs', error)
  unit = float(np.std(expected))
  compared.compare('a batch', answers, expected, unit)
  compared.compare('an image alone', alone, expected[:1], unit)
  return compared


def _lossy(
  conversion: model_specs.Handle,
  answers: np.ndarray,
  trial: Trial,
  allowed: float,
) -> list[storage.Check]:
  """Compares outputs by their mean error and, of a classifier, top-1 class."""
  expected = trial.outputs[conversion.task]
  unit = float(np.std(expected)) or 1.0
  count = len(expected)
  error = _far(answers - expected, formats.is_exact(conversion)) / unit
  checks = [storage.Check('error', count, _round_up(error), allowed)]
  if conversion.task == versions.CLASSIFICATION:
    usual = conversion.kind.disagreement or _DISAGREEMENT_IF_ROUNDED
    share = usual if trial.is_trained else 1.0
    others = np.argmax(answers, 1) != np.argmax(expected, 1)
    found_share = float(np.mean(others))
    checks.append(storage.Check('other top-1 class', count, found_share, share))
  return checks


def _misses(checks: Iterable[storage.Check]) -> list[str]:
  """A line for each check that is beyond its tolerance, NaN included."""
  return [
    f'{c.name}: {c.difference:.3g}, expected at most {c.tolerance:g}'
    for c in checks
    if not c.difference <= c.tolerance
  ]


def _alone(
  conversion: model_specs.Handle,
  alone: np.ndarray,
  answers: np.ndarray,
  expected: np.ndarray,
  allowed: float,
) -> storage.Check:
  """How far an image alone, as most users give it, is from one in a batch.

  It compares the file with itself; `_lossy` compares it with its network.
  """
  unit = float(np.std(expected)) or 1.0
  apart = _far(alone - answers[:1], formats.is_exact(conversion)) / unit
  return storage.Check('an image alone and in a batch', 1, apart, allowed)


def _refuse(conversion: model_specs.Handle, misses: list[str]) -> None:
  """Raises a ProofError if there are misses."""
  if misses:
    hint = _MORE_PICTURES if conversion.needs_pictures else ''
    raise errors.ProofError(
      f'{conversion} does not do what its source does; '
      f'{len(misses)} comparisons miss:\n  ' + '\n  '.join(misses) + hint
    )


def compare(
  conversion: model_specs.Handle, run: artifacts.Run, trial: Trial
) -> tuple[storage.Check, ...]:
  """Compares the answers of a converted file with those of its network.

  Args:
    conversion: What the file is.
    run: Calls the file with images.
    trial: The pictures, and the answers of the network.

  Returns:
    What was compared, less that an image alone is answered as in a batch, and
    that no two outputs have changed places.

  Raises:
    ProofError: A difference is too large.
  """
  expected = trial.outputs[conversion.task]
  answers = np.concatenate(_run(run, trial.pictures))
  alone = run(images_of(trial.pictures[:1]))
  allowed = _allowed(conversion, trial)
  exact = _exact(answers, alone, expected, allowed)
  if formats.is_exact(conversion):
    _refuse(conversion, exact.misses())
    return (exact.check(),)
  whole = answers.shape == expected.shape and alone.shape == expected[:1].shape
  if not whole or not np.isfinite(answers).all():
    _refuse(conversion, exact.misses())
  checks = _lossy(conversion, answers, trial, allowed)
  apart = _alone(conversion, alone, answers, expected, allowed)
  misses = _misses([*checks, apart])
  if pair := exchanged.find(answers, expected):
    misses.append(f'outputs {pair[0]} and {pair[1]} have changed places')
  _refuse(conversion, misses)
  return tuple(checks)


def prove_file(
  conversion: model_specs.Handle, run: artifacts.Run, trials: Trials
) -> tuple[storage.Check, ...]:
  """As `compare`; raises a ProofError if the file cannot be run, too."""
  trial = trials.of(conversion.kind)
  with artifacts.explained(conversion, 'run'):
    return compare(conversion, run, trial)


def prove_on_few(
  conversion: model_specs.Handle,
  run: artifacts.Run,
  trials: Trials,
  name: str,
) -> storage.Check:
  """Compares what another, slow runtime makes of a file with its network.

  Args:
    conversion: What the file is.
    run: Calls the file with images.
    trials: The pictures, of which it gets the first two, and the answers.
    name: What the check is called.

  Raises:
    ProofError: A difference is too large, or the file cannot be run.
  """
  trial = trials.of(conversion.kind)
  expected = trial.outputs[conversion.task]
  unit = float(np.std(expected)) or 1.0
  is_exact = formats.is_exact(conversion)
  with artifacts.explained(conversion, 'run'):
    answers = run(images_of(trial.pictures[:_FEW]))
  allowed = _allowed(conversion, trial)
  compared = comparison.Comparison(name, allowed, is_mean=not is_exact)
  compared.compare('a few pictures', answers, expected[:_FEW], unit)
  _refuse(conversion, compared.misses())
  error = _far(answers - expected[:_FEW], is_exact) / unit
  rounded = comparison.round_up(error) if is_exact else _round_up(error)
  return storage.Check(name, _FEW, rounded, allowed)
