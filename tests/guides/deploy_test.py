"""What the guide to phones and other frameworks shows is what happens."""

import os
import pathlib
import sys

from PIL import Image
import pytest

from exporter import networks
from exporter.checkpoints import synthetic
import model_specs
from model_specs import kinds
from tests import checkpoints_made as checkpoints
from tests import code_blocks
from tests import phone
from tests import seeded
from tests import source_tree
from tests.conformance import programs
from tests.consumers import environments
from tests.runtimes import runtimes

_GUIDE = (source_tree.ROOT / 'docs/deploy.md').read_text('utf-8')
_MODEL = 'mobilenet_v1_025_128'
# What this Python does not have -> the environment that does.
_ELSEWHERE = {'openvino': programs.OPENVINO, 'cv2': runtimes.OPENCV}


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Where the guide's commands have been run."""
  folder = tmp_path_factory.mktemp('deploy')
  model = model_specs.get_model(_MODEL)
  inference, _ = networks.sources(model)
  checkpoints.write(
    folder / 'checkpoints' / model.checkpoint,
    # With those of `--synthetic_weights` many classes are as probable.
    seeded.tensors(inference.shapes),
  )
  (folder / 'photos').mkdir()
  for number, picture in enumerate(synthetic.synthetic_pictures(8, 128)):
    Image.fromarray(picture).save(folder / 'photos' / f'{number}.jpg')
  Image.fromarray(picture).save(folder / 'photo.jpg')
  _, exporting, *_, publishing = _GUIDE.replace('\\\n', '').split('\nslimhub ')
  for command in (exporting, publishing):
    words = command.partition('```')[0]
    code_blocks.slimhub(f'slimhub {words}', folder)
  return folder


def test_the_files_of_the_table_are_there(folder):
  task = folder / f'exports/google/imagenet/{_MODEL}/classification'
  for kind in kinds.converted():
    name = f'5.{kind.group}/{kind.name}{kind.suffix}'
    assert f'| `{name}` |' in _GUIDE
    assert (task / name).exists() == (kind.layout == kinds.NHWC)


@phone.needed
def test_the_code_runs(folder):
  blocks = [
    block
    for block in code_blocks.find(_GUIDE, 'python')
    if not any(f'import {name}\n' in block for name in _ELSEWHERE)
  ]
  assert len(blocks) == 4
  path = os.pathsep.join([str(source_tree.ROOT), *sys.path])
  code_blocks.run(sys.executable, blocks, folder, PYTHONPATH=path)


@pytest.mark.others
@pytest.mark.parametrize('name', _ELSEWHERE)
def test_the_code_for_other_runtimes_runs(folder, name):
  (block,) = (
    block
    for block in code_blocks.find(_GUIDE, 'python')
    if f'import {name}\n' in block
  )
  python = environments.interpreter(_ELSEWHERE[name])
  code_blocks.run(python, [block], folder)


def test_the_limits_are_those_of_the_formats():
  for kind in kinds.converted()[1:4]:
    assert kind.disagreement
    (row,) = (
      line
      for line in _GUIDE.splitlines()
      if line.startswith(f'| `{kind.name}.tflite` |') and '%' in line
    )
    allowed = f'| {kind.error:g}; {100 * kind.disagreement:.0f} % |'
    assert row.replace('0.50', '0.5').endswith(allowed)
