"""Networks that nothing was published of go all the way, in every format.

LeNet has one channel, CifarNet standardizes images and has random features in
training mode, and neither has batch norm.
"""

import json
import pathlib

import numpy as np
from PIL import Image
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from exporter import formats as formats_lib
from exporter import networks
from exporter.checkpoints import synthetic
from exporter.cli import entry
import model_specs
from model_specs import formats
from model_specs import spec_files
from tests import checkpoints_made
from tests import shared
from tests import some_spec_file

_TFJS = 'tfjs.float32'
_NETWORKS = {'lenet': 28, 'cifarnet': 32}
_SAVED_MODELS = ('tf1', 'tf2')
# Task -> its formats; converted features lack a layer, and have no other.
_FORMATS = {
  'classification': (
    *(*_SAVED_MODELS, 'litert', 'onnx', 'onnx.model_nchw', 'tfjs'),
  ),
  'feature_vector': _SAVED_MODELS,
}


def _main(*argv: object) -> int:
  return entry.main(entry.parse(['slimhub', *map(str, argv)]))


def _model(folder: pathlib.Path, network: str) -> model_specs.ModelSpec:
  (model,) = spec_files.load_registry(folder / network / 'models.toml').own
  return model


def _tensors(model: model_specs.ModelSpec) -> dict[str, np.ndarray]:
  inference = networks.build(networks.architecture(model), False)
  return synthetic.tensors(inference.shapes)


def _export(folder: pathlib.Path) -> None:
  pictures = folder / 'pictures'
  for number, picture in enumerate(synthetic.synthetic_pictures(90, 40)):
    path = pictures / f'{number % 3}' / f'{number}.png'
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
  for network, size in _NETWORKS.items():
    (folder / network).mkdir()
    some_spec_file.write(
      folder / network,
      name=network,
      network=network,
      multiplier=None,
      size=size,
      checkpoint='old.ckpt',
    )
    checkpoints_made.write(
      folder / network / 'old.ckpt',
      _tensors(_model(folder, network)),
      old_format=True,
    )
  for task, words in _FORMATS.items():
    done = _main(
      *('export', *(f'{network}/{task}' for network in _NETWORKS)),
      *(f'--spec_file={folder / n / "models.toml"}' for n in _NETWORKS),
      *('--output_dir', folder / 'exports', '--formats', ','.join(words)),
      *(('--representative_images', pictures / '0') * ('litert' in words)),
      '--jobs=1',
    )
    assert done == 0


@pytest.fixture(scope='module', name='folder')
def _folder() -> pathlib.Path:
  return shared.once('small_networks', _export)


def _place(folder: pathlib.Path, name: str) -> pathlib.Path:
  return folder / 'exports/acme/flowers' / name


@pytest.mark.parametrize('network', _NETWORKS)
def test_every_format_computes_what_the_network_does(folder, network):
  model = _model(folder, network)
  inference = networks.build(networks.architecture(model), False)
  inference.load(_tensors(model))
  channels = model.family.channels
  images = synthetic.synthetic_images(
    2, model.size, model.size, channels=channels
  )
  logits, endpoints = inference.run(
    (inference.logits, inference.endpoints), images
  )
  loaded = tf.saved_model.load(_place(folder, f'{network}/classification/2'))
  outputs = loaded(images, return_endpoints=True)
  np.testing.assert_allclose(outputs['default'], logits, rtol=1e-4, atol=1e-5)
  scope = model.family.scope
  assert outputs.keys() == {
    'default',
    *(f'{scope}/{name}' for name in endpoints),
  }
  assert outputs[f'{scope}/Flatten'].shape == (2, 64 * (model.size // 4) ** 2)
  with pytest.raises((ValueError, TypeError)):
    loaded(images[..., :1] if channels == 3 else images.repeat(3, -1))
  handle = model.handles((2,))[0]
  for word in ('litert.float32', 'onnx.model', 'onnx.model_nchw', _TFJS):
    conversion = formats.convert(handle, model_specs.kinds.get(word))
    path = folder / 'exports' / str(conversion)
    run = formats_lib.of(conversion).load(conversion, path, 1)
    np.testing.assert_allclose(run(images), logits, rtol=1e-3, atol=1e-4)


def test_all_verify_from_their_files_alone(folder):
  assert _main('verify', folder / 'exports') == 0


def test_modules_without_batch_norm_have_the_signatures_of_all_others(folder):
  data = _place(folder, 'lenet/feature_vector/1/saved_model.pb').read_bytes()
  model = saved_model_pb2.SavedModel.FromString(data)
  for meta in model.meta_graphs:
    assert meta.signature_def.keys() == {
      *('default', 'image_feature_vector'),
      'image_feature_vector_with_bn_hparams',
    }
    hparams = meta.signature_def['image_feature_vector_with_bn_hparams']
    assert hparams.inputs.keys() == {'images', 'batch_norm_momentum'}
    assert not meta.collection_def['update_ops'].node_list.value


@pytest.mark.parametrize('network', _NETWORKS)
def test_random_outputs_of_training_are_proven_by_their_shapes(folder, network):
  name = _place(folder, f'{network}/feature_vector/2.json')
  proof = {c['name']: c for c in json.loads(name.read_text())['proof']}
  assert 'moving averages' not in proof  # There are none.
  assert proof['training outputs']['compared'] > 8


def test_it_is_evaluated_on_pictures(folder, capsys):
  done = _main(
    *('evaluate', _place(folder, 'lenet/classification/2')),
    *('--images', folder / 'pictures'),
  )
  assert done == 0
  assert 'lenet/classification/2' in capsys.readouterr().out


def test_it_says_that_its_images_are_grey(folder):
  facts = _place(folder, 'lenet/classification/2/assets.extra/model.json')
  assert json.loads(facts.read_text())['input']['color'] == 'grayscale'
