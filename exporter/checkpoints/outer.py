"""Finds a network in a checkpoint where a program put a scope around it."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable

from exporter import errors
from exporter.checkpoints import reader as reader_lib
from exporter.checkpoints import weights as weights_lib
from model_specs import outside

_ENOUGH = 0.5  # With this share of its variables, a network counts as there.


def names(keys: Iterable[str], scope: str) -> dict[str, str]:
  """The keys of a checkpoint by the names that they have within a scope.

  Keys outside the scope keep their names, unless one within it has that name.
  """
  start = f'{scope}/'
  within, others = {}, {}
  for key in keys:
    if key.startswith(start):
      within[key.removeprefix(start)] = key
    else:
      others[key] = key
  return {**others, **within}


def _scopes(keys: Iterable[str], wanted: Collection[str]) -> list[str]:
  """The scopes that hold most of a network; `''` is the root of the file."""
  counts: Counter[str] = Counter()
  for key in {key.removesuffix(weights_lib.SHADOW) for key in keys}:
    parts = key.split('/')
    for number in range(len(parts)):
      if '/'.join(parts[number:]) in wanted:
        counts['/'.join(parts[:number])] += 1
  return [
    scope
    for scope, count in counts.most_common()
    if count >= _ENOUGH * len(wanted)
  ]


def _shown(scopes: Iterable[str]) -> str:
  return ' and '.join(f'{outside.shown(scope)}/' for scope in sorted(scopes))


def ambiguous(name: str, scopes: Iterable[str]) -> str:
  """Says that a checkpoint has a network more than once."""
  return (
    f'{name} has the network more than once, below {_shown(scopes)}; expected '
    'one: save the one that is meant in a checkpoint of its own'
  )


def warning(keys: Iterable[str], wanted: Collection[str]) -> str:
  """Says that a network at the root is there once more; empty if it is not."""
  scopes = {*_scopes(keys, wanted)}
  others = scopes - {''}
  if '' not in scopes or not others:
    return ''
  return (
    'warning: the checkpoint has the network once more, below '
    f'{_shown(others)}; the one that is below no scope was exported. If the '
    'other is meant, save it in a checkpoint of its own'
  )


def within(
  reader: reader_lib.Reader, wanted: Collection[str]
) -> reader_lib.Reader:
  """The same checkpoint by the names of a network's own variables.

  Args:
    reader: The checkpoint. Its names may have a scope around the network's.
    wanted: The names of the network's variables.

  Returns:
    The checkpoint without that scope, or as it is.

  Raises:
    CheckpointError: The network is there more than once.
  """
  scopes = _scopes(reader.shapes, wanted)
  if not scopes or '' in scopes:
    return reader
  if len(scopes) > 1:
    message = ambiguous(f'checkpoint {reader.files.shown}', scopes)
    raise errors.CheckpointError(message)
  return reader.renamed(names(reader.shapes, scopes[0]))
