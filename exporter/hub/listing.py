"""The list of all exports, read again only when something there changed."""

from collections.abc import Iterator
import contextlib
import dataclasses
import functools
import json
import logging
import os
import pathlib
import threading
import time

from exporter import errors
from exporter import results
from exporter import storage
from exporter.hub import names
from exporter.hub import page
from exporter.hub import stamps
from model_specs import kinds
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
_MODELS = 4  # PUBLISHER/DATASET/NAME/TASK: so deep lie the versions of a model.
# A request for what is not there makes the hub look again, but at most once in
# so many seconds. After each look it rests so many times as long as that took.
_SECONDS = 1.0
_REST = 9


def _look(folder: str, depth: int = 0) -> Iterator[str]:
  """The folders that exports lie in, and the manifests, at any moment."""
  yield folder
  try:
    with os.scandir(folder) as opened:
      entries = list(opened)
  except OSError:
    if depth:
      return  # Whoever lists the exports says what is wrong with one of them.
    raise
  for entry in entries:
    if entry.name.startswith('.'):
      continue  # Exports are staged there.
    name, dot, _ = entry.name.partition('.')
    if depth >= _MODELS and entry.name == f'{name}{kinds.MANIFEST}':
      yield entry.path
    may_have_some = depth < _MODELS or (depth == _MODELS and dot)
    if may_have_some and entry.is_dir(follow_symlinks=False):
      yield from _look(entry.path, depth + 1)


@dataclasses.dataclass(frozen=True)
class Listed:
  """What was there at one moment."""

  items: tuple[storage.Item, ...] = ()
  # What lies at the path of an export and cannot be used.
  left_out: tuple[results.Result, ...] = ()
  known: names.Names = dataclasses.field(
    default_factory=lambda: names.Names(())
  )

  @property
  def manifests(self) -> tuple[storage.Manifest, ...]:
    """The manifests of all exports."""
    return tuple(item.manifest for item in self.items)

  @functools.cached_property
  def json(self) -> bytes:
    """The list, for programs."""
    return json.dumps(page.index(self.manifests, self.left_out)).encode()

  @functools.cached_property
  def html(self) -> bytes:
    """The list, for people."""
    return page.index_page(self.manifests).encode()


class Listing:
  """The list of the exports in a folder, whose content may change."""

  def __init__(self, folder: pathlib.Path):
    self._folder = folder
    # What was there when it was last asked for, which costs nothing to know.
    self.last = Listed()
    self._stamps: dict[str, stamps.Stamp] = {}
    self._lock = threading.Lock()
    self._rests_until = 0.0

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

  def recent(self) -> Listed:
    """What was there a moment ago; it costs hardly anything to ask often."""
    started = time.monotonic()
    if started >= self._rests_until:
      self._rests_until = started + _SECONDS
      with contextlib.suppress(OSError):  # The folder is gone for a moment.
        self.now()
      ended = time.monotonic()
      self._rests_until = ended + max(_SECONDS, _REST * (ended - started))
    return self.last

  def _is_current(self) -> bool:
    if not self._stamps:
      return False
    known = self._stamps.items()
    return all(stamps.of_path(path) == stamp for path, stamp in known)

  def _read(self) -> None:
    # What changes after this line is seen at the next request.
    found = {path: stamps.of_path(path) for path in _look(str(self._folder))}
    exports: storage.Found[storage.Item] = storage.Found(())
    with contextlib.suppress(errors.ManifestError):  # There is nothing at all.
      exports = storage.items(self._folder)
    for each in exports.left_out if self._stamps else ():
      _log.error('%s is left out: %s', each.name, outside.shown(each.reason))
    all_names = names.Names(item.handle for item in exports.usable)
    for clash in all_names.clashes:
      _log.warning('%s; the first keeps the name', outside.shown(clash))
    self.last = Listed(exports.usable, exports.left_out, all_names)
    self._stamps = found
