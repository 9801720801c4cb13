"""The registry: every published model, and how to ask for it by name."""

from collections.abc import Iterable
import difflib
import fnmatch
import functools
import re

from model_specs import published
from model_specs import spec
from model_specs import versions
from model_specs.spec import Handle
from model_specs.spec import ModelSpec
from model_specs.spec import SpecError

__all__ = [
  'MODELS',
  'Handle',
  'ModelSpec',
  'SpecError',
  'UnknownNameError',
  'find',
  'get',
  'get_model',
]

MODELS = published.MODELS

_VERSION = re.compile(r'\d+')


class UnknownNameError(SpecError):
  """A name or pattern that no published model answers to."""


def _by_name(models: Iterable[ModelSpec]) -> dict[str, ModelSpec]:
  names: dict[str, ModelSpec] = {}
  for model in models:
    if model.name in names:
      raise SpecError(f'two specs are called {model.name!r}; rename one')
    names[model.name] = model
  return names


_BY_NAME = _by_name(MODELS)


@functools.cache
def _spellings() -> dict[str, str]:
  """Every accepted spelling of a model's name -> its name."""
  return {
    spelling: model.name
    for model in MODELS
    for spelling in (model.name, model.checkpoint_name)
  }


def _unknown(what: str, given: str, known: Iterable[str]) -> UnknownNameError:
  close = difflib.get_close_matches(given, list(known), n=3, cutoff=0.5)
  if close:
    hint = 'did you mean ' + ' or '.join(close) + '?'
  else:
    hint = '`slimhub list` shows all names.'
  return UnknownNameError(f'no {what} matches {given!r}; {hint}')


def get_model(name: str) -> ModelSpec:
  """The model of this name, in the handles' or the checkpoints' spelling."""
  spellings = _spellings()
  if name not in spellings:
    raise _unknown('model', name, spellings)
  return _BY_NAME[spellings[name]]


def _split(pattern: str) -> tuple[str | None, str, str, str | None]:
  """PATTERN -> publisher, name, task, version; None where not given."""
  parts = pattern.strip('/').split('/')
  publisher = None
  if 'imagenet' in parts[:2]:
    at = parts.index('imagenet')
    publisher = parts[0] if at else None
    parts = parts[at + 1 :]
  if not 1 <= len(parts) <= 3 or not all(parts):
    raise UnknownNameError(
      f'{pattern!r} is not a pattern; expected NAME, NAME/TASK or '
      'NAME/TASK/VERSION, as in mobilenet_v2_100_224/classification/5'
    )
  padded: list[str | None] = [*parts, None, None]
  name, task, version = padded[:3]
  return publisher, str(name), task or '*', version


def _numbers(model: ModelSpec, version: str | None) -> tuple[int, ...]:
  if version is None:
    return versions.CURRENT
  return tuple(
    number
    for number in model.family.versions
    if fnmatch.fnmatchcase(str(number), version)
  )


def find(*patterns: str, publisher: str = spec.PUBLISHER) -> tuple[Handle, ...]:
  """The handles that any pattern matches, in the registry's order, once each.

  A pattern is NAME, NAME/TASK or NAME/TASK/VERSION, each a shell glob, NAME in
  the handles' or the checkpoints' spelling. Without a version it means the
  current ones. Without patterns, every handle at the current versions.

  Raises:
    UnknownNameError: A pattern matches nothing; the message lists close names.
  """
  found: set[tuple[str, str, int]] = set()
  for pattern in patterns or ('*',):
    given, name, task, version = _split(pattern)
    if given not in (None, publisher):
      raise _unknown('publisher', given, [publisher])
    names = [
      name_
      for spelling, name_ in _spellings().items()
      if fnmatch.fnmatchcase(spelling, name)
    ]
    if not names:
      raise _unknown('model', name, _spellings())
    tasks = [t for t in versions.TASKS if fnmatch.fnmatchcase(t, task)]
    if not tasks:
      raise _unknown('task', task, versions.TASKS)
    matches = {
      (name_, task_, number)
      for name_ in names
      for task_ in tasks
      for number in _numbers(_BY_NAME[name_], version)
    }
    if not matches:
      published = sorted(
        {v for n in names for v in _BY_NAME[n].family.versions}
      )
      raise UnknownNameError(
        f'no version matches {pattern!r}; published versions are '
        + ', '.join(map(str, published))
      )
    found |= matches
  return tuple(
    Handle(model, task, number, publisher)
    for model in MODELS
    for task in versions.TASKS
    for number in model.family.versions
    if (model.name, task, number) in found
  )


def get(handle: str) -> Handle:
  """The handle spelled out in full, publisher and version included.

  Raises:
    UnknownNameError: Nothing was published under it.
  """
  match = re.fullmatch(r'([^/]+)/imagenet/([^/]+)/([^/]+)/(\d+)', handle)
  if not match:
    raise UnknownNameError(
      f'{handle!r} is not a handle; expected '
      'PUBLISHER/imagenet/NAME/TASK/VERSION'
    )
  publisher, name, task, number = match.groups()
  if task not in versions.TASKS:
    raise _unknown('task', task, versions.TASKS)
  model = get_model(name)
  if int(number) not in model.family.versions:
    raise UnknownNameError(
      f'{handle!r}: published versions are '
      + ', '.join(map(str, model.family.versions))
    )
  return Handle(model, task, int(number), publisher)
