"""Killed or out of room at the writer of TensorFlow.js: nothing torn is left.

A folder of several files, which Node proves before it is delivered.
"""

import contextlib
import pathlib
import resource
import shutil
import subprocess
import sys
import time

import pytest

from exporter.storage import contents
from exporter.storage import delivery
from tests import file_tree
from tests import lenets
from tests import shared
from tests import some_manifest
from tests import source_tree

_HANDLE = 'lenet/classification/2'
_PLACE = f'{lenets.ROOT}/{_HANDLE}.tfjs'
_WORDS = ('float32', 'uint8')
_MOST_BYTES = 100_000  # Less than the weights, more than all else.


def _command(folder: pathlib.Path) -> list[str]:
  formats = ','.join(('tf2', *(f'tfjs.{word}' for word in _WORDS)))
  spec = shared.once('lenet', lambda path: lenets.write(path, 'lenet'))
  return [
    *(sys.executable, '-m', 'exporter', 'export', _HANDLE),
    f'--spec_file={spec / "lenets.toml"}',
    *('--synthetic_weights', '--jobs=1', '--progress=none'),
    *(f'--output_dir={folder}', f'--formats={formats}'),
  ]


def _run(folder: pathlib.Path, **more) -> subprocess.CompletedProcess:
  return subprocess.run(
    _command(folder),
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
    **more,
  )


def _make(folder: pathlib.Path) -> None:
  """Exports all, and keeps the SavedModel alone beside it."""
  done = _run(folder / 'whole')
  assert done.returncode == 0, done.stderr
  ignored = shutil.ignore_patterns('*.tfjs')
  shutil.copytree(folder / 'whole', folder / 'before', ignore=ignored)


@pytest.fixture(name='whole')
def _whole() -> dict[str, bytes]:
  """The tree that every run must arrive at."""
  return file_tree.read(shared.once('tfjs_durability', _make) / 'whole')


@pytest.fixture(name='folder')
def _folder(tmp_path) -> pathlib.Path:
  """A folder with the SavedModel alone."""
  without_tfjs = shared.once('tfjs_durability', _make) / 'before'
  return shutil.copytree(without_tfjs, tmp_path / 'exports')


def _delivered(folder: pathlib.Path) -> set[str]:
  """The names of the artifacts of TensorFlow.js, which must all be whole."""
  place = folder / _PLACE
  names = {path.name for path in place.glob('*') if path.is_dir()}
  for name in names:
    manifest = some_manifest.read(place / f'{name}.json')
    assert not contents.differences(manifest, place / name)
  return names


def _kill_at(folder: pathlib.Path, file: str, count: int) -> None:
  """Kills a run while it writes a file, after `count` deliveries."""
  with subprocess.Popen(
    _command(folder),
    cwd=source_tree.ROOT,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
  ) as process:
    while True:
      assert process.poll() is None, 'the run ended before it came so far'
      with contextlib.suppress(FileNotFoundError):  # Folders come and go.
        being_made = any((folder / delivery.STAGING).rglob(file))
        if being_made and len(_delivered(folder)) == count:
          break
      time.sleep(0.01)
    process.kill()


def test_a_run_killed_at_the_writer_is_finished_by_the_next(whole, folder):
  _kill_at(folder, 'group1-shard1of*.bin', 0)
  assert not _delivered(folder)
  _kill_at(folder, 'model.json', 1)
  assert len(_delivered(folder)) == 1
  done = _run(folder)
  assert done.returncode == 0, done.stderr
  assert file_tree.read(folder) == whole


def _limit() -> None:
  resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_BYTES, _MOST_BYTES))


def test_weights_that_find_no_room_are_an_error_and_leave_nothing(folder):
  before = file_tree.read(folder)
  done = _run(folder, preexec_fn=_limit)
  assert done.returncode == 1
  output = done.stdout + done.stderr
  for word in _WORDS:
    assert f'{_PLACE}/{word}' in output
  assert 'File too large' in output
  assert 'Traceback' not in output
  assert file_tree.read(folder) == before
