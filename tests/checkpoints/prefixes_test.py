"""A checkpoint is found by any of its files, in a folder or an archive."""

import numpy as np
import pytest

from exporter.checkpoints import prefixes
from tests import checkpoints_made as checkpoints

_FILES = ('model.ckpt-7.index', 'model.ckpt-7.data-00000-of-00001')


@pytest.fixture(name='folder')
def _folder(tmp_path):
  for name in (*_FILES, 'model.ckpt-7.meta', 'old.ckpt', 'graph.pb', 'note'):
    (tmp_path / name).write_text(f'what {name} holds')
  return tmp_path


@pytest.mark.parametrize('name', ['model.ckpt-7', *_FILES, 'model.ckpt-7.meta'])
def test_any_of_its_files_leads_to_it(folder, name):
  assert prefixes.of(folder / name) == folder / 'model.ckpt-7'


@pytest.mark.parametrize('name', ['old.ckpt', 'graph.pb', 'other.ckpt.meta'])
def test_what_is_of_none_is_of_none(folder, name):
  (folder / 'other.ckpt.meta').touch()
  assert prefixes.of(folder / name) is None


def test_a_part_without_its_index_is_of_a_checkpoint_all_the_same(folder):
  (folder / _FILES[0]).unlink()
  for name in ('model.ckpt-7', _FILES[1]):
    assert prefixes.of(folder / name) == folder / 'model.ckpt-7'


def test_the_file_that_names_the_newest_stands_for_its_folder(tmp_path):
  (tmp_path / 'checkpoint').write_text('model_checkpoint_path: "a.ckpt"')
  assert prefixes.of_state(tmp_path / 'checkpoint') == tmp_path
  for name in ('', 'note', 'a.ckpt'):
    assert prefixes.of_state(tmp_path / name) == tmp_path / name


def test_a_checkpoint_of_that_name_is_one(tmp_path):
  path = tmp_path / 'checkpoint'
  checkpoints.write(path, {'a': np.zeros([1], np.float32)}, old_format=True)
  assert prefixes.of_state(path) == path
