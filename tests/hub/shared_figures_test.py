"""Figures that processes share are in memory, and no killed hub's stay."""

import os
import pathlib
import shutil
import time

import pytest

from exporter.hub import shared_figures


@pytest.fixture(name='memory')
def _memory(tmp_path, monkeypatch):
  monkeypatch.setattr(shared_figures, '_MEMORY', tmp_path)
  return tmp_path


def _age(folder: pathlib.Path) -> None:
  os.utime(folder, (time.time() - 100,) * 2)


def test_the_folder_goes_in_the_end(memory):
  with shared_figures.figures_folder() as folder:
    assert folder.parent == memory
    (folder / 'counter_1.db').touch()
  assert not any(memory.iterdir())


def test_what_is_in_use_stays_and_what_a_killed_hub_left_goes(memory):
  left = memory / 'slimhub-metrics-left'
  fresh = memory / 'slimhub-metrics-fresh'
  for folder in (left, fresh):
    folder.mkdir()
    (folder / 'counter_1.db').touch()
  _age(left)
  with shared_figures.figures_folder() as first:
    assert not left.exists()
    assert fresh.exists()
    _age(first)
    with shared_figures.figures_folder() as second:
      assert first.exists()
      assert second != first


def test_without_memory_for_files_it_is_with_other_temporary_ones(
  memory, monkeypatch
):
  shutil.rmtree(memory)
  monkeypatch.setenv('TMPDIR', str(memory.parent))
  monkeypatch.setattr('tempfile.tempdir', None)
  with shared_figures.figures_folder() as folder:
    assert folder.parent == memory.parent
