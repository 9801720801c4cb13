"""Copies go when they are not needed, also those of runs that were killed."""

import pathlib
import subprocess
import sys
import tempfile

import pytest

from exporter.checkpoints import scratch

_CHILD = """
from exporter.checkpoints import scratch
import sys
with scratch.folder() as folder:
  (folder / 'copy').touch()
  print(folder, flush=True)
  sys.stdin.read()
"""


@pytest.fixture(autouse=True, name='temporary')
def _temporary(tmp_path, monkeypatch) -> pathlib.Path:
  monkeypatch.setenv('TMPDIR', str(tmp_path))
  monkeypatch.setattr(tempfile, 'tempdir', None)
  return tmp_path


def _start() -> tuple[subprocess.Popen, pathlib.Path]:
  """Another process that has a copy, and the folder of that."""
  child = subprocess.Popen(
    [sys.executable, '-c', _CHILD],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
  )
  assert child.stdout
  return child, pathlib.Path(child.stdout.readline().strip())


def test_a_folder_goes_with_its_context(temporary):
  with scratch.folder() as first, scratch.folder() as second:
    (first / 'copy').touch()
    assert {first.parent, second.parent} == {temporary}
    assert first != second
  assert not list(temporary.iterdir())


def test_a_folder_goes_after_an_error_too(temporary):
  with pytest.raises(FileNotFoundError), scratch.folder():
    (temporary / 'none').read_bytes()
  assert not list(temporary.iterdir())


@pytest.mark.parametrize('end', ['kill', 'terminate'])
def test_what_a_killed_run_left_goes_with_the_next_one(temporary, end):
  child, abandoned = _start()
  assert (abandoned / 'copy').exists()
  getattr(child, end)()
  child.communicate()
  assert (abandoned / 'copy').exists()
  with scratch.folder() as folder:
    assert list(temporary.iterdir()) == [folder]


def test_the_copies_of_a_run_that_goes_on_stay():
  child, theirs = _start()
  with scratch.folder():
    assert (theirs / 'copy').exists()
  child.communicate()
  assert not theirs.exists()


def test_what_is_no_folder_of_ours_stays(temporary):
  with scratch.folder() as folder:
    start = folder.name[: -len('12345678')]
  others = temporary / 'others'
  others.mkdir()
  (others / 'file').touch()
  (temporary / f'{start}link').symlink_to(others)
  (temporary / f'{start}file').touch()
  with scratch.folder():
    pass
  assert (others / 'file').exists()
  assert len(list(temporary.iterdir())) == 3
