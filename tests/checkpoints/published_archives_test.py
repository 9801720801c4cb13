"""Every model's checkpoint is found in the archive that it was published in."""

import io
import pathlib
import tarfile

import pytest

from exporter.checkpoints import archive
from exporter.checkpoints import prefixes
import model_specs
from model_specs import checksums
from model_specs import spec
from tests import each

every_model = each.over('model', model_specs.MODELS, lambda model: model.name)


@pytest.fixture(autouse=True)
def _unknown(monkeypatch) -> None:
  """These archives hold made-up files, so no published checksum is theirs."""
  monkeypatch.setattr(checksums, 'published', dict)


def _pack(path: pathlib.Path, *names: str) -> None:
  """Writes an archive of files that hold their own names."""
  with tarfile.open(path, 'w:gz') as tar:
    for name in names:
      member = tarfile.TarInfo(name)
      member.size = len(name)
      tar.addfile(member, io.BytesIO(name.encode()))


def _find(folder: pathlib.Path, model: spec.ModelSpec) -> str:
  with archive.find(folder, model) as files:
    index = prefixes.index_of(files.prefix)
    return (index if index.exists() else files.prefix).read_text()


@pytest.mark.parametrize('is_nested', [False, True])
@every_model
def test_archived(tmp_path, model, is_nested):
  folder = tmp_path / model.name
  folder.mkdir()
  name = model.checkpoint if is_nested else f'./{model.checkpoint_member}'
  _pack(folder / model.archive_name, f'{name}.index')
  archive.inspect(folder / model.archive_name, model)
  assert _find(folder, model) == f'{name}.index'


def test_one_file_of_the_old_format(tmp_path):
  model = model_specs.get_model('inception_v1')
  _pack(tmp_path / model.archive_name, 'inception_v1.ckpt')
  archive.inspect(tmp_path / model.archive_name, model)
  assert _find(tmp_path, model) == 'inception_v1.ckpt'


@every_model
def test_unpacked(tmp_path, model):
  folder = tmp_path / model.name
  index = folder / f'{model.checkpoint}.index'
  index.parent.mkdir(parents=True)
  index.write_text('here')
  assert _find(folder, model) == 'here'


def test_of_two_checkpoints_in_an_archive_the_one_in_its_folder(tmp_path):
  model = model_specs.get_model('mobilenet_v3_small_100_224')
  names = [
    f'v3-small_224_1.0_float/{folder}/model-388500.index'
    for folder in ('pristine', 'ema')
  ]
  _pack(tmp_path / model.archive_name, *names)
  assert _find(tmp_path, model) == names[1]
