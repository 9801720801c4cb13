"""The figures of how often a classifier is right, as tables and as JSON."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import json
import math

import numpy as np

TOP = 5
# 95 % of a normal distribution lie within so many standard deviations.
_Z = 1.959964
ACCURACY_COLUMNS = (
  'handle',
  'pictures',
  'top1_percent',
  'interval_95',
  'top5_percent',
)
CLASS_COLUMNS = ('class', 'pictures', 'top1_percent', 'mostly_taken_for')


@dataclasses.dataclass(frozen=True)
class Setting:
  """On what, and how, an artifact was evaluated."""

  pictures: int
  sha256: str  # Identifies the pictures and their labels.
  labels: str  # How labels were understood: a rule of classes.py.
  preprocessing: str  # How pictures were prepared: a way of crops.py.
  libraries: dict[str, str]


@dataclasses.dataclass(frozen=True)
class OfClass:
  """How often the pictures of one class were recognized."""

  number: int  # Of the class: its position in the logits.
  pictures: int
  right: int
  # How many pictures were taken for other classes, by the number of the class,
  # the most frequent one first.
  taken_for: dict[int, int]

  def __post_init__(self) -> None:
    if not 0 <= self.right <= self.pictures or not self.pictures:
      raise ValueError(f'{self.right} of {self.pictures} pictures are right')

  @property
  def percent(self) -> float:
    """The share of its pictures that were recognized, in percent."""
    return 100 * self.right / self.pictures


@dataclasses.dataclass(frozen=True)
class Score:
  """How often one artifact was right."""

  name: str  # The handle.
  setting: Setting
  top1: int  # How many pictures count for top-1.
  top5: int | None  # As top1; None where there are no more than five classes.

  def __post_init__(self) -> None:
    pictures = self.setting.pictures
    top5 = pictures if self.top5 is None else self.top5
    if not 0 <= self.top1 <= top5 <= pictures or not pictures:
      raise ValueError(f'{self.top1} and {top5} of {pictures} are right')

  @property
  def top1_percent(self) -> float:
    """The share of pictures that count for top-1, in percent."""
    return 100 * self.top1 / self.setting.pictures

  @property
  def top5_percent(self) -> float | None:
    """The share of pictures that count for top-5, in percent."""
    if self.top5 is None:
      return None
    return 100 * self.top5 / self.setting.pictures

  @property
  def interval(self) -> tuple[float, float]:
    """The 95 % confidence interval of the top-1 share, in percent."""
    return wilson(self.top1, self.setting.pictures)


@dataclasses.dataclass(frozen=True)
class Accuracy(Score):
  """How one artifact fared, class by class."""

  classes: tuple[OfClass, ...]  # The classes of the pictures, the worst first.
  names: dict[int, str]  # Of these classes, and of those they were taken for.
  remarks: tuple[str, ...] = ()  # What a reader must know, as remarks.py says.
  artifact: str = ''  # The digest of the manifest of what was measured.


@dataclasses.dataclass(frozen=True)
class AccuracySummary(Score):
  """What a card says of an Accuracy: of 1000 classes, a few lines."""

  classes: int  # How many classes the pictures are of.
  worst: tuple[OfClass, ...]  # Some that had mistakes, the worst first.
  names: dict[int, str]  # Of these classes, and of those they were taken for.
  remarks: tuple[str, ...] = ()  # As those of an Accuracy.

  def __post_init__(self) -> None:
    super().__post_init__()
    met = {n for each in self.worst for n in (each.number, *each.taken_for)}
    if unnamed := sorted(met - self.names.keys()):
      raise ValueError(f'classes {unnamed} have no name')


def wilson(right: int, count: int) -> tuple[float, float]:
  """Wilson's 95 % confidence interval of `right / count`, in percent."""
  share, spread = right / count, _Z**2 / count
  middle = share + spread / 2
  width = _Z * math.sqrt(share * (1 - share) / count + spread / (4 * count))
  low, high = ((middle + s * width) / (1 + spread) for s in (-1, 1))
  return 100 * max(0.0, low), 100 * min(1.0, high)


