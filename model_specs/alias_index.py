"""Finds what aliases and namesakes mean, however they are spelled."""

from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import difflib
import fnmatch
import re

from model_specs import aliases
from model_specs import spec

_GLOB = re.compile(r'[*?\[]')
_SIMILAR = 0.75
_MOST = 3  # Names that an error suggests.


@dataclasses.dataclass(frozen=True)
class Meaning:
  """What a name means."""

  name: str  # As it is usually spelled.
  # With a version in the name it is one artifact. Without one they are all
  # versions of a format; of a namesake they are all artifacts of a model.
  handles: tuple[spec.Handle, ...]
  has_version: bool

  @property
  def newest(self) -> spec.Handle:
    """The one with the highest version."""
    return max(self.handles, key=lambda handle: handle.number)


def _names(handle: spec.Handle) -> Iterator[tuple[str, bool]]:
  """The names of one artifact, and whether each has a version."""
  declared = aliases.declared(handle)
  for name in aliases.of(handle):
    yield name, True
    if name not in declared:  # Those may end in anything.
      yield name.rpartition('/')[0], False
  for namesake in aliases.namesakes(handle.spec):
    yield namesake.name, False


class AliasIndex:
  """What all names of some artifacts mean, beside their handles."""

  def __init__(self, handles: Iterable[spec.Handle]):
    """Collects the names; of two that are one, the first is kept.

    Args:
      handles: The handles and conversions that names may mean.
    """
    clashes = []
    self._meanings: dict[str, Meaning] = {}
    handles = tuple(handles)
    self._handles = {aliases.key(str(handle)): handle for handle in handles}
    for handle in handles:
      for name, has_version in _names(handle):
        key = aliases.key(name)
        before = self._meanings.get(key)
        if key in self._handles:
          clashes.append(f'{name} of {handle} is the handle of another model')
        elif before is None:
          self._meanings[key] = Meaning(name, (handle,), has_version)
        elif has_version or before.has_version:
          clashes.append(f'{name} of {handle} means {before.handles[0]}, too')
        else:
          self._meanings[key] = dataclasses.replace(
            before, handles=(*before.handles, handle)
          )
    self.clashes = tuple(clashes)

  def get(self, name: str) -> Meaning | None:
    """What a name means, in any of its spellings; None if nothing has it."""
    return self._meanings.get(aliases.key(name))

  def find(self, pattern: str) -> tuple[Meaning, ...]:
    """What a name means, or all names that match a glob, part by part."""
    if not _GLOB.search(aliases.plain(pattern)):
      meaning = self.get(pattern)
      return (meaning,) if meaning else ()
    wanted = aliases.key(pattern).split('/')
    return tuple(
      meaning
      for key, meaning in self._meanings.items()
      if key.count('/') == len(wanted) - 1
      and all(map(fnmatch.fnmatchcase, key.split('/'), wanted))
    )

  def closest(self, name: str) -> list[str]:
    """The handles and names most similar to a wrong one, the best first."""
    names = {key: meaning.name for key, meaning in self._meanings.items()}
    for key, handle in self._handles.items():
      names |= {key: str(handle), aliases.key(handle.folder): handle.folder}
    # Several keys may be of one name.
    close = difflib.get_close_matches(
      aliases.key(name), names, n=3 * _MOST, cutoff=_SIMILAR
    )
    return [*dict.fromkeys(names[key] for key in close)][:_MOST]
