"""What all processes of a run of the tests share: made once, by the first.

pytest-xdist spreads the tests over processes, and none knows what another one
has made. They share a folder, whose name they inherit as a variable of the
environment; where none was inherited, the process has a folder of its own.
"""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import fcntl
import functools
import os
import pathlib
import pickle
import shutil
import tempfile
from typing import TypeVar
from unittest import mock

_VARIABLE = 'SLIMHUB_TESTS_SHARED'
_Value = TypeVar('_Value')


@functools.cache
def _own() -> tempfile.TemporaryDirectory:
  return tempfile.TemporaryDirectory(prefix='slimhub_')


def root() -> pathlib.Path:
  """The folder, of this process and of those that it starts."""
  return pathlib.Path(os.environ.get(_VARIABLE) or _own().name)


@contextlib.contextmanager
def opened() -> Iterator[None]:
  """Makes the folder for this process and all that it starts meanwhile."""
  if _VARIABLE in os.environ:
    yield
    return
  with (
    tempfile.TemporaryDirectory(
      prefix='slimhub_', ignore_cleanup_errors=True
    ) as folder,
    mock.patch.dict(os.environ, {_VARIABLE: folder}),
  ):
    yield


def once(name: str, make: Callable[[pathlib.Path], object]) -> pathlib.Path:
  """A folder that is filled once, whichever processes ask for it.

  Args:
    name: A path that nothing else is made under.
    make: Fills the folder, which is there and empty. If it fails, the next
      one that asks tries again.

  Returns:
    The folder, which nobody may change.
  """
  folder = root() / name
  stamp = folder.with_name(f'{folder.name}.made')  # Written last.
  if stamp.exists():
    return folder
  folder.parent.mkdir(parents=True, exist_ok=True)
  with folder.with_name(f'{folder.name}.lock').open('w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not stamp.exists():
      shutil.rmtree(folder, ignore_errors=True)
      folder.mkdir()
      make(folder)
      stamp.touch()
  return folder


def value(name: str, compute: Callable[[], _Value]) -> _Value:
  """As `once`, for a value that pickle can write."""

  def make(folder: pathlib.Path) -> None:
    (folder / 'value').write_bytes(pickle.dumps(compute()))

  return pickle.loads((once(name, make) / 'value').read_bytes())
