"""An own model goes all the way: export, proof, card, formats, verify."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import ai_edge_litert.interpreter
import numpy as np
import pytest
import tensorflow as tf

from exporter import networks
from exporter.checkpoints import synthetic
from exporter.pipeline import orders
from exporter.pipeline import verify
from exporter.storage import folder as folder_lib
from exporter.storage import places
import model_specs
from tests import checkpoints_made as checkpoints
from tests import some_spec_file
from tests import source_tree

_LABELS = ['daisy', 'rose', 'tulip']
_CLASSIFIER = 'MobilenetV1/Logits/'
_SURPLUS = 'MobilenetV1/Attention/weights'  # No layer of the network has it.


def _slimhub(
  folder: pathlib.Path, *argv: str
) -> subprocess.CompletedProcess[str]:
  """A command as users type it, in processes of its own."""
  return subprocess.run(
    [sys.executable, '-m', 'exporter', *argv],
    cwd=folder,
    env={**os.environ, 'PYTHONPATH': str(source_tree.ROOT)},
    capture_output=True,
    text=True,
    check=False,
  )


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """A trained model, exported; its spec file and checkpoint are gone."""
  folder = tmp_path_factory.mktemp('own')
  model = some_spec_file.model(input_range=[0, 255])
  inference, _ = networks.sources(model)
  checkpoints.write(
    folder / 'train/model.ckpt-7',
    {
      **checkpoints.with_slots(
        synthetic.tensors(inference.shapes), inference.trainable
      ),
      _SURPLUS: np.ones([2], np.float32),
    },
  )
  (folder / 'labels.txt').write_text('\n'.join(_LABELS))
  some_spec_file.write(
    folder,
    checkpoint='train/model.ckpt-7',
    label_file='labels.txt',
    input_range=[0, 255],
    license='LicenseRef-Acme',
    license_url='https://acme.example/licence',
    description='Tells three flowers apart.',
    dataset_title='Three Flowers',
    top1_percent=93.5,
    measured_on='300 photographs',
  )
  done = _slimhub(
    folder,
    *('export', 'small', '--spec_file=models.toml', '--output_dir=exports'),
    *('--formats=tf1,tf2,litert.float32', '--jobs=1'),
  )
  assert done.returncode == 0, done.stderr
  (folder / 'said.txt').write_text(done.stdout)
  shutil.rmtree(folder / 'train')
  for name in ('models.toml', 'labels.txt'):
    (folder / name).unlink()
  return folder


def _place(folder: pathlib.Path, name: str) -> pathlib.Path:
  return folder / 'exports/acme/flowers/small' / name


def test_it_computes_what_the_network_does(folder):
  model = some_spec_file.model(input_range=[0, 255])
  inference = networks.build(networks.architecture(model), is_training=False)
  raw = synthetic.tensors(inference.shapes)
  held = checkpoints.with_slots(raw, inference.trainable)
  inference.load(
    {
      name: held[f'{name}/{checkpoints.SHADOW}']
      if name in inference.trainable
      else value
      for name, value in raw.items()
    }
  )
  images = synthetic.synthetic_images(2, 32, 32)
  expected = inference.run(inference.logits, images)
  loaded = tf.saved_model.load(str(_place(folder, 'classification/2')))
  scale = np.std(expected)
  np.testing.assert_allclose(loaded(images), expected, atol=1e-4 * scale)
  file = _place(folder, 'classification/2.litert/float32.tflite')
  run = ai_edge_litert.interpreter.Interpreter(str(file))
  (_, answer) = (
    run.get_signature_runner('serving_default')(inputs=images[i : i + 1])
    for i in range(2)
  )
  np.testing.assert_allclose(answer['logits'], expected[1:], atol=1e-4 * scale)


def test_what_the_network_lacks_is_named_for_each_artifact(folder):
  said = (folder / 'said.txt').read_text()
  lines = [line for line in said.splitlines() if line.startswith('exported ')]
  of_artifacts = [line for line in lines if 'acme/flowers/small/' in line]
  assert len(of_artifacts) == 6
  for line in of_artifacts:
    assert f'the network lacks, such as {_SURPLUS} (1 in all)' in line
    assert 'Momentum' not in line


def test_what_an_artifact_says_of_itself(folder):
  extra = _place(folder, 'classification/1/assets.extra')
  assert (extra / 'labels.txt').read_text().split() == _LABELS
  facts = json.loads((extra / 'model.json').read_text())
  assert facts['classes'] == {
    'count': 3,
    'labels': 'labels.txt',
    'background': None,
  }
  assert facts['weights']['checkpoint'] == 'model.ckpt-7'
  assert facts['weights']['kind'] == 'ema'
  assert facts['weights']['dataset'] == 'flowers'
  assert facts['license'] == 'LicenseRef-Acme'


@pytest.mark.parametrize('number', [1, 2])
def test_its_card_says_whose_it_is_and_nothing_untrue(folder, number):
  words = _place(folder, f'classification/{number}.md').read_text().split()
  text = ' '.join(words)
  for part in (
    f'# Module acme/flowers/small/classification/{number}',
    '<!-- dataset: flowers -->',
    'Tells three flowers apart.',
    'Measured by `acme`, on 300 photographs; slimhub did not measure',
    '| Top-1 accuracy | 93.5 % |',
    'from the checkpoint `model.ckpt-7`',
    'trained on Three Flowers',
    'names the 3 classes',
    'under [LicenseRef-Acme](https://acme.example/licence)',
    'maps them to the [0, 255] that the network was trained with',
  ):
    assert part in text
  for word in ('ImageNet', 'google', '1001', 'authors of TF-Slim', 'archive'):
    assert word not in text
  assert str(folder) not in text


def test_it_is_verified_without_its_spec_file(folder):
  done = _slimhub(folder, 'verify', 'exports', 'acme/flowers/small', '--jobs=1')
  assert done.returncode == 0, done.stderr
  assert done.stdout.count('verified  acme/flowers/small/') == 6


def test_it_stands_on_the_shelf(folder):
  items = {
    str(item.handle): item
    for item in folder_lib.items(folder / 'exports').usable
  }
  assert len(items) == 6
  item = items['acme/flowers/small/classification/2']
  assert item.handle.spec.own
  assert item.handle.spec.own.labels == tuple(_LABELS)
  assert item.handle.fingerprint == item.manifest.spec
  assert str(folder) not in item.manifest.to_json()


def test_what_has_no_manifest_needs_the_spec_file(folder, tmp_path):
  shutil.copytree(folder / 'exports', tmp_path / 'exports')
  _place(tmp_path, 'classification/2.json').unlink()
  path = some_spec_file.write(tmp_path)
  done = _slimhub(tmp_path, 'verify', 'exports', '--jobs=1')
  assert done.returncode == 1
  assert '--force and its --spec_file' in done.stderr
  assert len(folder_lib.items(tmp_path / 'exports').usable) == 5
  registry = model_specs.PUBLISHED.joined([some_spec_file.model()])
  assert path.exists()
  artifacts = folder_lib.find_artifacts(tmp_path / 'exports', registry=registry)
  assert len(artifacts.usable) == 6


def test_a_model_without_classifier(tmp_path):
  model = some_spec_file.model(num_classes=None, name='bare')
  inference, _ = networks.sources(model)
  held = {
    name: value
    for name, value in synthetic.tensors(inference.shapes).items()
    if not name.startswith(_CLASSIFIER)
  }
  checkpoints.write(tmp_path / 'bare.ckpt', held)
  path = some_spec_file.write(
    tmp_path, num_classes=None, name='bare', checkpoint='bare.ckpt'
  )
  done = _slimhub(
    tmp_path,
    *('export', 'bare', f'--spec_file={path}', '--output_dir=exports'),
    '--jobs=1',
  )
  assert done.returncode == 0, done.stderr
  (one, two) = folder_lib.find_artifacts(tmp_path / 'exports').usable
  assert (one.task, two.task) == ('feature_vector', 'feature_vector')
  card = places.place(tmp_path / 'exports', two).card.read_text()
  assert 'there is no classifier with it' in ' '.join(card.split())
  assert '/classification/' not in card
  order = orders.Order(orders.VERIFY, (one, two), tmp_path / 'exports')
  assert [result.status for result in verify.run(order)] == ['verified'] * 2


def test_a_classifier_that_the_checkpoint_lacks_fails_alone(tmp_path):
  model = some_spec_file.model()
  inference, _ = networks.sources(model)
  held = {
    name: value
    for name, value in synthetic.tensors(inference.shapes).items()
    if not name.startswith(_CLASSIFIER)
  }
  checkpoints.write(tmp_path / 'bare.ckpt', held)
  path = some_spec_file.write(
    tmp_path, checkpoint='bare.ckpt', tf1_version=None
  )
  done = _slimhub(
    tmp_path,
    *('export', 'small', f'--spec_file={path}', '--output_dir=exports'),
    '--jobs=1',
  )
  assert done.returncode == 1
  assert 'exported  acme/flowers/small/feature_vector/2' in done.stdout
  assert 'bare.ckpt has no classifier' in done.stderr
  assert 'leave num_classes out of the spec' in done.stderr


def test_the_bill_of_materials_links_the_licence(folder):
  bom = json.loads(_place(folder, 'classification/2.cdx.json').read_text())
  assert 'https://acme.example/licence' in json.dumps(bom['metadata'])
