"""Whether a converted file answers as its network does, on many pictures."""

from collections.abc import Callable
from collections.abc import Mapping
import dataclasses
import math

import numpy as np

from exporter import comparison
from exporter import errors
from exporter import manifest
from exporter import source as source_lib
from exporter import synthetic
from model_specs import formats
from model_specs import spec
from model_specs import versions

_BATCH = 32
_WHITE = np.float32(255)

Run = Callable[[np.ndarray], np.ndarray]  # Images in [0, 1] -> outputs.


@dataclasses.dataclass(frozen=True)
class Trial:
  """Pictures and what the source makes of them."""

  pictures: np.ndarray  # Bytes.
  outputs: Mapping[str, np.ndarray]  # By task.
  is_trained: bool  # Else all classes are about as probable.


def _run(run: Callable[[np.ndarray], object], pictures: np.ndarray) -> list:
  """What something makes of pictures, in batches."""
  starts = range(0, len(pictures), _BATCH)
  return [run(pictures[at : at + _BATCH] / _WHITE) for at in starts]


def prepare(
  source: source_lib.Source,
  model: spec.ModelSpec,
  count: int,
  is_trained: bool,
) -> Trial:
  """Asks a source that holds its weights."""
  pictures = synthetic.pictures(count, model.size)
  tensors = [source.logits, source.features]
  answers = _run(lambda images: source.run(tensors, images), pictures)
  logits, features = map(np.concatenate, zip(*answers, strict=True))
  return Trial(
    pictures,
    {versions.CLASSIFICATION: logits, versions.FEATURE_VECTOR: features},
    is_trained,
  )


class Trials:
  """The trials of one model, each prepared when it is asked for."""

  def __init__(
    self,
    source: source_lib.Source,
    model: spec.ModelSpec,
    tensors: Mapping[str, np.ndarray],
    is_trained: bool,
  ):
    self._source, self._model, self._tensors = source, model, tensors
    self._is_trained = is_trained
    self._found: dict[int, Trial] = {}

  def of(self, kind: formats.Format) -> Trial:
    """The trial that a format asks for."""
    if kind.pictures not in self._found:
      self._source.load(self._tensors)  # Another model may have had it.
      self._found[kind.pictures] = prepare(
        self._source, self._model, kind.pictures, self._is_trained
      )
    return self._found[kind.pictures]


def _round_up(value: float) -> float:
  """Two digits, never below what was measured."""
  if value == 0 or not math.isfinite(value):
    return value
  unit = 10.0 ** (math.floor(math.log10(value)) - 1)
  return float(f'{math.ceil(value / unit) * unit:.1e}')


def _exact(
  found: np.ndarray, alone: np.ndarray, expected: np.ndarray, error: float
) -> comparison.Comparison:
  compared = comparison.Comparison('outputs', error)
  unit = float(np.std(expected))
  compared.compare('a batch', found, expected, unit)
  compared.compare('an image alone', alone, expected[:1], unit)
  return compared


def _lossy(
  conversion: formats.Conversion, found: np.ndarray, trial: Trial
) -> list[manifest.Check]:
  expected = trial.outputs[conversion.task]
  count, kind = len(expected), conversion.kind
  error = float(np.sqrt(np.mean(np.square(found - expected))))
  error /= float(np.std(expected)) or 1.0
  checks = [manifest.Check('error', count, _round_up(error), kind.error)]
  if conversion.task == versions.CLASSIFICATION:
    assert kind.disagreement is not None  # Else it is exact.
    allowed = kind.disagreement if trial.is_trained else 1.0
    others = np.argmax(found, 1) != np.argmax(expected, 1)
    share = float(np.mean(others))
    checks.append(manifest.Check('other top-1 class', count, share, allowed))
  return checks


def _refuse(conversion: formats.Conversion, misses: list[str]) -> None:
  if misses:
    raise errors.ProofError(
      f'{conversion} does not do what its source does, so it is not delivered; '
      f'{len(misses)} comparisons miss:\n  ' + '\n  '.join(misses)
    )


def prove(
  conversion: formats.Conversion, run: Run, trial: Trial
) -> tuple[manifest.Check, ...]:
  """Tries a converted file.

  Args:
    conversion: What it is.
    run: Runs it.
    trial: The pictures, and what to expect.

  Returns:
    What was compared, and how near it came.

  Raises:
    ProofError: It is not near enough.
  """
  expected = trial.outputs[conversion.task]
  found = np.concatenate(_run(run, trial.pictures))
  alone = run(trial.pictures[:1] / _WHITE)
  exact = _exact(found, alone, expected, conversion.kind.error)
  if conversion.kind.is_exact:
    _refuse(conversion, exact.misses())
    return (exact.check(),)
  if found.shape != expected.shape or not np.isfinite(found).all():
    _refuse(conversion, exact.misses())
  checks = _lossy(conversion, found, trial)
  _refuse(
    conversion,
    [
      f'{c.name}: {c.difference:.3g}, expected at most {c.tolerance:g}'
      for c in checks
      if not c.difference <= c.tolerance
    ],
  )
  return tuple(checks)
