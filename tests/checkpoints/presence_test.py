"""Whether there is a checkpoint is told by names alone."""

import pathlib

import pytest

from exporter import errors
from exporter.checkpoints import presence
import model_specs
from model_specs import spec
from model_specs.spec_files import model as model_lib
from tests import some_spec_file


def _own(folder: pathlib.Path, path: str | None) -> spec.ModelSpec:
  values = some_spec_file.values(checkpoint=path)
  return model_lib.read_model(values, f'{folder}/my.toml', folder)


@pytest.mark.parametrize(
  ('file', 'named'),
  [
    ('model.ckpt-5.index', 'model.ckpt-5'),
    ('model.ckpt-5.index', 'model.ckpt-5.index'),
    ('model.ckpt-5.index', 'model.ckpt-5.data-00000-of-00001'),
    ('model.ckpt-5.index', 'model.ckpt-5.meta'),
    ('train/model.ckpt-5.index', 'train'),
    ('train/model.ckpt', 'train'),
    ('old.ckpt', 'old.ckpt'),
    ('one.tar.gz', 'one.tar.gz'),
  ],
)
def test_an_own_checkpoint_is_seen_beside_its_spec_and_in_the_folder(
  file, named, tmp_path
):
  for there in ('specs', 'checkpoints'):
    folder = tmp_path / there / named / 'specs'
    folder.mkdir(parents=True)
    checkpoints = tmp_path / there / named / 'checkpoints'
    path = folder.parent / there / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    presence.check_checkpoint(_own(folder, named), checkpoints)


@pytest.mark.parametrize(
  ('named', 'says'),
  [
    ('nowhere', r'looked for\n  .*/nowhere\n.*correct `checkpoint`'),
    ('model.ckpt-5.data-00000-of-00001', 'no checkpoint of'),
    ('model.ckpt-5.meta', 'no checkpoint of'),
    ('empty', 'no checkpoint of'),
    (None, 'names no checkpoint'),
  ],
)
def test_an_own_checkpoint_that_is_nowhere_is_an_error(named, says, tmp_path):
  (tmp_path / 'empty').mkdir()
  (tmp_path / 'empty' / 'events.out').touch()
  with pytest.raises(errors.CheckpointError, match=f'(?s){says}'):
    presence.check_checkpoint(_own(tmp_path, named), tmp_path)


def test_the_checkpoint_of_a_published_model_is_seen(tmp_path):
  model = model_specs.get_model('mobilenet_v1_025_128')
  with pytest.raises(errors.CheckpointError, match='no checkpoint of'):
    presence.check_checkpoint(model, tmp_path)
  (tmp_path / model.archive_name).touch()
  presence.check_checkpoint(model, tmp_path)
