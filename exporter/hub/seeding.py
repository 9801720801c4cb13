"""Lays artifacts into the cache of a client, under every name that it knows.

The first name of an artifact gets a copy of it. The others lead to the copy by
links, or get copies of their own where a file system has no links.
"""

import abc
from collections.abc import Iterable
from collections.abc import Iterator
import errno
import functools
import os
import pathlib
import shutil

import exporter
from exporter import errors
from exporter import results
from exporter import storage
from exporter.hub import claims as claims_lib
import model_specs

_WORDS = b'Seeded by slimhub'
MARK = b'%b %b\n' % (_WORDS, exporter.__version__.encode())
_MOST = 2**16  # Bytes of a mark that are read.
# The errors of file systems that have no links.
_NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK)


class Layout(abc.ABC):
  """Where a client's cache has what a name means, and what marks it."""

  noun = 'names'  # What results call them.
  links = 'symbolic links'  # What `link` makes.

  def __init__(self, root: pathlib.Path):
    self.root = root

  @abc.abstractmethod
  def names(self, handle: model_specs.Handle) -> tuple[str, ...]:
    """All names of an artifact, its own first; none if no client loads it."""

  @abc.abstractmethod
  def folder(self, name: str) -> pathlib.Path:
    """The folder that a name means."""

  @abc.abstractmethod
  def is_ours(self, name: str) -> bool:
    """Whether slimhub seeded the folder that is there."""

  @abc.abstractmethod
  def is_marked(self, name: str, files: Iterable[str]) -> bool:
    """Whether a folder with these files has the marks of a whole one."""

  @abc.abstractmethod
  def begin(self, name: str, is_copy: bool) -> None:
    """Says that a folder is slimhub's own from now on, and not whole.

    Args:
      name: A name.
      is_copy: Whether the folder becomes a copy, instead of links to one.
    """

  @abc.abstractmethod
  def finish(self, name: str, files: Iterable[str]) -> None:
    """Says that a folder is whole, and that slimhub seeded it."""

  @abc.abstractmethod
  def link(
    self, staged: pathlib.Path, first: str, files: Iterable[str]
  ) -> None:
    """Makes links to the copy under the first name, to be moved to a folder."""

  @abc.abstractmethod
  def try_link(self, folder: pathlib.Path) -> None:
    """Raises an OSError where there can be no such links."""

  @abc.abstractmethod
  def is_linked(self, name: str, first: str, files: Iterable[str]) -> bool:
    """Whether a folder is what `link` makes."""


class _OccupiedError(errors.ExportError):
  """What slimhub did not seed lies where an artifact belongs."""


def is_mark(path: pathlib.Path) -> bool:
  """Whether a file says that slimhub seeded what lies beside it."""
  if not path.is_file():
    return False
  with path.open('rb') as file:
    return _WORDS in file.read(_MOST)


def remove(path: pathlib.Path) -> None:
  """Removes a folder with all that it holds, or a file or link, if any."""
  if path.is_symlink() or path.is_file():
    path.unlink()
  else:
    shutil.rmtree(path, ignore_errors=True)


