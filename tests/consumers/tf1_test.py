"""TensorFlow 1.15.5 with tensorflow-hub 0.12.0 on what is exported today."""

import functools
import tempfile

import numpy as np
import pytest
import tensorflow as tf

from exporter import synthetic
from tests import artifacts
from tests.consumers import environments

V1_LOGITS = f'{artifacts.V1}/classification/3'
V2_FEATURES = f'{artifacts.V2}/feature_vector/3'
SAVED = f'{artifacts.V1}/feature_vector/5'
# In standard deviations. What is added in another order differs more in the
# single values of an endpoint than in the output, and more so in training.
_TOLERANCES = {'default': 1e-4, 'endpoint': 1e-3, 'training': 1e-2}

modules = pytest.mark.parametrize('name', [V1_LOGITS, V2_FEATURES])
everything = pytest.mark.parametrize('name', [V1_LOGITS, V2_FEATURES, SAVED])


def _images(name):
  size = artifacts.handle(name).spec.size
  return synthetic.images(4, size, size)


@functools.cache
def _use(name):
  """What the old client says of an artifact: facts and arrays."""
  python = environments.interpreter(environments.TF1)
  kind = 'saved_model' if name.endswith('/5') else 'module'
  with tempfile.TemporaryDirectory() as folder:
    images, output = f'{folder}/images.npy', f'{folder}/output.npz'
    np.save(images, _images(name))
    path = artifacts.folder(name)
    facts = environments.run(python, 'tf1_client', kind, path, images, output)
    with np.load(output) as arrays:
      return facts, dict(arrays)


def _parts(name, prefix):
  """The arrays below a prefix."""
  _, arrays = _use(name)
  return {
    key.partition(':')[2]: value
    for key, value in arrays.items()
    if key.startswith(f'{prefix}:')
  }


def _assert_close(found, expected, kind=None):
  assert found.keys() == expected.keys()
  differences = {
    key: float(np.abs(value - expected[key]).max() / np.std(expected[key]))
    for key, value in found.items()
  }
  print(differences)  # noqa: T201 - pytest shows it beside a failure.
  for key, difference in differences.items():
    is_default = key == 'default'
    limit = kind or ('default' if is_default else 'endpoint')
    assert difference <= _TOLERANCES[limit], key


@everything
def test_the_client_is_as_old_as_it_says(name):
  facts, _ = _use(name)
  assert facts['tensorflow'] == '1.15.5'


@pytest.mark.parametrize(
  ('name', 'size', 'losses', 'updates', 'trainable'),
  [(V1_LOGITS, 128, 15, 54, 83), (V2_FEATURES, 96, 35, 104, 156)],
)
def test_a_module_says_what_it_is(name, size, losses, updates, trainable):
  facts, _ = _use(name)
  inference, training = facts['inference'], facts['training']
  assert inference['size'] == [size, size]
  assert inference['losses'] == 0  # Collected only where it is trainable.
  assert inference['updates'] == 0
  assert training['losses'] == losses
  assert training['updates'] == updates
  assert training['trainable'] == trainable
  (meta, _) = artifacts.read(artifacts.folder(name)).meta_graphs
  assert inference['outputs'] == {
    key: sorted(signature.outputs)
    for key, signature in meta.signature_def.items()
  }


@modules
def test_a_module_answers_as_today(name):
  module = artifacts.Module(artifacts.folder(name))
  for signature in module.meta.signature_def:
    if not signature.endswith('_hparams'):
      expected = module.call(signature, images=_images(name))
      _assert_close(_parts(name, signature), expected)


@everything
def test_moving_averages_move_by_the_momentum_passed(name):
  moving = _parts(name, 'moving')
  expected = (moving['before'] + moving['batch']) / 2
  assert np.abs(moving['before'] - moving['after']).max() > 0.01
  np.testing.assert_allclose(moving['after'], expected, rtol=1e-4, atol=1e-5)


@modules
def test_fine_tuning_a_module_lowers_the_loss(name):
  facts, _ = _use(name)
  losses = facts['training']['loss of each step']
  assert losses == sorted(losses, reverse=True)
  assert losses[-1] < losses[0]


def test_a_saved_model_answers_as_today():
  model = tf.saved_model.load(str(artifacts.folder(SAVED)))
  images = tf.constant(_images(SAVED))
  expected = {
    key: value.numpy()
    for key, value in model(images, return_endpoints=True).items()
  }
  default = {'default': expected['default']}
  _assert_close(_parts(SAVED, '__call__'), expected)
  _assert_close(_parts(SAVED, 'serve'), default)
  _assert_close(_parts(SAVED, 'KerasLayer'), default)
  (served,) = _parts(SAVED, 'serving_default').values()
  _assert_close({'default': served}, default)


def test_a_saved_model_says_what_it_is():
  facts, _ = _use(SAVED)
  assert facts['variables'] == 135
  assert facts['trainable'] == 81
  model = tf.saved_model.load(str(artifacts.folder(SAVED)))
  expected = float(model.regularization_losses[0]())
  assert facts['loss'] == pytest.approx(expected, rel=1e-5)
  assert facts['missing gradients'] == [0, 0]


def test_a_keras_layer_counts_all_weights():
  facts, _ = _use(SAVED)
  assert facts['layer'] == {
    'trainable weights': 81,
    'other weights': 54,
    'moved weights': 54,
    'layer losses': 1,
  }


@modules
def test_training_answers_as_today(name):
  module = artifacts.Module(artifacts.folder(name), 'train')
  expected = module.call('image_feature_vector', images=_images(name))
  found, expected = (
    {k: v for k, v in outputs.items() if not k.endswith('/Logits')}  # Dropout.
    for outputs in (_parts(name, 'train'), expected)
  )
  _assert_close(found, expected, 'training')
