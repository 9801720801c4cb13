"""What the guide to the library shows runs, and is what a type checker sees."""

import os
import pathlib
import sys

from PIL import Image
import pytest

from exporter import networks
from exporter.checkpoints import synthetic
import model_specs
from tests import checkpoints_made
from tests import code_blocks
from tests import flower_training
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/from_python.md').read_text('utf-8')
_BLOCKS = code_blocks.find(_GUIDE, 'python')
_PATH = os.pathsep.join([str(source_tree.ROOT), *sys.path])


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Where the reader stands: checkpoints, a training, pictures, a spec file."""
  folder = tmp_path_factory.mktemp('from_python')
  model = model_specs.get_model('mobilenet_v1_025_128')
  inference, _ = networks.sources(model)
  tensors = synthetic.tensors(inference.shapes)
  checkpoints_made.write(folder / 'checkpoints' / model.checkpoint, tensors)
  (folder / 'train').mkdir()
  flower_training.write(folder / 'train')
  for number, picture in enumerate(synthetic.synthetic_pictures(10, 160)):
    path = folder / 'validation' / flower_training.LABELS[number % 5]
    path.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path / f'{number}.jpg')
  (spec,) = code_blocks.find(_GUIDE, 'toml')
  (folder / 'flowers.toml').write_text(spec)
  return folder


def test_every_block_runs_in_one_process(folder):
  assert len(_BLOCKS) == 11
  code_blocks.run(sys.executable, _BLOCKS, folder, PYTHONPATH=_PATH)
  root = folder / 'exports/google/imagenet/mobilenet_v1_025_128'
  names = {path.name for path in root.glob('*/*') if path.suffix != '.md'}
  beside = ('', '.json', '.intoto.jsonl', '.cdx.json')
  assert names == {
    '5.litert',
    *(f'{number}{suffix}' for number in (3, 5) for suffix in beside),
  }
  card = folder / 'exports/acme/flowers/flowers_mobilenet/classification/1.md'
  assert 'top-1' in card.read_text('utf-8')
