"""The list of all exports, read again only when something there changed."""

from collections.abc import Iterator
import dataclasses
import difflib
import functools
import heapq
import itertools
import json
import logging
import os
import pathlib
import threading

from exporter import errors
from exporter import storage
from exporter.hub import page
from model_specs import kinds

_log = logging.getLogger('uvicorn.error')
_MODELS = 4  # PUBLISHER/DATASET/NAME/TASK: so deep lie the versions of a model.
_COMPARED = 20  # Names that are compared with a wrong one letter by letter.
_SIMILAR = 0.5  # How similar to it one must be to be what was meant.


def _look(folder: str, depth: int = 0) -> Iterator[str]:
  """The folders that exports lie in, and the manifests, at any moment."""
  try:
    with os.scandir(folder) as opened:
      entries = list(opened)
  except OSError:
    if depth:
      return  # Whoever lists the exports says what is wrong with one of them.
    raise
  yield folder
  for entry in entries:
    if entry.name.startswith('.'):
      continue  # Exports are staged there.
    name, dot, _ = entry.name.partition('.')
    if depth >= _MODELS and entry.name == f'{name}{kinds.MANIFEST}':
      yield entry.path
    may_have_some = depth < _MODELS or (depth == _MODELS and dot)
    if may_have_some and entry.is_dir(follow_symlinks=False):
      yield from _look(entry.path, depth + 1)


def _stamp(path: str) -> tuple[int, ...]:
  try:
    facts = os.stat(path)  # noqa: PTH116  # A text is faster, and there are many.
  except OSError:
    return ()
  return (facts.st_ino, facts.st_size, facts.st_mtime_ns)


def _pairs(text: str) -> frozenset[str]:
  return frozenset(map(''.join, itertools.pairwise(text)))


@dataclasses.dataclass(frozen=True)
class Listed:
  """What was there at one moment."""

  manifests: tuple[storage.Manifest, ...] = ()

  @functools.cached_property
  def json(self) -> bytes:
    """The list, for programs."""
    return json.dumps(page.index(self.manifests)).encode()

  @functools.cached_property
  def html(self) -> bytes:
    """The list, for people."""
    return page.index_page(self.manifests).encode()

  @functools.cached_property
  def _known(self) -> list[tuple[str, frozenset[str]]]:
    return [(made.handle, _pairs(made.handle)) for made in self.manifests]

  def closest(self, wanted: str) -> str:
    """The handle that is most similar to a wrong one; empty if none is."""
    pairs = _pairs(wanted)
    likely = heapq.nlargest(
      _COMPARED, self._known, key=lambda known: len(pairs & known[1])
    )
    handles = [handle for handle, _ in likely]
    found = difflib.get_close_matches(wanted, handles, 1, _SIMILAR)
    return next(iter(found), '')


class Listing:
  """The list of the exports in a folder, whose content may change."""

  def __init__(self, folder: pathlib.Path):
    self._folder = folder
    # What was there when it was last asked for, which costs nothing to know.
    self.last = Listed()
    self._stamps: dict[str, tuple[int, ...]] = {}
    self._lock = threading.Lock()

  def now(self) -> Listed:
    """All exports that were delivered whole.

    Only one thread reads manifests; meanwhile the others get what was there
    before, unless nothing was read yet.
    """
    if self._lock.acquire(blocking=not self._stamps):
      try:
        if not self._is_current():
          self._read()
      finally:
        self._lock.release()
    return self.last

  def _is_current(self) -> bool:
    known = self._stamps.items()
    return bool(known) and all(_stamp(path) == was for path, was in known)

  def _read(self) -> None:
    # What changes after this line is seen at the next request.
    stamps = {path: _stamp(path) for path in _look(str(self._folder))}
    manifests: tuple[storage.Manifest, ...] = ()
    try:
      if any(path.endswith(kinds.MANIFEST) for path in stamps):
        items = storage.items(self._folder)
        manifests = tuple(item.manifest for item in items)
    except errors.ManifestError as error:
      if not self._stamps:
        raise
      _log.error('%s', error)
      manifests = self.last.manifests
    self.last, self._stamps = Listed(manifests), stamps
