"""What holds for a run of the tests: signals, and what its processes share."""

from collections.abc import Iterator
import contextlib
import gc
import os
import pathlib
import signal
import sys
from unittest import mock

import pytest

from exporter import memory
from tests import shared

_TESTS = pathlib.Path(__file__).parent
_OTHERS = ('conformance', 'consumers', 'matrix', 'runtimes')
_MUCH = 150 * 2**20  # The bytes that may be left behind until they are freed.
_KEPT: list[int] = []  # The bytes of this process at first and once freed.


def _make_home() -> pathlib.Path:
  """A SLIMHUB_HOME of this process, of which all processes share the memos."""
  memos = shared.root() / 'memos'
  memos.mkdir(exist_ok=True)
  home = shared.root() / os.environ.get('PYTEST_XDIST_WORKER', 'home')
  if not home.exists():
    home.mkdir()
    (home / 'memos').symlink_to(memos)
  return home


def pytest_configure(config: pytest.Config) -> None:
  """Prepares the process that was started, and each worker.

  What a shell starts with `&` ignores SIGINT, and so does all that this
  starts in turn: `make test &` would give tests that interrupt a command
  a command that cannot be interrupted. In the same way `nohup make test`
  ignores SIGHUP: a process that runs tests goes on after one, and what it
  starts obeys it, as no handler outlives the start of a program.
  """
  if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
  starts_workers = config.getoption('numprocesses', None) and not hasattr(
    config, 'workerinput'
  )
  if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN and not starts_workers:
    signal.signal(signal.SIGHUP, lambda *_: None)
  stack = contextlib.ExitStack()
  stack.enter_context(shared.opened())
  # No test finds what an earlier run left in the user's cache.
  home = {'SLIMHUB_HOME': str(_make_home())}
  stack.enter_context(mock.patch.dict(os.environ, home))
  config.add_cleanup(stack.close)


def pytest_collection_finish() -> None:
  """Spares what is imported and collected from the search for garbage.

  Graphs are built of so many objects that the search, as often as Python has
  it, would take a twentieth of the time of all tests. `_memory` searches where
  much memory is held.
  """
  gc.collect()
  gc.freeze()
  gc.set_threshold(10_000, 50, 1_000)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
  """Marks what lies in folders of tests of others, as single tests may be."""
  for item in items:
    if item.path.relative_to(_TESTS).parts[0] in _OTHERS:
      item.add_marker(pytest.mark.others)


@pytest.fixture(autouse=True)
def _records() -> Iterator[None]:
  """No test finds the checksums of archives that another one made up."""
  yield
  record = pathlib.Path(os.environ['SLIMHUB_HOME']) / 'checkpoints'
  (record / 'checksums.tsv').unlink(missing_ok=True)


def _clear_caches() -> None:
  """Empties the caches of all modules of tests."""
  for name, module in list(sys.modules.items()):
    if name.startswith('tests.') and name.endswith('_test'):
      for held in vars(module).values():
        if getattr(held, '__module__', '') == name:
          getattr(held, 'cache_clear', lambda: None)()


@pytest.fixture(scope='module', autouse=True)
def _memory() -> Iterator[None]:
  """Gives back what modules of tests have held, as soon as that is much.

  The caches of a module are of no use to others. Graphs of TensorFlow refer to
  themselves, so that they stay until the garbage collector runs, and after
  that their memory stays with the allocator.
  """
  if not _KEPT:
    _KEPT.append(memory.taken() or 0)
  yield
  if (memory.taken() or 0) - _KEPT[-1] < _MUCH:
    return
  _clear_caches()
  if 'exporter.networks.source' in sys.modules:
    sys.modules['exporter.networks.source'].build.cache_clear()
  memory.give_back()
  _KEPT.append(memory.taken() or 0)
