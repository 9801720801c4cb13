"""Finds out which class of a model each label of the user's pictures means."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import difflib

from exporter import errors
import model_specs
from model_specs import labels

NUMBERS, NAMES = 'numbers of classes', 'names of classes'
SYNSETS, SORTED = 'WordNet synsets', 'names in the order of the alphabet'
_MOST = 5  # How many labels an error names.


@dataclasses.dataclass(frozen=True)
class Classes:
  """What the labels of some pictures mean to a model."""

  rule: str  # How they were understood: NUMBERS, NAMES, SYNSETS or SORTED.
  numbers: Mapping[str, int]  # The position in the logits, by label.
  names: Mapping[int, str]  # Names by position, of all classes that have one.


def _plain(name: str) -> str:
  return name.replace('_', ' ').strip().lower()


def _refuse(
  handle: model_specs.Handle,
  given: Sequence[str],
  bad: Sequence[str],
  expected: str,
) -> errors.PictureError:
  return errors.PictureError(
    f'{handle} has no class for {len(bad)} of {len(given)} labels: '
    f'{", ".join(bad[:_MOST])}; {expected}'
  )


def _as_numbers(
  handle: model_specs.Handle, given: Sequence[str]
) -> dict[str, int]:
  count, first = handle.num_outputs, int(handle.spec.has_background)
  bad = [label for label in given if not first <= int(label) < count]
  if bad:
    background = ', and 0 is the background' if first else ''
    raise _refuse(
      handle,
      given,
      bad,
      f'a number is the place in its {count} logits{background}: expected '
      f'{first} to {count - 1}',
    )
  return {label: int(label) for label in given}


def _as_names(
  handle: model_specs.Handle, given: Sequence[str], names: Sequence[str]
) -> dict[str, int]:
  places: dict[str, list[int]] = {}
  for number, name in enumerate(names):
    places.setdefault(_plain(name), []).append(number)
  unknown = [label for label in given if _plain(label) not in places]
  if unknown:
    close = difflib.get_close_matches(_plain(unknown[0]), places, n=3)
    hint = f'close to the first: {", ".join(close)}; ' if close else ''
    raise _refuse(
      handle,
      given,
      unknown,
      f'{hint}expected names as in its labels.txt, such as '
      f'{", ".join(names[1:4])}, or numbers',
    )
  twice = [label for label in given if len(places[_plain(label)]) > 1]
  if twice:
    raise errors.PictureError(
      f'{handle} has two classes that are called {twice[0]!r}: '
      f'{places[_plain(twice[0])]}; label pictures by number or synset instead'
    )
  return {label: places[_plain(label)][0] for label in given}


def _as_sorted(
  handle: model_specs.Handle, given: Sequence[str]
) -> dict[str, int]:
  """Numbers classes in alphabetical order, as TF-Slim's data sets do."""
  first = int(handle.spec.has_background)
  expected = handle.num_outputs - first
  if len(given) != expected:
    raise errors.PictureError(
      f'nobody named the classes of {handle}, and there are {len(given)} '
      f'labels, expected {expected}; label pictures by the number of their '
      'class'
    )
  return {label: number for number, label in enumerate(given, start=first)}


def resolve(handle: model_specs.Handle, used: Collection[str]) -> Classes:
  """Finds out which class of a model each label means.

  Args:
    handle: The model, a classifier.
    used: The labels of all pictures; they may occur more than once.

  Returns:
    The number of the class of each label.

  Raises:
    PictureError: A label is not a class of the model, or is ambiguous.
  """
  given = sorted(set(used))
  names = labels.of(handle)
  known = dict(enumerate(names))
  if all(label.isdecimal() for label in given):
    return Classes(NUMBERS, _as_numbers(handle, given), known)
  synsets = labels.synsets()[-handle.num_outputs :]
  if names == labels.imagenet()[-handle.num_outputs :] and all(
    label in synsets for label in given
  ):
    numbers = {label: synsets.index(label) for label in given}
    return Classes(SYNSETS, numbers, known)
  if names:
    return Classes(NAMES, _as_names(handle, given, names), known)
  numbers = _as_sorted(handle, given)
  return Classes(SORTED, numbers, {n: label for label, n in numbers.items()})