def _of_class(number: int, guesses: Counter[int]) -> OfClass:
  others = {n: count for n, count in guesses.most_common() if n != number}
  return OfClass(number, sum(guesses.values()), guesses[number], others)


def summarize(
  name: str,
  setting: Setting,
  logits: np.ndarray,
  truth: Sequence[int],
  names: Mapping[int, str],
) -> Accuracy:
  """Computes the figures of one artifact.

  Args:
    name: The handle of the artifact.
    setting: On what and how it was evaluated.
    logits: Its logits, with a row for each picture.
    truth: The number of the class of each picture.
    names: The names of classes, by number.

  Returns:
    The figures. A class without a name is called by its number.
  """
  best = np.argsort(-logits, axis=1, kind='stable')[:, :TOP]
  hits = best == np.asarray(truth)[:, np.newaxis]
  guesses: dict[int, Counter[int]] = {number: Counter() for number in truth}
  for number, guess in zip(truth, best[:, 0].tolist(), strict=True):
    guesses[number][guess] += 1
  classes = [_of_class(n, counts) for n, counts in guesses.items()]
  occurring = sorted({*guesses, *best[:, 0].tolist()})
  return Accuracy(
    name,
    setting,
    int(hits[:, 0].sum()),
    int(hits.any(1).sum()) if logits.shape[1] > TOP else None,
    tuple(sorted(classes, key=lambda each: (each.percent, each.number))),
    {number: names.get(number, str(number)) for number in occurring},
  )


def to_json(
  accuracies: Iterable[Accuracy], earlier: Iterable[Mapping[str, object]] = ()
) -> str:
  """The text of evaluation.json.

  Args:
    accuracies: What was evaluated.
    earlier: What the file says of other artifacts, and still holds.
  """
  facts = [
    {
      'handle': each.name,
      'top1_percent': round(each.top1_percent, 3),
      'top1_interval_95': [round(bound, 3) for bound in each.interval],
      'top5_percent': each.top5_percent and round(each.top5_percent, 3),
      **dataclasses.asdict(each),
    }
    for each in accuracies
  ]
  listed = sorted([*facts, *earlier], key=lambda each: str(each['handle']))
  return json.dumps({'accuracies': listed}, indent=2) + '\n'


def shorten(accuracy: Accuracy, most: int) -> AccuracySummary:
  """The summary of an Accuracy, with at most so many classes."""
  worst = tuple(
    dataclasses.replace(each, taken_for=dict([*each.taken_for.items()][:1]))
    for each in accuracy.classes[:most]
    if each.right < each.pictures
  )
  met = {number for each in worst for number in (each.number, *each.taken_for)}
  return AccuracySummary(
    accuracy.name,
    accuracy.setting,
    accuracy.top1,
    accuracy.top5,
    len(accuracy.classes),
    worst,
    {number: accuracy.names[number] for number in sorted(met)},
    accuracy.remarks,
  )


def interval(score: Score) -> str:
  """The confidence interval of a score, as a text for people."""
  low, high = score.interval
  return f'{low:.1f} to {high:.1f}'


def top5(score: Score) -> str:
  """The top-5 accuracy of a score, as a text for people."""
  percent = score.top5_percent
  return '' if percent is None else f'{percent:.2f}'


def accuracy_rows(accuracies: Iterable[Accuracy]) -> list[tuple[str, ...]]:
  """The rows of a table of artifacts, with the columns ACCURACY_COLUMNS."""
  return [
    (
      each.name,
      f'{each.setting.pictures}',
      f'{each.top1_percent:.2f}',
      interval(each),
      top5(each),
    )
    for each in accuracies
  ]


def class_rows(
  classes: Iterable[OfClass], names: Mapping[int, str]
) -> list[tuple[str, ...]]:
  """A row for each class, under CLASS_COLUMNS."""
  return [
    (
      names[each.number],
      f'{each.pictures}',
      f'{each.percent:.1f}',
      next((f'{names[n]} ({c})' for n, c in each.taken_for.items()), ''),
    )
    for each in classes
  ]
