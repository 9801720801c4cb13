"""What the guide to own models shows is what happens."""

import pathlib
import shutil

import pytest

from exporter import networks
from exporter.checkpoints import synthetic
from model_specs import aliases
from model_specs import spec_files
from model_specs.spec_files import files
from model_specs.spec_files import keys
from tests import checkpoints_made as checkpoints
from tests import code_blocks
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/your_own_models.md').read_text('utf-8')
_NEW, *_COMMANDS = (
  line
  for block in code_blocks.find(_GUIDE, 'sh')
  for line in block.splitlines()
)
_SPEC_FILE, _OTHER_NAMES, _ENTRY_POINT = code_blocks.find(_GUIDE, 'toml')
_FILE = 'flowers_mobilenet.toml'


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Where the reader has trained and written both files."""
  folder = tmp_path_factory.mktemp('guide')
  code_blocks.slimhub(_NEW, folder)
  (folder / _FILE).write_text(_SPEC_FILE)
  names = ('daisy', 'dandelion', 'roses', 'sunflowers', 'tulips')
  (folder / 'labels.txt').write_text(
    ''.join(f'{number}:{name}\n' for number, name in enumerate(names))
  )
  (model,) = files.read_models(folder / _FILE)
  inference, _ = networks.sources(model)
  tensors = synthetic.tensors(inference.shapes)
  checkpoints.write(
    folder / 'train/model.ckpt-5000',
    checkpoints.with_slots(tensors, inference.trainable),
  )
  return folder


def test_the_commands_do_what_they_say(folder):
  listed, exported, verified = (
    code_blocks.slimhub(line, folder) for line in _COMMANDS
  )
  for task in ('classification', 'feature_vector'):
    handle = f'acme/flowers/flowers_mobilenet/{task}'
    assert f'{handle}  1,2' in listed
    for number in (1, 2):
      assert f'exported  {handle}/{number}' in exported
      assert f'verified  {handle}/{number}' in verified


def test_what_is_new_passes_as_it_stands(folder, tmp_path):
  code_blocks.slimhub(_NEW, tmp_path)
  assert (tmp_path / 'spec_file.schema.json').exists()
  (model,) = files.read_models(tmp_path / _FILE)
  common = f'--spec_file={_FILE} --output_dir=exports --synthetic_weights'
  code_blocks.slimhub(f'slimhub export {model.name}/*/2 {common}', tmp_path)
  assert 'verified' in code_blocks.slimhub('slimhub verify exports', tmp_path)


def test_the_keys_and_the_group_are_those_of_the_code():
  assert f'"{files.GROUP}"' in _ENTRY_POINT
  shown = {line.split(' = ')[0] for line in _SPEC_FILE.splitlines()[2:]}
  assert shown <= keys.BY_NAME.keys()
  for key in ('input_range', 'input_mean', 'labels', 'background'):
    assert f'`{key}' in _GUIDE
    assert key in keys.BY_NAME


def test_other_names(folder, tmp_path):
  for file in folder.iterdir():
    if file.is_file():
      shutil.copy(file, tmp_path)
  (tmp_path / _FILE).write_text(f'{_SPEC_FILE}{_OTHER_NAMES}')
  registry = spec_files.load_registry(tmp_path / _FILE)
  (handle,) = registry.find('https://hub.example/acme/old_flowers/*/3')
  assert str(handle) == 'acme/flowers/flowers_mobilenet/classification/2'
  kaggle = str(aliases.kaggle(handle))
  assert f'`{kaggle}`' in _GUIDE
  assert registry.find(kaggle) == (handle,)
