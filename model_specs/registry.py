"""Finds models and their handles by names and patterns."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import difflib
import fnmatch
import re
from typing import NamedTuple
from typing import NoReturn

from model_specs import checks
from model_specs import published
from model_specs import spec
from model_specs import versions

_FORM = 'PUBLISHER/DATASET/NAME/TASK/VERSION'


class UnknownNameError(checks.SpecError):
  """No model has such a name, or matches such a pattern."""


class _Pattern(NamedTuple):
  """The parts of a pattern; None for those that it leaves out."""

  publisher: str | None
  collection: str | None
  name: str
  task: str
  version: str | None


class _Match(NamedTuple):
  """One handle that a pattern matches."""

  publisher: str | None  # As in the pattern; any may publish a published model.
  model: spec.ModelSpec
  task: str
  number: int


def _unknown(what: str, given: str, known: Iterable[str]) -> UnknownNameError:
  close = difflib.get_close_matches(given, list(known), n=3, cutoff=0.5)
  if close:
    hint = 'did you mean ' + ' or '.join(close) + '?'
  else:
    hint = '`slimhub list` shows all names.'
  return UnknownNameError(f'no {what} matches {given!r}; {hint}')


def _spellings(model: spec.ModelSpec) -> tuple[str, ...]:
  return (model.name,) if model.own else (model.name, model.checkpoint_name)


def _folder(model: spec.ModelSpec) -> str:
  return f'{model.publisher}/{model.collection}/{model.name}'


def _place(model: spec.ModelSpec) -> str:
  """The file or folder that a model is declared in."""
  return model.own.file if model.own and model.own.file else 'model_specs/'


def _refuse_published(model: spec.ModelSpec) -> None:
  """Raises a SpecError if a model's handles may be a published model's."""
  names = [published_.name for published_ in published.MODELS]
  if model.own and model.collection == spec.COLLECTION and model.name in names:
    raise checks.SpecError(
      f'{_place(model)}: model {_folder(model)} has the name of a published '
      'model, which may be exported under any publisher; expected another '
      'name, or the dataset that it was trained on'
    )


def _by_folder(models: Iterable[spec.ModelSpec]) -> dict[str, spec.ModelSpec]:
  folders: dict[str, spec.ModelSpec] = {}
  for model in models:
    _refuse_published(model)
    folder = _folder(model)
    if folder in folders:
      where = ' and '.join(map(_place, (folders[folder], model)))
      raise checks.SpecError(
        f'two specs are called {folder}, in {where}; rename one'
      )
    folders[folder] = model
  return folders


def _numbers(model: spec.ModelSpec, version: str | None) -> Iterator[int]:
  if version is None:
    yield from model.current
  else:
    for number in model.promises:
      if fnmatch.fnmatchcase(str(number), version):
        yield number


def _tasks(wanted: _Pattern) -> list[str]:
  tasks: list[str] = [
    task for task in versions.TASKS if fnmatch.fnmatchcase(task, wanted.task)
  ]
  if not tasks:
    raise _unknown('task', wanted.task, versions.TASKS)
  return tasks


def _explain(
  pattern: str, models: Sequence[spec.ModelSpec], tasks: Sequence[str]
) -> NoReturn:
  """Raises an error that says why no task and version of models matches."""
  if not any(task in model.tasks for model in models for task in tasks):
    names = ', '.join(model.name for model in models)
    raise UnknownNameError(
      f'no handle matches {pattern!r}: {names} has no classifier, as its spec '
      f'has no num_classes; expected {versions.FEATURE_VECTOR}'
    )
  numbers = sorted({n for model in models for n in model.promises})
  raise UnknownNameError(
    f'no version matches {pattern!r}; published versions are '
    + ', '.join(map(str, numbers))
  )


class Registry:
  """A set of models, which finds their handles by pattern."""

  def __init__(
    self, models: Iterable[spec.ModelSpec], broken: Iterable[str] = ()
  ):
    """Raises a SpecError if two models would have the same handles."""
    self.broken = tuple(broken)  # What is wrong with packages of models.
    self._models = _by_folder(models)
    self._collections = {model.collection for model in self.models}

  @property
  def models(self) -> tuple[spec.ModelSpec, ...]:
    """All models, in the order in which they were given."""
    return tuple(self._models.values())

  @property
  def own(self) -> tuple[spec.ModelSpec, ...]:
    """The models of the user's own."""
    return tuple(model for model in self.models if model.own)

  def joined(self, models: Iterable[spec.ModelSpec]) -> 'Registry':
    """A registry with more models; raises as the constructor does."""
    return Registry((*self.models, *models), self.broken)

  def extended(self, models: Iterable[spec.ModelSpec]) -> 'Registry':
    """A registry with those models added whose handles it does not have yet."""
    more = {_folder(model): model for model in models}
    return self.joined(more[f] for f in more.keys() - self._models.keys())

  def get_model(self, name: str) -> spec.ModelSpec:
    """The model with this name, as handles or checkpoints spell it."""
    by_spelling = {s: m for m in self.models for s in _spellings(m)}
    if name not in by_spelling:
      raise _unknown('model', name, by_spelling)
    return by_spelling[name]

  def _split(self, pattern: str) -> _Pattern:
    parts = pattern.strip('/').split('/')
    publisher = collection = None
    if len(parts) > 2 and parts[1] in self._collections:
      publisher, collection, *parts = parts
    elif len(parts) > 1 and parts[0] == spec.COLLECTION:
      collection, *parts = parts
    if not 1 <= len(parts) <= 3 or not all(parts):
      raise UnknownNameError(
        f'{pattern!r} is not a pattern; expected NAME, NAME/TASK or '
        'NAME/TASK/VERSION, as in mobilenet_v2_100_224/classification/5, and '
        'before it PUBLISHER/DATASET/ of '
        + ', '.join(f'*/{name}/' for name in sorted(self._collections))
      )
    padded: list[str | None] = [*parts, None, None]
    name, task, version = padded[:3]
    return _Pattern(publisher, collection, str(name), task or '*', version)

  def _named(self, wanted: _Pattern) -> list[spec.ModelSpec]:
    candidates = [
      model
      for model in self.models
      if wanted.collection in (None, model.collection)
      and (not model.own or wanted.publisher in (None, model.publisher))
    ]
    if not candidates:
      publishers = {model.publisher for model in self.models}
      raise _unknown('publisher', str(wanted.publisher), publishers)
    matching = [
      model
      for model in candidates
      if any(fnmatch.fnmatchcase(s, wanted.name) for s in _spellings(model))
    ]
    if not matching:
      known = [s for model in candidates for s in _spellings(model)]
      raise _unknown('model', wanted.name, known)
    return matching

  def _match(self, pattern: str) -> list[_Match]:
    """All handles that a pattern matches; raises an error if there are none."""
    wanted = self._split(pattern)
    models = self._named(wanted)
    tasks = _tasks(wanted)
    matches = [
      _Match(wanted.publisher, model, task, number)
      for model in models
      for task in model.tasks
      if task in tasks
      for number in _numbers(model, wanted.version)
    ]
    if not matches:
      _explain(pattern, models, tasks)
    return matches

  def find(
    self, *patterns: str, publisher: str = spec.PUBLISHER
  ) -> tuple[spec.Handle, ...]:
    """Finds the handles that match any of the patterns.

    A pattern is NAME, NAME/TASK or NAME/TASK/VERSION, in which each part is a
    shell glob. NAME is spelled as in handles or as in checkpoints. It may begin
    with PUBLISHER/DATASET/. Without a version it means the current ones.

    Args:
      *patterns: The patterns; without any, all handles at current versions.
      publisher: The publisher in the handles of published models.

    Returns:
      The handles in the order of the registry, each of them once.

    Raises:
      UnknownNameError: A pattern matches nothing; the message lists close
        names.
    """
    matched: set[tuple[str, str, int]] = set()
    for pattern in patterns or ('*',):
      matches = [
        match
        for match in self._match(pattern)
        if match.model.own or match.publisher in (None, publisher)
      ]
      if not matches:
        raise _unknown('publisher', pattern.partition('/')[0], [publisher])
      matched |= {(_folder(m.model), m.task, m.number) for m in matches}
    return tuple(
      spec.Handle(
        model, task, number, model.publisher if model.own else publisher
      )
      for folder, model in self._models.items()
      for task in model.tasks
      for number in model.promises
      if (folder, task, number) in matched
    )

  def select(
    self, pattern: str, handles: Iterable[spec.Handle]
  ) -> list[spec.Handle]:
    """Chooses the handles that match a pattern; without version, all versions.

    Raises:
      UnknownNameError: No model of the registry matches it.
    """
    wanted = self._split(pattern)
    folders = {_folder(model) for model in self._named(wanted)}
    tasks = _tasks(wanted)
    return [
      handle
      for handle in handles
      if _folder(handle.spec) in folders
      and wanted.publisher in (None, handle.publisher)
      and handle.task in tasks
      and fnmatch.fnmatchcase(str(handle.number), wanted.version or '*')
    ]

  def get(self, handle: str) -> spec.Handle:
    """The handle with this full name, from publisher to version.

    Raises:
      UnknownNameError: No model has such a handle.
    """
    match = re.fullmatch('([^/]+)/([^/]+)/([^/]+)/([^/]+)/([0-9]+)', handle)
    if not match or match[2] not in self._collections:
      raise UnknownNameError(f'{handle!r} is not a handle; expected {_FORM}')
    publisher, collection, name, task, number = match.groups()
    if task not in versions.TASKS:
      raise _unknown('task', task, versions.TASKS)
    model = self._models.get(f'{publisher}/{collection}/{name}')
    if model is None and collection == spec.COLLECTION:
      model = self._models.get(f'{spec.PUBLISHER}/{collection}/{name}')
    if model is None:
      known = [m.name for m in self.models if m.collection == collection]
      raise _unknown('model', name, known)
    # As it is spelled: `05` would be another folder than `5`.
    if number not in map(str, model.promises):
      raise UnknownNameError(
        f'{handle!r}: published versions are '
        + ', '.join(map(str, model.promises))
      )
    return spec.Handle(model, task, int(number), publisher)
