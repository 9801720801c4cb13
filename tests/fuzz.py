"""Inputs that nobody wrote by hand, of as many examples as a test has time for.

The same ones come each time, so that a test that fails here fails everywhere.
"""

from collections.abc import Iterator
import contextlib
from typing import Any

import hypothesis
from hypothesis import strategies

# What is no name, or leads elsewhere than it says.
_HOSTILE = strategies.sampled_from(
  ['', '.', '..', '../a', 'a/../../b', '/etc/passwd', 'a//b', '\0', '\x1b[2J']
)
KEYS = strategies.one_of(strategies.text(max_size=20), _HOSTILE)
LEAVES = strategies.one_of(
  strategies.none(),
  strategies.booleans(),
  strategies.integers(),
  strategies.floats(),
  strategies.text(max_size=40),
  _HOSTILE,
)
# All that JSON and TOML can say.
VALUES = strategies.recursive(
  LEAVES,
  lambda inner: strategies.one_of(
    strategies.lists(inner, max_size=4),
    strategies.dictionaries(KEYS, inner, max_size=4),
  ),
  max_leaves=8,
)


def examples(count: int) -> hypothesis.settings:
  """The settings of a test of so many examples, however long one takes."""
  return hypothesis.settings(
    max_examples=count,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
  )


@contextlib.contextmanager
def or_refused(kind: type[Exception], word: str = '') -> Iterator[None]:
  """Lets a test end in an error of one kind whose text has a word, if any."""
  message = word
  try:
    yield
  except kind as error:
    message = str(error)
  if word not in message:
    raise AssertionError(f'{message!r} does not name {word!r}')


def _paths(value: Any, at: tuple = ()) -> list[tuple]:
  """The places in a value, from the outermost on."""
  inner = []
  if isinstance(value, dict):
    inner = list(value.items())
  elif isinstance(value, list):
    inner = list(enumerate(value))
  places = [at] if at else []
  for key, each in inner:
    places += _paths(each, (*at, key))
  return places


def _replaced(value: Any, at: tuple, new: Any) -> Any:
  """A value with another one at a place in it."""
  if not at:
    return new
  copy = value.copy()
  copy[at[0]] = _replaced(value[at[0]], at[1:], new)
  return copy


def _renamed(value: Any, at: tuple, name: str) -> Any:
  """A value in which one key, at the end of a place, has another name."""
  if not isinstance(value, dict):
    return value
  copy = value.copy()
  if len(at) > 1:
    copy[at[0]] = _renamed(value[at[0]], at[1:], name)
  else:
    copy[name] = copy.pop(at[0])
  return copy


@strategies.composite
def spoiled(draw: Any, value: Any) -> Any:
  """A value of which one or a few parts are replaced or renamed."""
  for _ in range(draw(strategies.integers(1, 3))):
    places = _paths(value)
    if not places:
      break
    place = draw(strategies.sampled_from(places))
    if draw(strategies.booleans()):
      value = _renamed(value, place, draw(KEYS))
    else:
      value = _replaced(value, place, draw(VALUES))
  return value


@strategies.composite
def damaged(draw: Any, data: bytes) -> bytes:
  """Bytes of which some are changed, missing or repeated."""
  for _ in range(draw(strategies.integers(1, 4))):
    start = draw(strategies.integers(0, len(data)))
    end = min(len(data), start + draw(strategies.integers(0, 16)))
    data = data[:start] + draw(strategies.binary(max_size=16)) + data[end:]
  return data
