"""What an export answers on each picture, as a table for other programs."""

from collections.abc import Mapping
from collections.abc import Sequence
import csv
import io

import numpy as np

from exporter.measure import labelled

COLUMNS = (
  *('picture', 'label', 'class', 'class_name'),
  *('answer', 'answer_name', 'probability', 'place'),
)


def _softmax(logits: np.ndarray) -> np.ndarray:
  powers = np.exp(logits - logits.max(1, keepdims=True))
  return powers / powers.sum(1, keepdims=True)


def _places(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
  """The place of each true class; of equal logits, the first comes first."""
  own = np.take_along_axis(logits, truth[:, np.newaxis], 1)
  is_before = np.arange(logits.shape[1]) < truth[:, np.newaxis]
  return 1 + ((logits > own) | ((logits == own) & is_before)).sum(1)


def render(
  pictures: Sequence[labelled.Labelled],
  truth: Sequence[int],
  logits: np.ndarray,
  names: Mapping[int, str],
) -> str:
  """The table as CSV, with a row for each picture.

  Args:
    pictures: The pictures, with the labels that the user gave them.
    truth: The number of the class of each.
    logits: What the export answers, with a row for each.
    names: The names of classes, by number.

  Returns:
    The text. `probability` is that of the answer, and `place` that of the class
    among all answers: 1 for a picture that is right, up to 5 for one that
    counts for top-5.
  """
  text = io.StringIO()
  table = csv.writer(text, lineterminator='\n')
  table.writerow(COLUMNS)
  for picture, number, answer, probability, place in zip(
    pictures,
    truth,
    logits.argmax(1).tolist(),
    _softmax(logits.astype(np.float64)).max(1).tolist(),
    _places(logits, np.asarray(truth)).tolist(),
    strict=True,
  ):
    table.writerow(
      (
        *(picture.path, picture.label, number, names.get(number, '')),
        *(answer, names.get(answer, ''), f'{probability:.4f}', place),
      )
    )
  return text.getvalue()
