"""A run that is killed leaves no half artifact, and the next one completes it.

The one that is killed ends before its first write, before its second, and so
on, until one ends by itself.
"""

import multiprocessing
import os
import shutil
import signal
import sys

import pytest

from exporter import results as results_lib
from tests import file_tree
from tests import some_exports
from tests.hub import caches

_TF2 = some_exports.handle(some_exports.TF2)
_WRITES = (
  'os.link',
  'os.mkdir',
  'os.remove',
  'os.rename',
  'os.rmdir',
  'os.symlink',
)
_OF_THE_FIRST = 45  # Writes, until the first name is there.


@pytest.fixture(name='cache', params=[caches.Tfhub, caches.Kagglehub])
def _cache(request, tmp_path):
  return request.param(tmp_path / 'cache')


def _taken(cache) -> list[dict[str, bytes] | None]:
  """What the client takes under each name of the SavedModel."""
  return [cache.take(name) for name in cache.names(_TF2)]


def _seed_until(cache, exports, count) -> None:
  """Seeds, and is killed before it writes for the nth time."""
  writes_left = [count]

  def hook(event, arguments):
    is_write = event in _WRITES or (
      event == 'open' and isinstance(arguments[2], int) and arguments[2] & 3
    )
    writes_left[0] -= is_write
    if is_write and writes_left[0] < 0:
      os.kill(os.getpid(), signal.SIGKILL)

  sys.addaudithook(hook)
  cache.seed(exports)
  os._exit(0)


@pytest.mark.parametrize('is_new', [True, False])
def test_killed_at_any_moment_it_is_whole_or_not_there(cache, tmp_path, is_new):
  exports = tmp_path / 'exports'
  some_exports.add(exports, some_exports.TF2, 'old')
  old = file_tree.read(exports / some_exports.TF2)
  if not is_new:
    cache.seed(exports)
    some_exports.add(exports, some_exports.TF2, 'new')
  new = file_tree.read(exports / some_exports.TF2)
  begun = tmp_path / 'begun'
  if cache.root.exists():
    cache.root.rename(begun)
  fork = multiprocessing.get_context('fork')
  code, count = None, 0
  # All names but the first are alike: some moments of each will do.
  while code != 0:
    shutil.rmtree(cache.root, ignore_errors=True)
    if begun.exists():
      shutil.copytree(begun, cache.root, symlinks=True)
    child = fork.Process(target=_seed_until, args=(cache, exports, count))
    child.start()
    child.join()
    code = child.exitcode
    assert code in (0, -signal.SIGKILL)
    assert all(taken in (None, old, new) for taken in _taken(cache)), count
    if count % 2:  # What was exported in between is not taken for another's.
      some_exports.add(exports, some_exports.TF2, f'later {count}')
    assert results_lib.FAILED not in cache.statuses(exports), count
    expected = file_tree.read(exports / some_exports.TF2)
    assert all(taken == expected for taken in _taken(cache)), count
    if count % 2:
      text = 'old' if is_new else 'new'
      some_exports.add(exports, some_exports.TF2, text)
    count += 1 if count < _OF_THE_FIRST else 7
  assert count > 20
