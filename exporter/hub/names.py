"""All names under which exports are found, beside their paths."""

from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import functools
import itertools

from exporter import how_to
from exporter import storage
import model_specs
from model_specs import aliases
from model_specs import kinds

_KAGGLE = 'models/'  # What stands before names in the paths of kaggle.com.
_FRAMEWORK = 2  # Which part of a name on Kaggle, counted from 0.
_SUFFIXES = (
  *(storage.BUNDLE_SUFFIX, kinds.MANIFEST, kinds.CARD),
  *kinds.VOUCHING,
)
_BITS = 512  # Several times as many as a name has pairs of letters.
_SIMILAR = 0.5  # How similar to a wrong name one must be to be what was meant.


@dataclasses.dataclass(frozen=True)
class Named:
  """The artifact, or the part of one, that a path with an alias names."""

  handle: model_specs.Handle
  part: str = ''  # The rest of the path: a suffix, or `/NAME` of a file.
  is_versioned: bool = True


def _pairs(text: str) -> int:
  """The pairs of letters in a text, each of which sets a bit.

  Two pairs may share a bit, which makes two texts seem a little more similar.
  """
  bits = 0
  for first, second in itertools.pairwise(map(ord, text)):
    bits |= 1 << (first * 37 + second) % _BITS
  return bits


class _Similar:
  """Finds the name that is most similar to a wrong one."""

  def __init__(self) -> None:
    self._pairs: list[tuple[int, int]] = []
    self._meant: list[tuple[str, model_specs.Handle]] = []

  def add(self, key: str, name: str, handle: model_specs.Handle) -> None:
    """Adds the name of an artifact."""
    pairs = _pairs(key)
    self._pairs.append((pairs, pairs.bit_count()))
    self._meant.append((name, handle))

  def closest(self, key: str) -> tuple[str, model_specs.Handle] | None:
    """The most similar one, and whose it is; None if none is similar.

    Similarity is the share of pairs that two texts have in common, from 0 to 1.
    It takes a quarter of a millionth of a second. difflib, which compares
    letters, would take so long for all names that wrong paths would hold the
    hub up.
    """
    pairs = _pairs(key)
    count = pairs.bit_count() or 1
    similarities = [
      2 * (pairs & its_pairs).bit_count() / (count + its_count)
      for its_pairs, its_count in self._pairs
    ]
    best = max(similarities, default=0.0)
    if best <= _SIMILAR:
      return None
    # Of two that are equally similar, the newer version is the last.
    return self._meant[len(similarities) - 1 - similarities[::-1].index(best)]


@functools.cache
def _published() -> frozenset[str]:
  """The keys of all published handles, and of what they begin with."""
  return frozenset(
    aliases.key(name)
    for handle in model_specs.find('*/*/*')
    for name in (
      f'{handle}',
      handle.folder,
      handle.folder.rpartition('/')[0],
    )
  )


def _is_published(name: str) -> bool:
  """Whether a published model has a name, which may be any text."""
  key = aliases.key(name)
  return key in _published() or model_specs.meaning(key) is not None


def _foreign(handle: model_specs.Handle) -> Iterator[str]:
  """The keys of those names of an own model that belong to a published one.

  A spec file may declare any name for its model.
  """
  for name in aliases.of(handle) if handle.spec.own else ():
    is_of_publisher = name.startswith(f'{model_specs.PUBLISHER}/')
    if is_of_publisher and _is_published(name):
      yield aliases.key(name)
      yield aliases.key(name.rpartition('/')[0])


def _key(path: str) -> str:
  return aliases.key(path.removeprefix(_KAGGLE))


def _cuts(path: str) -> Iterator[tuple[str, str]]:
  """Each way to take a path for a name and a part, the longest name first."""
  yield path, ''
  for suffix in _SUFFIXES:
    if path.endswith(suffix):
      yield path.removesuffix(suffix), suffix
  name = path.rpartition('/')[0]
  while name:
    yield name, path[len(name) :]
    name = name.rpartition('/')[0]