class _Seeder:
  """Lays artifacts into one cache."""

  def __init__(
    self, layout: Layout, staging: pathlib.Path, force: bool, copy: bool
  ):
    self._layout = layout
    self._staging = staging
    self._force = force
    self._copy = copy

  def check_links(self) -> None:
    """Raises an ExportError if links are wanted where there can be none."""
    if self._copy:
      return
    try:
      self._layout.try_link(self._staging)
    except OSError as error:
      if error.errno not in _NO_LINKS:
        raise
      raise errors.ExportError(
        f'{self._layout.root} takes no {self._layout.links} '
        f'({error.strerror}), which other names are to the copy of an '
        'artifact; --copy lays in a copy for each name'
      ) from error

  def _refuse_others(self, name: str) -> None:
    folder = self._layout.folder(name)
    is_free = not os.path.lexists(folder)
    if folder.is_dir() and not folder.is_symlink():
      is_free = not any(folder.iterdir())
    if not (is_free or self._force or self._layout.is_ours(name)):
      raise _OccupiedError(
        f'{folder}, for {name}, holds what slimhub did not seed; --force '
        'replaces it'
      )

  def _stage(
    self, item: storage.Item, name: str, first: str, staged: pathlib.Path
  ) -> None:
    """Makes what belongs under a name."""
    manifest = item.manifest
    if name == first:
      with storage.local_root(item.root, manifest.handle) as root:
        for path in manifest.files:
          storage.copy_file(root, manifest, path, staged / path)
      storage.sync(staged)
    elif self._copy:
      shutil.copytree(self._layout.folder(first), staged)
      storage.sync(staged)
    else:
      self._layout.link(staged, first, manifest.files)

  def _is_there(self, item: storage.Item, name: str, first: str) -> bool:
    """Whether the folder of a name is as it should be."""
    manifest, layout = item.manifest, self._layout
    may_be_links = name != first and not self._copy
    if may_be_links and layout.is_linked(name, first, manifest.files):
      return True
    return not storage.differences(manifest, layout.folder(name))

  def _put(self, item: storage.Item, name: str, first: str) -> None:
    """Replaces the folder of a name."""
    folder, staged = self._layout.folder(name), self._staging / 'new'
    remove(staged)
    self._stage(item, name, first, staged)
    folder.parent.mkdir(parents=True, exist_ok=True)
    self._layout.begin(name, self._copy or name == first)
    storage.swap(staged, folder)
    remove(self._staging / storage.REPLACED)

  def _lay(self, item: storage.Item, name: str, first: str) -> bool:
    """Lays an artifact in under one of its names.

    Returns:
      Whether anything was changed.

    Raises:
      ExportError: What slimhub did not seed is there.
    """
    if not self._is_there(item, name, first):
      self._refuse_others(name)
      self._put(item, name, first)
    elif self._layout.is_marked(name, item.manifest.files):
      return False
    self._layout.finish(name, item.manifest.files)
    return True

  def seed(self, item: storage.Item, claim: claims_lib.Claim) -> results.Result:
    """Lays an artifact in under all its names."""
    if not claim.kept:
      raise errors.ExportError(
        f'{item.handle} is left without a name{claim.told}; name the model '
        'differently and export it again'
      )
    first, *others = claim.kept
    is_changed = self._lay(item, first, first)
    occupied = []
    for name in others:
      try:
        is_changed |= self._lay(item, name, first)
      except _OccupiedError as error:
        occupied.append(str(error))
    if occupied:
      count = len(claim.kept) - len(occupied)
      raise _OccupiedError(
        f'{item.handle} is there under {count} of its {len(claim.kept)} '
        f'{self._layout.noun}:\n  ' + '\n  '.join(occupied)
      )
    where = f'under {len(claim.kept)} {self._layout.noun}{claim.told}'
    if not is_changed:
      where = f'unchanged {where}'
    return results.Result(
      first,
      results.SEEDED if is_changed else results.KEPT,
      where,
      bytes=item.manifest.bytes,
    )


def seed(
  exports: storage.Found[storage.Item], layout: Layout, force: bool, copy: bool
) -> Iterator[results.Result]:
  """Lays artifacts into a cache.

  Args:
    exports: The artifacts, and those that cannot be used.
    layout: That of the cache.
    force: Whether what slimhub did not seed is replaced.
    copy: Whether each name gets a copy, instead of links to one.

  Yields:
    The result of each artifact, under its own name, as soon as it is there.

  Raises:
    ExportError: Another slimhub works in the cache, or it is not writable, or
      takes no links, or is not apart from the folder of the exports.
  """
  storage.check_apart(layout.root, {item.root for item in exports.usable})
  items = {item.handle: item for item in exports.usable}
  names = {handle: layout.names(handle) for handle in items}
  claims = claims_lib.settle({h: n for h, n in names.items() if n})
  with storage.workplace(layout.root) as staging:
    seeder = _Seeder(layout, staging, force, copy)
    seeder.check_links()
    yield from exports.left_out
    for handle, claim in claims.items():
      work = functools.partial(seeder.seed, items[handle], claim)
      yield results.attempt(names[handle][0], work)
