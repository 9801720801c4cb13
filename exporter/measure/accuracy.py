"""How often a classifier is right: figures, as a table and as JSON."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import json
import math

import numpy as np

TOP = 5
_Z = 1.959964  # Of the normal distribution, 95 % within.
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
  """What the figures are of, beside the artifact."""

  pictures: int
  sha256: str  # Of all pictures and their labels.
  labels: str  # What the labels are: a rule of exporter/measure/classes.py.
  preprocessing: str  # A way of exporter/measure/crops.py.
  libraries: dict[str, str]


@dataclasses.dataclass(frozen=True)
class OfClass:
  """How one class fared."""

  number: int
  pictures: int
  right: int
  taken_for: dict[int, int]  # Number of another class -> pictures, most first.

  @property
  def percent(self) -> float:
    """Of its pictures, how many were seen as it."""
    return 100 * self.right / self.pictures


@dataclasses.dataclass(frozen=True)
class Score:
  """How often one artifact was right."""

  name: str
  setting: Setting
  top1: int  # Pictures.
  top5: int | None  # None where five or fewer classes make it nothing.

  @property
  def top1_percent(self) -> float:
    """Of all pictures."""
    return 100 * self.top1 / self.setting.pictures

  @property
  def top5_percent(self) -> float | None:
    """Of all pictures."""
    if self.top5 is None:
      return None
    return 100 * self.top5 / self.setting.pictures

  @property
  def interval(self) -> tuple[float, float]:
    """Where top-1 of more such pictures is, in percent: 95 % sure."""
    return wilson(self.top1, self.setting.pictures)


@dataclasses.dataclass(frozen=True)
class Accuracy(Score):
  """How one artifact fared, class by class."""

  classes: tuple[OfClass, ...]  # Those that pictures are of, the worst first.
  names: dict[int, str]  # Of these and of those that they were taken for.


@dataclasses.dataclass(frozen=True)
class AccuracySummary(Score):
  """What a card says of an Accuracy: of 1000 classes, a few lines."""

  classes: int  # How many classes the pictures are of.
  worst: tuple[OfClass, ...]  # Some that had mistakes, the worst first.
  names: dict[int, str]  # Of these and of what each is mostly taken for.


def wilson(right: int, count: int) -> tuple[float, float]:
  """Wilson's interval of a proportion, in percent, 95 % sure."""
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
  """The figures of one artifact.

  Args:
    name: Of the artifact.
    setting: Of the pictures.
    logits: A row for each picture.
    truth: The class of each.
    names: Of the classes.

  Returns:
    The figures.
  """
  best = np.argsort(-logits, axis=1, kind='stable')[:, :TOP]
  hits = best == np.asarray(truth)[:, np.newaxis]
  guesses: dict[int, Counter[int]] = {number: Counter() for number in truth}
  for number, guess in zip(truth, best[:, 0].tolist(), strict=True):
    guesses[number][guess] += 1
  classes = [_of_class(n, found) for n, found in guesses.items()]
  met = sorted({*guesses, *best[:, 0].tolist()})
  return Accuracy(
    name,
    setting,
    int(hits[:, 0].sum()),
    int(hits.any(1).sum()) if logits.shape[1] > TOP else None,
    tuple(sorted(classes, key=lambda each: (each.percent, each.number))),
    {number: names.get(number, str(number)) for number in met},
  )


def to_json(found: Iterable[Accuracy]) -> str:
  """All of it, for programs."""
  facts = [
    {
      'handle': each.name,
      'top1_percent': round(each.top1_percent, 3),
      'top1_interval_95': [round(bound, 3) for bound in each.interval],
      'top5_percent': each.top5_percent and round(each.top5_percent, 3),
      **dataclasses.asdict(each),
    }
    for each in found
  ]
  return json.dumps({'accuracies': facts}, indent=2) + '\n'


def shorten(found: Accuracy, most: int) -> AccuracySummary:
  """The summary of an Accuracy, with at most so many classes."""
  worst = tuple(
    dataclasses.replace(each, taken_for=dict([*each.taken_for.items()][:1]))
    for each in found.classes[:most]
    if each.right < each.pictures
  )
  met = {number for each in worst for number in (each.number, *each.taken_for)}
  return AccuracySummary(
    found.name,
    found.setting,
    found.top1,
    found.top5,
    len(found.classes),
    worst,
    {number: found.names[number] for number in sorted(met)},
  )


def interval(found: Score) -> str:
  """The interval, to be read."""
  low, high = found.interval
  return f'{low:.1f} to {high:.1f}'


def top5(found: Score) -> str:
  """The part of pictures, to be read."""
  percent = found.top5_percent
  return '' if percent is None else f'{percent:.2f}'


def accuracy_rows(found: Iterable[Accuracy]) -> list[tuple[str, ...]]:
  """A row for each, under COLUMNS."""
  return [
    (
      each.name,
      f'{each.setting.pictures}',
      f'{each.top1_percent:.2f}',
      interval(each),
      top5(each),
    )
    for each in found
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