class Names:
  """The names of some artifacts: their aliases, and those they resemble."""

  def __init__(self, handles: Iterable[model_specs.Handle]):
    """Collects all names.

    Args:
      handles: The handles and conversions that are there.
    """
    handles = tuple(handles)
    published = [handle for handle in handles if not handle.spec.own]
    own = [handle for handle in handles if handle.spec.own]
    self._indexes = tuple(map(model_specs.AliasIndex, (published, own)))
    self._frameworks = {kind.kaggle.lower() for kind in kinds.known()}
    models = {handle.spec.name: handle.spec for handle in handles}
    self._namesakes = {
      aliases.key(namesake.name)
      for model in models.values()
      for namesake in aliases.namesakes(model)
    }
    self._foreign = {key for handle in own for key in _foreign(handle)}
    # A wrong name is compared with those of its own kind.
    self._similar = {True: _Similar(), False: _Similar()}
    for handle in handles:
      for key, name in self._spelled(handle):
        self._similar[self._is_of_kaggle(key)].add(key, name, handle)

  @property
  def clashes(self) -> tuple[str, ...]:
    """Names that two artifacts have, of which the first keeps each."""
    return tuple(c for index in self._indexes for c in index.clashes)

  def _meaning(self, key: str) -> model_specs.Meaning | None:
    published, own = (index.get(key) for index in self._indexes)
    return published or (None if key in self._foreign else own)

  def find(self, path: str) -> Named | None:
    """What a path means that begins with an alias; None if none does."""
    for name, part in _cuts(path):
      key = _key(name)
      meaning = self._meaning(key)
      if meaning is None or key in self._namesakes:
        continue
      if meaning.has_version:
        return Named(meaning.newest, part)
      return None if part else Named(meaning.newest, is_versioned=False)
    return None

  def versions(self, name: str) -> dict[int, model_specs.Handle]:
    """What each version is of a name on Kaggle without one, sorted."""
    wanted = aliases.key(name)
    meaning = self._meaning(wanted)
    handles = {
      each.version: handle
      for handle in (meaning.handles if meaning else ())
      for each in aliases.of_kaggle(handle)
      if aliases.key(each.folder) == wanted
    }
    return dict(sorted(handles.items()))

  def lacking(self, wanted: str) -> str:
    """What a published name means that nothing here has, and how to make it.

    The text is empty if nothing published has the name, or if it is that of the
    same network elsewhere.
    """
    key = _key(wanted)
    meaning = model_specs.meaning(key)
    if meaning is None or self._meaning(key):
      return ''
    handle = meaning.newest
    namesakes = aliases.namesakes(handle.spec)
    if any(key == aliases.key(each.name) for each in namesakes):
      return ''
    command = how_to.export(handle, f'--formats={handle.kind.word}')
    return f'It is {handle}, which was not exported; `{command}` makes it. '

  def closest(self, wanted: str) -> tuple[str, model_specs.Handle] | None:
    """The name most similar to a wrong one, and whose it is; None if none is.

    The wrong one may be that of the same network elsewhere, whose weights are
    others: then it is the handle.
    """
    key = _key(wanted)
    meaning = self._meaning(key)
    if meaning and key in self._namesakes:
      return str(meaning.newest), meaning.newest
    similar = self._similar[self._is_of_kaggle(key)]
    return similar.closest(key.replace('-', '_'))

  def _spelled(self, handle: model_specs.Handle) -> Iterator[tuple[str, str]]:
    """The names of an artifact that are not spelled almost like one before."""
    spelled: dict[str, str] = {}
    for name in (str(handle), *aliases.of(handle)):
      key = aliases.key(name)
      if name == str(handle) or key not in self._foreign:
        spelled.setdefault(key.replace('-', '_'), name)
    yield from spelled.items()

  def _is_of_kaggle(self, key: str) -> bool:
    parts = key.split('/')
    return len(parts) > _FRAMEWORK and parts[_FRAMEWORK] in self._frameworks
