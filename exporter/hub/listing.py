"""The list of all exports, read again only when something there changed."""

from collections.abc import Iterator
import contextlib
import dataclasses
import functools
import itertools
import json
import logging
import os
import pathlib
import threading

from exporter import errors
from exporter import results
from exporter import storage
from exporter.hub import page
from model_specs import kinds
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
_MODELS = 4  # PUBLISHER/DATASET/NAME/TASK: so deep lie the versions of a model.
_BITS = 512  # Several times as many as a name has pairs of letters.
_SIMILAR = 0.5  # How similar to a wrong name one must be to be what was meant.


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


def _pairs(text: str) -> int:
  """The pairs of letters in a text, each of which sets a bit.

  Two pairs may share a bit, which makes two texts seem a little more similar.
  """
  bits = 0
  for first, second in itertools.pairwise(map(ord, text)):
    bits |= 1 << (first * 37 + second) % _BITS
  return bits


def _similarity(one: int, other: int) -> float:
  """The share of pairs that two texts have in common, from 0 to 1.

  It takes half a millionth of a second. difflib, which compares letters, would
  take so long for all names that wrong paths would hold the hub up.
  """
  shared = (one & other).bit_count()
  return 2 * shared / (one.bit_count() + other.bit_count() or 1)


@dataclasses.dataclass(frozen=True)
class Listed:
  """What was there at one moment."""

  manifests: tuple[storage.Manifest, ...] = ()
  # What lies at the path of an export and cannot be used.
  left_out: tuple[results.Result, ...] = ()

  @functools.cached_property
  def json(self) -> bytes:
    """The list, for programs."""
    return json.dumps(page.index(self.manifests, self.left_out)).encode()

  @functools.cached_property
  def html(self) -> bytes:
    """The list, for people."""
    return page.index_page(self.manifests).encode()

  @functools.cached_property
  def _known(self) -> list[tuple[int, str]]:
    return [(_pairs(made.handle), made.handle) for made in self.manifests]

  def closest(self, wanted: str) -> str:
    """The handle that is most similar to a wrong one; empty if none is."""
    pairs = _pairs(wanted)
    found = [(_similarity(pairs, known), name) for known, name in self._known]
    similarity, name = max(found, default=(0.0, ''))
    return name if similarity > _SIMILAR else ''


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
    found: storage.Found[storage.Item] = storage.Found(())
    with contextlib.suppress(errors.ManifestError):  # There is nothing at all.
      found = storage.items(self._folder)
    for each in found.left_out if self._stamps else ():
      _log.error('%s is left out: %s', each.name, outside.shown(each.reason))
    manifests = tuple(item.manifest for item in found.usable)
    self.last, self._stamps = Listed(manifests, found.left_out), stamps
