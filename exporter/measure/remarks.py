"""What a reader of figures must know: which classes they say nothing of."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence

import numpy as np

from exporter.measure import classes as classes_lib
import model_specs

_FEW = 5  # Fewer pictures may look shifted by chance.
_FAR = 3  # So many times as many pictures must be right.
# Of fewer classes, which may be taken for their neighbours, nearly all must be.
_NEARLY_ALL = 0.9
# Names are in another order where so much of the pictures of each class, of
# which there are some, is taken for one other class.
_MOSTLY, _OF_EACH = 0.7, 4


def _partial(handle: model_specs.Handle, truth: Sequence[int]) -> Iterator[str]:
  background = {0} if handle.spec.has_background else set()
  count = handle.num_outputs - len(background)
  shown = len(set(truth) - background)
  if shown < count:
    yield (
      f'the pictures are of {shown} of {count} classes: the figures say '
      'nothing of the others'
    )


def _shifted(best: np.ndarray, truth: Sequence[int]) -> Iterator[str]:
  """Says that labels seem to be counted from another number."""
  numbers = np.asarray(truth)
  least = _NEARLY_ALL * len(truth) if len(set(truth)) < _FEW else _FEW
  right = int(np.count_nonzero(best == numbers))
  shifted, what = max(
    (int(np.count_nonzero(best == numbers + step)), what)
    for step, what in ((1, 'more'), (-1, 'less'))
  )
  if shifted >= max(_FEW, least) and shifted > _FAR * right:
    yield (
      f'{right} of {len(truth)} pictures are right, and {shifted} would be '
      f'if each label were one {what}: a label is the place in the logits, '
      'which is counted from 0, and 0 may be the background'
    )


def _reordered(best: np.ndarray, truth: Sequence[int]) -> Iterator[str]:
  """Says that classes seem to have each other's names."""
  answers: dict[int, Counter[int]] = {}
  for number, answer in zip(truth, best.tolist(), strict=True):
    answers.setdefault(number, Counter())[answer] += 1
  usual = {n: each.most_common(1)[0] for n, each in answers.items()}
  taken = [answer for answer, _ in usual.values()]
  would = sum(count for _, count in usual.values())
  right = sum(each[number] for number, each in answers.items())
  is_enough = len(truth) >= _OF_EACH * len(usual) and len(usual) > 1
  is_order = len(set(taken)) == len(taken) and would >= _MOSTLY * len(truth)
  if is_enough and is_order and would > _FAR * right:
    number = next(n for n, (answer, _) in usual.items() if answer != n)
    yield (
      f'{right} of {len(truth)} pictures are right, and {would} would be if '
      f'the classes had other names: class {number} is mostly taken for '
      f'{usual[number][0]}; the labels of the pictures and those of the model '
      'seem to be in two orders'
    )


def remarks(
  handle: model_specs.Handle,
  rule: str,
  logits: np.ndarray,
  truth: Sequence[int],
) -> tuple[str, ...]:
  """Remarks on the figures of one artifact.

  Args:
    handle: The artifact.
    rule: How labels were understood: a rule of classes.py.
    logits: Its logits, with a row for each picture.
    truth: The number of the class of each picture.

  Returns:
    Sentences without a capital and a full stop; none for figures of all
    classes.
  """
  best = logits.argmax(1)
  order = [*_shifted(best, truth)] if rule == classes_lib.NUMBERS else []
  return (*_partial(handle, truth), *(order or _reordered(best, truth)))
