"""Keras 3 with nothing else, and Keras 2 with hub.KerasLayer."""

import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from exporter import synthetic
from tests import artifacts
from tests.consumers import environments

V1, V2 = artifacts.V1, artifacts.V2
V1_LOGITS = f'{V1}/classification/5'
V2_LOGITS = f'{V2}/classification/5'


def _images(name, count=4):
  size = artifacts.handle(name).spec.size
  return synthetic.images(count, size, size)


def _layer(name):
  return keras.layers.TFSMLayer(
    str(artifacts.folder(name)),
    call_endpoint='serve',
    call_training_endpoint='train',
  )


def _model(name, layer):
  shape = _images(name).shape[1:]
  return keras.Sequential([keras.Input(shape), layer])


def _values(variables):
  return [variable.numpy() for variable in variables]


@pytest.mark.parametrize(
  ('name', 'trainable', 'others'), [(V1_LOGITS, 83, 54), (V2_LOGITS, 158, 104)]
)
def test_keras_3_counts_the_weights(name, trainable, others):
  layer = _layer(name)
  assert keras.__version__.startswith('3.')
  assert len(layer.trainable_weights) == trainable
  assert len(layer.non_trainable_weights) == others


def test_keras_3_answers_what_the_model_does():
  images = _images(V2_LOGITS)
  found = _model(V2_LOGITS, _layer(V2_LOGITS)).predict(images, verbose=0)
  model = tf.saved_model.load(str(artifacts.folder(V2_LOGITS)))
  expected = model(tf.constant(images)).numpy()
  np.testing.assert_allclose(found, expected, atol=1e-4 * expected.std())


@pytest.mark.parametrize('name', [V1_LOGITS, V2_LOGITS])
def test_keras_3_fine_tunes_all_weights(name):
  layer = _layer(name)
  model = _model(name, layer)
  model.compile(keras.optimizers.SGD(1e-2), 'mse')
  before = _values(layer.weights)
  model.fit(_images(name), np.ones([4, 1001]), verbose=0, batch_size=4)
  unmoved = [
    variable.name
    for variable, old in zip(layer.weights, before, strict=True)
    if np.all(variable.numpy() == old)
  ]
  # Between two linear layers, the second one normalized, a shift is nothing.
  assert not [n for n in unmoved if '_project_BatchNorm_beta' not in n]


def test_keras_3_saves_and_loads_exactly(tmp_path):
  model = _model(V1_LOGITS, _layer(V1_LOGITS))
  for variable in model.weights:
    variable.assign(variable * 1.25)
  path = tmp_path / 'model.keras'
  model.save(path)
  again = keras.saving.load_model(path, safe_mode=False)
  images = _images(V1_LOGITS)
  np.testing.assert_array_equal(
    again.predict(images, verbose=0), model.predict(images, verbose=0)
  )


@pytest.mark.parametrize('size', [(128, 128), (96, 160)])
def test_keras_3_calls_the_serving_signature(size):
  layer = keras.layers.TFSMLayer(
    str(artifacts.folder(V1_LOGITS)), call_endpoint='serving_default'
  )
  answer = layer(synthetic.images(1, *size))
  assert answer['logits'].shape == (1, 1001)


@pytest.fixture(scope='module')
def keras_2(tmp_path_factory):
  """What hub.KerasLayer does in Keras 2."""
  path = tmp_path_factory.mktemp('keras_2') / 'images.npy'
  np.save(path, _images(V1_LOGITS))
  return environments.run(
    sys.executable,
    'tf_keras_client',
    artifacts.folder(V1_LOGITS),
    path,
    TF_USE_LEGACY_KERAS='1',
  )


def test_keras_2_answers_what_the_model_does(keras_2):
  model = tf.saved_model.load(str(artifacts.folder(V1_LOGITS)))
  outputs = model(tf.constant(_images(V1_LOGITS)), return_endpoints=True)
  expected = float(np.sum(outputs['default'], dtype=np.float64))
  assert keras_2['keras'].startswith('tf_keras.')
  assert keras_2['shape'] == [4, 1001]
  assert keras_2['sum'] == pytest.approx(expected, rel=1e-3)
  assert keras_2['signed sum'] == pytest.approx(expected, rel=1e-3)
  assert keras_2['endpoints'] == sorted(outputs)


def test_keras_2_fine_tunes_all_weights(keras_2):
  assert keras_2['trainable'] == keras_2['moved trainable'] == 83
  assert keras_2['others'] == keras_2['moved others'] == 54
  assert keras_2['losses'] == 1
  assert np.isfinite(keras_2['loss'])


def test_keras_2_hands_the_momentum_on(keras_2):
  model = tf.saved_model.load(str(artifacts.folder(V1_LOGITS)))
  moving = next(v for v in model.variables if '/moving_mean' in v.name)
  images = tf.constant(_images(V1_LOGITS))
  old = float(moving[0])
  model(images, training=True, batch_norm_momentum=0.9)
  assert keras_2['mean'] == pytest.approx([old, float(moving[0])], rel=1e-4)
