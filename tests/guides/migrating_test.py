"""What the guide to migrating shows is what happens to a real training."""

import os
import pathlib
import subprocess
import sys

import numpy as np
from PIL import Image
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from tests import code_blocks
from tests import flower_training
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/migrating.md').read_text('utf-8')
_ROOT = 'exports/acme/flowers/flowers_mobilenet'
_PATH = os.pathsep.join([str(source_tree.ROOT), *sys.path])


def _run(folder: pathlib.Path, command: str) -> str:
  """What a shell prints in which `pip` does nothing and `slimhub` is ours."""
  tools = f'pip() {{ :; }}; slimhub() {{ {sys.executable} -m exporter "$@"; }}'
  done = subprocess.run(
    ['sh', '-euc', f'{tools}\n{command}'],
    cwd=folder,
    env={**os.environ, 'PYTHONPATH': str(source_tree.ROOT)},
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stdout + done.stderr
  return done.stdout


@pytest.fixture(scope='module', name='training')
def _training(tmp_path_factory) -> pathlib.Path:
  """Where the reader stands: a training, and pictures."""
  folder = tmp_path_factory.mktemp('migrating')
  (folder / 'train').mkdir()
  flower_training.write(folder / 'train')
  for number, picture in enumerate(synthetic.synthetic_pictures(10, 160)):
    label = flower_training.LABELS[number % 5]
    path = folder / 'validation' / label / f'{number}.jpg'
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
  Image.fromarray(picture).save(folder / 'photo.jpg')
  return folder


@pytest.fixture(scope='module', name='outputs')
def _outputs(training) -> list[str]:
  """What the commands after the spec printed."""
  (spec,) = code_blocks.find(_GUIDE, 'toml')
  (training / 'flowers.toml').write_text(spec)
  return [_run(training, block) for block in code_blocks.find(_GUIDE, 'sh')]


def test_the_inspection_prints_what_is_shown(training):
  (session,) = code_blocks.find(_GUIDE, 'console')
  command, _, shown = session.removeprefix('$ ').partition('\n')
  assert _run(training, command) == shown


def test_the_spec_is_written_by_the_command_in_the_text(training):
  words = ' '.join(_GUIDE.split())
  command = 'slimhub inspect train --format=spec > flowers.toml'
  assert f'`{command}`' in words
  _run(training, command.replace('flowers.toml', 'proposed.toml'))
  proposed = (training / 'proposed.toml').read_text()
  assert proposed in _GUIDE


def test_the_exports_of_the_table_are_there(training, outputs):
  exported, evaluated = outputs
  assert 'failed' not in exported
  for task in ('classification', 'feature_vector'):
    for path in ('1', '2', '2.litert/float32.tflite'):
      assert (training / _ROOT / task / path).exists()
  assert evaluated.count('  10  ') >= 3
  for path in ('classification/1`', 'classification/2`', '2.litert/float32'):
    assert path in _GUIDE.partition('| path below')[2]


def test_the_export_answers_as_the_training_evaluates(training, outputs):
  del outputs  # The exports are there.
  images = synthetic.synthetic_images(2, 128, 128)
  expected = flower_training.answer(training / 'train', images)
  model = tf.saved_model.load(str(training / _ROOT / 'classification/2'))
  np.testing.assert_allclose(model(images), expected, atol=1e-4)


def test_the_code_runs(training, outputs):
  del outputs
  blocks = code_blocks.find(_GUIDE, 'python')
  assert len(blocks) == 3
  code_blocks.run(sys.executable, blocks, training, PYTHONPATH=_PATH)
