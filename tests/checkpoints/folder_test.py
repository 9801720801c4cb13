"""Of several checkpoints in a folder the newest is meant, if it says which."""

import os
import pathlib

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import folder as folder_lib
from tests import checkpoints_made as checkpoints


@pytest.fixture(autouse=True)
def _checkpoint(tmp_path) -> None:
  (tmp_path / 'model.ckpt-7.index').touch()
  (tmp_path / 'note').write_text('no table')


def _state(folder, newest: str) -> None:
  (folder / 'checkpoint').write_text(f'model_checkpoint_path: "{newest}"\n')


def test_a_folder_that_was_moved_names_its_newest(tmp_path):
  (tmp_path / 'other.index').touch()
  _state(tmp_path, '/elsewhere/model.ckpt-7')
  assert folder_lib.find(tmp_path) == [tmp_path / 'model.ckpt-7']


@pytest.mark.parametrize('newest', ['', '..', '/', 'note\\000'])
def test_a_folder_that_names_nothing_gives_all(tmp_path, newest):
  (tmp_path / 'other.index').touch()
  _state(tmp_path, newest)
  prefixes = [tmp_path / 'model.ckpt-7', tmp_path / 'other']
  assert folder_lib.find(tmp_path) == prefixes


def test_another_one_than_the_newest_is_not_taken_for_it(tmp_path):
  _state(tmp_path, 'model.ckpt-8')
  with pytest.raises(errors.CheckpointError) as caught:
    folder_lib.find(tmp_path)
  message = str(caught.value)
  assert 'checkpoint names model.ckpt-8 as the newest' in message
  assert 'has only model.ckpt-7' in message


@pytest.mark.parametrize('make', [os.mkfifo, os.mkdir, pathlib.Path.touch])
def test_what_names_no_newest_at_all(tmp_path, make):
  make(tmp_path / 'checkpoint')
  assert folder_lib.find(tmp_path) == [tmp_path / 'model.ckpt-7']


def test_files_of_the_older_format_are_told_by_their_end(tmp_path):
  old = tmp_path / 'inception.ckpt'
  checkpoints.write(old, {'a': np.zeros([1], np.float32)}, old_format=True)
  assert folder_lib.find(tmp_path) == [old, tmp_path / 'model.ckpt-7']


def test_one_without_its_index_is_named_where_there_is_no_other(tmp_path):
  (tmp_path / 'model.ckpt-8.data-00000-of-00002').touch()
  (tmp_path / 'model.ckpt-8.data-00001-of-00002').touch()
  assert folder_lib.find(tmp_path) == [tmp_path / 'model.ckpt-7']
  (tmp_path / 'model.ckpt-7.index').unlink()
  assert folder_lib.find(tmp_path) == [tmp_path / 'model.ckpt-8']


def test_the_newest_is_meant_also_if_it_lacks_its_index(tmp_path):
  (tmp_path / 'model.ckpt-8.data-00000-of-00001').touch()
  _state(tmp_path, 'model.ckpt-8')
  assert folder_lib.find(tmp_path) == [tmp_path / 'model.ckpt-8']
