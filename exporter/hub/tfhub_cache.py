"""Copies exports into tensorflow_hub's cache, under URLs of another hub."""

from collections.abc import Iterator
import functools
import hashlib
import pathlib
import shutil

import exporter
from exporter import results
from exporter import storage

_MARK = 'Seeded by slimhub'


def key(url: str) -> str:
  """The name that tensorflow_hub gives to the cached folder of a URL."""
  return hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()


class _Cache:
  """A cache of tensorflow_hub, filled as if from the hub at a URL."""

  def __init__(
    self, folder: pathlib.Path, staging: pathlib.Path, prefix: str, force: bool
  ):
    self._folder = folder
    self._staging = staging
    self._prefix = prefix
    self._force = force

  def seed(self, item: storage.Export) -> results.Result:
    """Copies one artifact into the cache, unless it is there unchanged."""
    manifest = item.manifest
    url = f'{self._prefix}/{manifest.handle}'
    target = self._folder / key(url)
    descriptor = self._folder / f'{target.name}.descriptor.txt'
    result = functools.partial(results.Result, url, bytes=manifest.bytes)
    is_empty = not target.exists() or not any(target.iterdir())
    if not is_empty:
      if not storage.differences(manifest, target):
        return result(results.KEPT, 'unchanged')
      is_ours = descriptor.is_file() and _MARK in descriptor.read_text('utf-8')
      if not is_ours and not self._force:
        return result(
          results.FAILED,
          f'{target} holds other files, which slimhub did not seed; --force '
          'replaces them',
        )
    staged = self._staging / target.name
    with storage.local_root(item.root, manifest.handle) as root:
      for name in manifest.files:
        storage.copy_file(root, manifest, name, staged / name)
    storage.sync(staged)
    storage.swap(staged, target)
    # The mark comes last: it says that slimhub may replace what lies there.
    mark = f'Module: {url}\n{_MARK} {exporter.__version__}\n'
    storage.write_whole(descriptor, mark.encode())
    shutil.rmtree(self._staging / 'replaced', ignore_errors=True)
    return result(results.SEEDED)


def seed_tfhub(
  found: storage.Found[storage.Export],
  cache_dir: pathlib.Path,
  prefix: str,
  force: bool = False,
) -> Iterator[results.Result]:
  """Copies artifacts into the cache.

  Args:
    found: The artifacts to copy, and those that cannot be used; conversions
      are passed over, as tensorflow_hub does not load them.
    cache_dir: The folder that users name in TFHUB_CACHE_DIR.
    prefix: The URL that stands before the handles in the code of users.
    force: Whether folders that slimhub did not seed are replaced.

  Yields:
    The result of each artifact, under its URL, as soon as it is there.

  Raises:
    ExportError: Another slimhub works in the cache, or it is not writable.
  """
  with storage.hold(cache_dir):
    storage.clear_staging(cache_dir)
    with storage.stage(cache_dir) as staging:
      cache = _Cache(cache_dir, staging, prefix, force)
      yield from found.left_out
      for item in found.usable:
        if not storage.kind_of(item.manifest).is_converted:
          url = f'{prefix}/{item.manifest.handle}'
          yield results.attempt(url, functools.partial(cache.seed, item))
    storage.clear_staging(cache_dir)
