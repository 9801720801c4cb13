"""Finds models and their handles by names and patterns."""

from collections.abc import Iterable
from collections.abc import Iterator
import fnmatch
import functools
from typing import NamedTuple

from model_specs import alias_index
from model_specs import aliases
from model_specs import checks
from model_specs import folders
from model_specs import formats
from model_specs import kinds
from model_specs import patterns
from model_specs import spec
from model_specs import versions


class _Match(NamedTuple):
  """One handle that a pattern matches."""

  publisher: str | None  # As in the pattern; any may publish a published model.
  model: spec.ModelSpec
  task: str
  number: int


def _numbers(model: spec.ModelSpec, version: str | None) -> Iterator[int]:
  if version is None:
    yield from model.current
  else:
    for number in model.promises:
      if fnmatch.fnmatchcase(str(number), version):
        yield number


class Registry:
  """A set of models, which finds their handles by pattern."""

  def __init__(
    self, models: Iterable[spec.ModelSpec], broken: Iterable[str] = ()
  ):
    """Raises a SpecError if two models would have the same handles."""
    self.broken = tuple(broken)  # What is wrong with packages of models.
    self._models = folders.by_folder(models)
    self._collections = {model.collection for model in self.models}

  @functools.cached_property
  def _aliases(self) -> alias_index.AliasIndex:
    """All names of all versions and conversions that are no handles."""
    handles = (h for m in self.models for h in m.handles(tuple(m.promises)))
    every = [kind.word for kind in kinds.known()]
    return alias_index.AliasIndex(formats.select(handles, every))

  @property
  def models(self) -> tuple[spec.ModelSpec, ...]:
    """All models, in the order in which they were given."""
    return tuple(self._models.values())

  @property
  def own(self) -> tuple[spec.ModelSpec, ...]:
    """The models of the user's own."""
    return tuple(model for model in self.models if model.own)

  def joined(self, models: Iterable[spec.ModelSpec]) -> 'Registry':
    """A registry with more models.

    Raises:
      SpecError: Two models would have the same handles, or the same aliases.
    """
    more = Registry((*self.models, *models), self.broken)
    declared = any(m.own and m.own.also_known_as for m in more.models)
    if declared and more._aliases.clashes:
      raise checks.SpecError(
        f'also_known_as: {more._aliases.clashes[0]}; expected another name'
      )
    return more

  def extended(self, models: Iterable[spec.ModelSpec]) -> 'Registry':
    """A registry with those models added whose handles it does not have yet.

    Of two models with the same alias the first keeps it.
    """
    more = {folders.folder(model): model for model in models}
    new = (model for f, model in more.items() if f not in self._models)
    return Registry((*self.models, *new), self.broken)

  def get_model(self, name: str) -> spec.ModelSpec:
    """The model with this name, as handles or checkpoints spell it.

    Raises:
      SpecError: No model has it, or several have.
    """
    named = [m for m in self.models if name in patterns.spellings(m)]
    if len(named) != 1:
      raise patterns.not_one(name, named, self.models)
    return named[0]

  def meaning(self, name: str) -> alias_index.Meaning | None:
    """What an alias or namesake means, in any spelling; None if nothing."""
    return self._aliases.get(name)

  def _split(self, pattern: str) -> patterns.Pattern:
    plain = aliases.plain(pattern)
    publisher, _, rest = plain.partition('/')
    if rest == '*' and publisher in {model.publisher for model in self.models}:
      return patterns.Pattern(publisher, None, '*', '*', None)
    return patterns.split(plain, self._collections)

  def _named(self, wanted: patterns.Pattern) -> list[spec.ModelSpec]:
    candidates = [
      model
      for model in self.models
      if wanted.collection in (None, model.collection)
      and (not model.own or wanted.publisher in (None, model.publisher))
    ]
    if not candidates:
      publishers = {model.publisher for model in self.models}
      raise patterns.unknown('publisher', str(wanted.publisher), publishers)
    matching = [
      model for model in candidates if patterns.matches(model, wanted.name)
    ]
    if not matching:
      names = [s for model in candidates for s in patterns.spellings(model)]
      raise patterns.unknown('model', wanted.name, names)
    return matching

  def _meant(
    self, pattern: str, error: patterns.UnknownNameError, only_current: bool
  ) -> list[_Match]:
    """The handles that an alias means, in any spelling or as a glob.

    Args:
      pattern: What is no pattern of handles.
      error: Why it is none.
      only_current: Whether a name without a version means the current ones.

    Raises:
      UnknownNameError: It is no alias, or means converted files alone.
    """
    publisher = None
    meanings = self._aliases.find(pattern)
    if not meanings:  # Anybody may publish the published models.
      publisher, _, rest = aliases.plain(pattern).partition('/')
      meanings = self._aliases.find(f'{spec.PUBLISHER}/{rest}')
    named = [
      handle
      for meaning in meanings
      for handle in meaning.handles
      if meaning.has_version
      or not only_current
      or handle.number in handle.spec.current
    ]
    matches = [
      _Match(publisher, handle.spec, handle.task, handle.number)
      for handle in named
      if not handle.kind.is_converted
    ]
    if named and not matches:
      raise patterns.UnknownNameError(
        f'{pattern!r} is converted from {named[0].origin}; name that, with '
        f'--formats={named[0].kind.word}'
      ) from error
    if not matches:
      close = [] if error.has_hint else self._aliases.closest(pattern)
      if close:
        raise patterns.unknown('model', pattern, close) from error
      raise error
    return matches

  def _of_handles(self, pattern: str) -> list[_Match]:
    """The handles that a pattern of handles matches."""
    wanted = self._split(pattern)
    models = self._named(wanted)
    tasks = patterns.tasks(wanted)
    matches = [
      _Match(wanted.publisher, model, task, number)
      for model in models
      for task in model.tasks
      if task in tasks
      for number in _numbers(model, wanted.version)
    ]
    if not matches:
      patterns.explain(pattern, models, tasks)
    return matches

  def _match(self, pattern: str) -> list[_Match]:
    """All handles that a pattern matches; raises an error if there are none."""
    try:
      return self._of_handles(pattern)
    except patterns.UnknownNameError as error:
      return self._meant(pattern, error, only_current=True)

  def find(
    self, *wanted: str, publisher: str = spec.PUBLISHER
  ) -> tuple[spec.Handle, ...]:
    """Finds the handles that match any of the patterns.

    A pattern is NAME, NAME/TASK or NAME/TASK/VERSION, in which each part is a
    shell glob. NAME is spelled as in handles or as in checkpoints. It may begin
    with PUBLISHER/DATASET/. Without a version it means the current ones. Any
    alias or namesake will do, too, and URLs of either.

    Args:
      *wanted: The patterns; without any, all handles at current versions.
      publisher: The publisher in the handles of published models.

    Returns:
      The handles in the order of the registry, each of them once.

    Raises:
      UnknownNameError: A pattern matches nothing; the message lists close
        names.
    """
    matched: set[tuple[str, str, int]] = set()
    for pattern in wanted or ('*',):
      matches = [
        match
        for match in self._match(pattern)
        if match.model.own or match.publisher in (None, publisher)
      ]
      if not matches:
        raise patterns.unknown(
          'publisher', pattern.partition('/')[0], [publisher]
        )
      matched |= {(folders.folder(m.model), m.task, m.number) for m in matches}
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
    try:
      return self._select(self._split(pattern), handles)
    except patterns.UnknownNameError as error:
      meant = {
        (folders.folder(match.model), match.task, match.number)
        for match in self._meant(pattern, error, only_current=False)
      }
    return [
      handle
      for handle in handles
      if (folders.folder(handle.spec), handle.task, handle.number) in meant
    ]

  def _select(
    self, wanted: patterns.Pattern, handles: Iterable[spec.Handle]
  ) -> list[spec.Handle]:
    """Chooses the handles that the parts of a pattern match."""
    named = {folders.folder(model) for model in self._named(wanted)}
    tasks = patterns.tasks(wanted)
    return [
      handle
      for handle in handles
      if folders.folder(handle.spec) in named
      and wanted.publisher in (None, handle.publisher)
      and handle.task in tasks
      and fnmatch.fnmatchcase(str(handle.number), wanted.version or '*')
    ]

  def get(self, handle: str) -> spec.Handle:
    """The handle with this full name, from publisher to version.

    Raises:
      UnknownNameError: No model has such a handle.
    """
    match = patterns.HANDLE.fullmatch(handle)
    if not match or match[2] not in self._collections:
      raise patterns.UnknownNameError(
        f'{handle!r} is not a handle; expected '
        'PUBLISHER/DATASET/NAME/TASK/VERSION'
      )
    publisher, collection, name, task, number = match.groups()
    if task not in versions.TASKS:
      raise patterns.unknown('task', task, versions.TASKS)
    model = self._models.get(f'{publisher}/{collection}/{name}')
    if model is None and collection == spec.COLLECTION:
      model = self._models.get(f'{spec.PUBLISHER}/{collection}/{name}')
    if model is None:
      names = [m.name for m in self.models if m.collection == collection]
      raise patterns.unknown('model', name, names)
    # As it is spelled: `05` would be another folder than `5`.
    if number not in map(str, model.promises):
      raise patterns.UnknownNameError(
        f'{handle!r}: {patterns.published(model.promises)}'
      )
    return spec.Handle(model, task, int(number), publisher)
