"""Takes patterns of handles apart, and says what no pattern matches."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
import difflib
import fnmatch
import re
from typing import NamedTuple
from typing import NoReturn

from model_specs import checks
from model_specs import kinds
from model_specs import spec
from model_specs import versions

_EVERYTHING = '*'
_QUANTIZED = '_quant'  # What names of checkpoints for 8 bits end in.
HANDLE = re.compile(
  rf'([^/]+)/([^/]+)/([^/]+(?:/{spec.VARIANT})?)/([^/]+)/([0-9]+)'
)
# As manifests and cards name a converted file: VERSION.GROUP/FILE.
_CONVERTED = re.compile(
  rf'(.+/[0-9]+)\.({kinds.GROUP.pattern})(?:/([^/.]+)[^/]*)?'
)


class UnknownNameError(checks.SpecError):
  """No model has such a name, or matches such a pattern."""

  def __init__(self, message: str, has_hint: bool = False):
    super().__init__(message)
    self.has_hint = has_hint  # Whether the message names what may be meant.


class Pattern(NamedTuple):
  """The parts of a pattern; None for those that it leaves out."""

  publisher: str | None
  collection: str | None
  name: str
  task: str
  version: str | None


def unknown(what: str, given: str, known: Iterable[str]) -> UnknownNameError:
  """The error that nothing of a kind is called as given, with close names."""
  names = [*dict.fromkeys(known)]
  close = difflib.get_close_matches(given, names, n=3, cutoff=0.5)
  if close:
    hint = 'did you mean ' + ' or '.join(close) + '?'
  else:
    hint = '`slimhub list` shows all names.'
  if what == 'model':
    hint += ' One of your own is known where --spec_file=FILE names its file.'
  return UnknownNameError(f'no {what} matches {given!r}; {hint}', bool(close))


def spellings(model: spec.ModelSpec) -> tuple[str, ...]:
  """The names that patterns may give a model."""
  return (model.name,) if model.own else (model.name, model.checkpoint_name)


def not_one(
  name: str, named: Sequence[spec.ModelSpec], known: Iterable[spec.ModelSpec]
) -> checks.SpecError:
  """The error that a name is that of several models, or of none at all."""
  if not named:
    return unknown('model', name, [s for m in known for s in spellings(m)])
  handles = ' and '.join(str(model.handles()[0]) for model in named)
  return checks.SpecError(
    f'{name!r} is the name of several models, with the handles {handles}; get '
    'one of these, whose spec is the model'
  )


def matches(model: spec.ModelSpec, pattern: str) -> bool:
  """Whether a name of a model matches a pattern of names.

  A model with a variant in its name matches none that does not ask for it,
  except the one that asks for everything.
  """
  if pattern == _EVERYTHING:
    return True
  asks = spec.VARIANT in pattern or pattern.endswith(_QUANTIZED)
  if model.is_variant and not asks:
    return False
  return any(fnmatch.fnmatchcase(name, pattern) for name in spellings(model))


def split(pattern: str, collections: Collection[str]) -> Pattern:
  """The parts of a pattern.

  Args:
    pattern: What somebody asks for.
    collections: The second parts of handles that there are.

  Raises:
    UnknownNameError: It has no form of a pattern.
  """
  if file := _CONVERTED.fullmatch(pattern):
    origin, *word = file.groups()
    raise UnknownNameError(
      f'{pattern!r} is converted from {origin}; name that, with '
      f'--formats={".".join(filter(None, word))}',
      has_hint=True,
    )
  parts = pattern.strip('/').split('/')
  publisher = collection = None
  if len(parts) > 2 and parts[1] in collections:
    publisher, collection, *parts = parts
  elif len(parts) > 1 and parts[0] == spec.COLLECTION:
    collection, *parts = parts
  if len(parts) > 1 and parts[1] == spec.VARIANT:
    parts[:2] = ['/'.join(parts[:2])]
  if not 1 <= len(parts) <= 3 or not all(parts):
    raise UnknownNameError(
      f'{pattern!r} is not a pattern; expected NAME, NAME/TASK or '
      'NAME/TASK/VERSION, as in mobilenet_v2_100_224/classification/5; '
      'PUBLISHER/DATASET/ may stand before it, where DATASET is one of '
      + ', '.join(sorted(collections))
    )
  padded: list[str | None] = [*parts, None, None]
  name, task, version = padded[:3]
  return Pattern(publisher, collection, str(name), task or '*', version)


def tasks(wanted: Pattern) -> list[str]:
  """The tasks that a pattern matches; raises an UnknownNameError if none."""
  matching: list[str] = [
    task for task in versions.TASKS if fnmatch.fnmatchcase(task, wanted.task)
  ]
  if not matching:
    raise unknown('task', wanted.task, versions.TASKS)
  return matching


def published(numbers: Iterable[int]) -> str:
  """Says which versions there are, for an error."""
  texts = [*map(str, numbers)]
  if len(texts) == 1:
    return f'the only version is {texts[0]}'
  return f'the versions are {", ".join(texts)}'


def explain(
  pattern: str, models: Sequence[spec.ModelSpec], tasks: Sequence[str]
) -> NoReturn:
  """Raises an error that says why no task and version of models matches."""
  if not any(task in model.tasks for model in models for task in tasks):
    names = ', '.join(model.name for model in models)
    raise UnknownNameError(
      f'no handle matches {pattern!r}: {names} has no classifier, as its spec '
      f'has no num_classes; expected {versions.FEATURE_VECTOR}',
      has_hint=True,
    )
  numbers = sorted({n for model in models for n in model.promises})
  raise UnknownNameError(
    f'no version matches {pattern!r}; {published(numbers)}', has_hint=True
  )
