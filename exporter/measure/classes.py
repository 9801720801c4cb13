"""Finds out which class of a model each label of the user's pictures means."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import dataclasses
import difflib
import re
from typing import Final
from typing import Literal
import unicodedata

from exporter import errors
import model_specs
from model_specs import labels
from model_specs import outside

NUMBERS, NAMES = 'numbers of classes', 'names of classes'
SYNSETS, SORTED = 'WordNet synsets', 'names in the order of the alphabet'
# What the user says that labels are, where both would fit.
Meaning = Literal['names', 'numbers']
AS_NAMES: Final = 'names'
AS_NUMBERS: Final = 'numbers'
MEANINGS: tuple[Meaning, ...] = (AS_NAMES, AS_NUMBERS)
_DIGITS = re.compile('[0-9]{1,9}')
_MOST = 5  # How many labels an error names.


@dataclasses.dataclass(frozen=True)
class Classes:
  """What the labels of some pictures mean to a model."""

  rule: str  # How they were understood: NUMBERS, NAMES, SYNSETS or SORTED.
  numbers: Mapping[str, int]  # The position in the logits, by label.
  names: Mapping[int, str]  # Names by position, of all classes that have one.


def _plain(name: str) -> str:
  # File systems such as that of macOS hold names with accents apart.
  composed = unicodedata.normalize('NFC', name)
  return composed.replace('_', ' ').strip().casefold()


def _refuse(
  handle: model_specs.Handle,
  used_labels: Sequence[str],
  bad: Sequence[str],
  expected: str,
) -> errors.PictureError:
  return errors.PictureError(
    f'{handle} has no class for {len(bad)} of {len(used_labels)} labels: '
    f'{outside.shown(", ".join(bad[:_MOST]))}; {expected}'
  )


def _as_numbers(
  handle: model_specs.Handle, used_labels: Sequence[str]
) -> dict[str, int]:
  count, first = handle.num_outputs, int(handle.spec.has_background)
  bad = [
    label
    for label in used_labels
    if not _DIGITS.fullmatch(label) or not first <= int(label) < count
  ]
  if bad:
    background = ', and 0 is the background' if first else ''
    raise _refuse(
      handle,
      used_labels,
      bad,
      f'a number is the place in its {count} logits{background}: expected '
      f'{first} to {count - 1}',
    )
  return {label: int(label) for label in used_labels}


def _as_names(
  handle: model_specs.Handle, used_labels: Sequence[str], names: Sequence[str]
) -> dict[str, int]:
  places: dict[str, list[int]] = {}
  for number, name in enumerate(names):
    places.setdefault(_plain(name), []).append(number)
  unknown = [label for label in used_labels if _plain(label) not in places]
  if unknown:
    close = difflib.get_close_matches(_plain(unknown[0]), places, n=3)
    hint = f'close to the first: {", ".join(close)}; ' if close else ''
    raise _refuse(
      handle,
      used_labels,
      unknown,
      f'{hint}expected names as in its labels.txt, such as '
      f'{", ".join(names[1:4])}, or numbers',
    )
  twice = [label for label in used_labels if len(places[_plain(label)]) > 1]
  if twice:
    raise errors.PictureError(
      f'{handle} has two classes that are called {twice[0]!r}: '
      f'{places[_plain(twice[0])]}; label pictures by number or synset instead'
    )
  return {label: places[_plain(label)][0] for label in used_labels}


def _as_sorted(
  handle: model_specs.Handle, used_labels: Sequence[str]
) -> dict[str, int]:
  """Numbers classes in alphabetical order, as TF-Slim's data sets do."""
  first = int(handle.spec.has_background)
  expected = handle.num_outputs - first
  if len(used_labels) != expected:
    raise errors.PictureError(
      f'nobody named the classes of {handle}, and there are {len(used_labels)} '
      f'labels, expected {expected}; label pictures by the number of their '
      'class'
    )
  return {
    label: number for number, label in enumerate(used_labels, start=first)
  }


def _only(
  handle: model_specs.Handle, used_labels: Sequence[str], names: Sequence[str]
) -> tuple[str, dict[str, int]]:
  """What labels of digits mean: numbers of classes, or names made of digits.

  Raises:
    PictureError: They mean nothing, or different classes as numbers and names.
  """
  fitting: dict[str, dict[str, int]] = {}
  with contextlib.suppress(errors.PictureError):
    fitting[NAMES] = _as_names(handle, used_labels, names)
  try:
    fitting[NUMBERS] = _as_numbers(handle, used_labels)
  except errors.PictureError:
    if not fitting:
      raise
  if len(fitting) > 1 and fitting[NAMES] != fitting[NUMBERS]:
    named, counted = fitting[NAMES], fitting[NUMBERS]
    label = next(each for each in used_labels if named[each] != counted[each])
    raise errors.PictureError(
      f'{handle}: label {label} is the name of class {named[label]}, and the '
      f'number of the class that is called {names[counted[label]]}; say which '
      f'is meant: --labels_are={AS_NAMES} or --labels_are={AS_NUMBERS}'
    )
  return next(iter(fitting.items()))


def _rule(
  handle: model_specs.Handle,
  used_labels: Sequence[str],
  names: Sequence[str],
  meaning: str | None,
) -> tuple[str, dict[str, int]]:
  """The rule by which labels are understood, and the numbers that it gives."""
  if meaning == AS_NUMBERS:
    return NUMBERS, _as_numbers(handle, used_labels)
  if meaning != AS_NAMES and all(map(_DIGITS.fullmatch, used_labels)):
    if names:
      return _only(handle, used_labels, names)
    return NUMBERS, _as_numbers(handle, used_labels)
  synsets = labels.synsets()[-handle.num_outputs :]
  if names == labels.imagenet()[-handle.num_outputs :] and all(
    label in synsets for label in used_labels
  ):
    return SYNSETS, {label: synsets.index(label) for label in used_labels}
  if names:
    return NAMES, _as_names(handle, used_labels, names)
  return SORTED, _as_sorted(handle, used_labels)


def resolve(
  handle: model_specs.Handle,
  used: Collection[str],
  meaning: str | None = None,
) -> Classes:
  """Finds out which class of a model each label means.

  Args:
    handle: The model, a classifier.
    used: The labels of all pictures; they may occur more than once.
    meaning: What the labels are, AS_NAMES or AS_NUMBERS; None finds it out.

  Returns:
    The number of the class of each label.

  Raises:
    PictureError: A label is not a class of the model, or is ambiguous.
  """
  used_labels = sorted(set(used))
  names = labels.of(handle)
  rule, numbers = _rule(handle, used_labels, names, meaning)
  if rule == SORTED:
    return Classes(rule, numbers, {n: label for label, n in numbers.items()})
  return Classes(rule, numbers, dict(enumerate(names)))
