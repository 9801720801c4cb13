"""What a runtime gets, and what must come of it."""

import dataclasses
import functools
import pathlib
from typing import Any

from ai_edge_litert import interpreter as litert
import numpy as np

from exporter.cards import runtimes as results
from exporter.checkpoints import synthetic
from model_specs import kinds
from tests import conversions_made

NAMES = (conversions_made.V1, conversions_made.V2_FEATURES)
_COUNT = 2
# How far an answer may be off, as a share of the spread of the outputs: twenty
# times the difference that files in float32 show.
_SAME = 1e-3
# How far an answer in integers may be from that of the network, as a multiple
# of the distance in the runtime that proved the file. The distance of OpenVINO
# was 2.24 times as large on a processor without AVX-512.
_NEAR = 2.5
_MOST_REASON = 80

Answers = list[list[float]] | str  # Of each picture, or why there are none.


class WrongNumbersError(Exception):
  """A runtime runs a file and answers something else."""


def _error(numbers: np.ndarray, expected: np.ndarray) -> float:
  """The root mean square difference, as a share of the expected spread."""
  apart = np.sqrt(np.mean(np.square(numbers - expected)))
  return float(apart / np.std(expected))


@dataclasses.dataclass(frozen=True)
class Given:
  """A converted file, with pictures."""

  name: str  # NAME/TASK/VERSION of a model.
  word: str

  @functools.cached_property
  def pictures(self) -> np.ndarray:
    """The bytes of the pictures."""
    size = conversions_made.conversion(self.name, self.word).spec.size
    return synthetic.synthetic_pictures(_COUNT, size)

  @property
  def file(self) -> pathlib.Path:
    """The path of the file."""
    return conversions_made.file(self.name, self.word)

  def message(self, file: str) -> dict[str, Any]:
    """What pages and scripts are told, with the file under a name of theirs."""
    conversion = conversions_made.conversion(self.name, self.word)
    return {
      'file': file,
      'pictures': self.pictures.reshape([_COUNT, -1]).tolist(),
      'size': conversion.spec.size,
      'output': conversion.output,
      'isBytes': conversion.kind.needs_pictures,
      'isChannelsFirst': conversion.kind.layout == kinds.NCHW,
    }

  def _numbers(self, answers: list[list[float]], is_raw: bool) -> np.ndarray:
    numbers = np.array(answers)
    if is_raw and self.word == 'litert.int8':
      (about,) = litert.Interpreter(str(self.file)).get_output_details()
      scale, zero = about['quantization']
      numbers = (numbers - zero) * scale
    return numbers

  def judge(self, answers: Answers, is_raw: bool) -> str:
    """The result of a runtime's answers, in the words of the table.

    Args:
      answers: Those of the runtime.
      is_raw: Whether it gives the bytes of an int8 file as they are.

    Raises:
      WrongNumbersError: They are not those of the file.
    """
    if isinstance(answers, str):
      reason = ' '.join(answers.rpartition('rror: ')[2].split())
      return f'{results.REFUSED}: {reason[:_MOST_REASON]}'
    images = self.pictures / np.float32(255)
    source = conversions_made.expected(self.name, images)
    own = conversions_made.run(self.name, self.word)(images)
    numbers = self._numbers(answers, is_raw)
    is_exact = conversions_made.conversion(self.name, self.word).kind.is_exact
    expected = source if is_exact else own
    apart = np.abs(numbers - expected).max() / np.std(expected)
    if apart < _SAME:
      return results.OK
    if not is_exact and _error(numbers, source) < _NEAR * _error(own, source):
      return results.NEAR
    raise WrongNumbersError(
      f'{self.name} as {self.word}: {apart:g} of the spread apart'
    )
