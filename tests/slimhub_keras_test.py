import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
import slimhub_keras
from tests import artifacts_made as artifacts
from tests import keras_models

TF1 = f'{artifacts.TINY}/feature_vector/3'
FIXED_SIZE = f'{artifacts.V2}/feature_vector/5'


@pytest.mark.parametrize('name', [keras_models.FEATURES, keras_models.LOGITS])
@pytest.mark.parametrize('size', [(32, 32), (40, 56)])
def test_answers_what_the_model_does(name, size):
  images = synthetic.synthetic_images(3, *size)
  expected = keras_models.original(name)(tf.constant(images)).numpy()
  layer = keras_models.layer(name)
  model = keras_models.model(layer)
  assert model.output_shape == (None, expected.shape[1])
  keras_models.assert_close(layer(images), expected)
  keras_models.assert_close(keras_models.predict(model, images), expected)
  keras_models.assert_close(
    keras_models.predict(model, images[:1]), expected[:1]
  )


def test_it_tells_the_shapes_of_its_outputs():
  layer = keras_models.layer()
  width = keras_models.original()(tf.constant(keras_models.IMAGES)).shape[1]
  assert layer.compute_output_shape((None, 32, 32, 3)) == (None, width)
  endpoints = keras_models.layer(return_endpoints=True)
  shapes = endpoints.compute_output_shape((5, 32, 32, 3))
  assert shapes['default'] == (5, width)


@pytest.mark.parametrize('number', [np.float64(0.5), tf.constant(0.5), 0.5])
def test_a_momentum_may_be_a_number_of_any_library(number):
  layer = keras_models.layer(trainable=True, batch_norm_momentum=number)
  layer(keras_models.IMAGES, training=True)
  assert layer.get_config()['batch_norm_momentum'] == 0.5


def _averages_after_a_step(**options) -> np.ndarray:
  layer = keras_models.layer(trainable=True, **options)
  layer(keras_models.IMAGES, training=True)
  averages = [np.ravel(v) for v in layer.non_trainable_variables]
  return np.concatenate(averages)


def test_a_momentum_of_0_is_one_too():
  by_default = _averages_after_a_step()
  of_batch = _averages_after_a_step(batch_norm_momentum=0.0)
  assert not np.allclose(by_default, of_batch)


@pytest.mark.parametrize('number', [1.5, -0.1, float('nan')])
def test_a_momentum_that_is_none_is_refused(number):
  with pytest.raises(
    ValueError, match=f'is {number}, expected a number from 0'
  ):
    keras_models.layer(batch_norm_momentum=number)


def test_frames_of_a_film_are_its_images():
  film = np.stack([keras_models.IMAGES, keras_models.IMAGES[::-1]], axis=1)
  inputs = keras.Input(film.shape[1:])
  layer = keras_models.layer()
  outputs = keras.layers.TimeDistributed(layer)(inputs)
  expected = layer(keras_models.IMAGES)
  answers = keras_models.predict(keras.Model(inputs, outputs), film)
  keras_models.assert_close(answers[:, 0], expected)
  keras_models.assert_close(answers[:, 1], expected[::-1])


def test_calls_in_one_model_share_the_weights():
  layer = keras_models.layer(trainable=True)
  inputs = [keras.Input([32, 32, 3]), keras.Input([40, 56, 3])]
  outputs = keras.layers.Concatenate()([layer(one) for one in inputs])
  model = keras.Model(inputs, outputs)
  others = synthetic.synthetic_images(4, 40, 56)
  original = keras_models.original()
  expected = [
    original(tf.constant(images)) for images in (keras_models.IMAGES, others)
  ]
  keras_models.assert_close(
    keras_models.predict(model, [keras_models.IMAGES, others]),
    np.concatenate(expected, 1),
  )
  assert len(model.weights) == len(original.variables)
  model([keras_models.IMAGES, others])
  assert len(model.losses) == 1


@pytest.mark.parametrize('size', [None, 32])
def test_returns_all_endpoints(size):
  expected = keras_models.original()(
    tf.constant(keras_models.IMAGES), return_endpoints=True
  )
  layer = keras_models.layer(return_endpoints=True)
  inputs = keras.Input([size, size, 3])
  endpoints = keras_models.predict(keras.Model(inputs, layer(inputs)))
  assert sorted(endpoints) == sorted(expected)
  assert 'default' in endpoints
  for key, endpoint in expected.items():
    keras_models.assert_close(endpoints[key], endpoint.numpy())


def test_holds_the_weights_from_the_start():
  layer = keras_models.layer(FIXED_SIZE, trainable=True)
  assert len(layer.trainable_weights) == 156
  assert len(layer.non_trainable_weights) == 104
  layer.trainable = False
  assert len(layer.trainable_weights) == 0
  assert len(layer.non_trainable_weights) == 260


def test_is_frozen_unless_asked():
  model = keras_models.model(keras_models.layer(), keras.layers.Dense(2))
  assert len(model.trainable_weights) == 2


@pytest.fixture(name='mixed_precision')
def _mixed_precision():
  before = keras.mixed_precision.dtype_policy()
  keras.mixed_precision.set_dtype_policy('mixed_float16')
  yield
  keras.mixed_precision.set_dtype_policy(before)


@pytest.mark.usefixtures('mixed_precision')
def test_computes_in_float32_under_mixed_precision():
  layer = keras_models.layer(trainable=True)
  halves = keras_models.IMAGES.astype(np.float16)
  expected = keras_models.original()(
    tf.constant(halves.astype(np.float32))
  ).numpy()
  assert layer(halves).dtype == 'float32'
  keras_models.assert_close(layer(halves), expected)
  model = keras_models.model(layer, keras.layers.Dense(2))
  before = keras_models.values(layer)
  # Without the large scale to begin with, which skips steps that overflow.
  optimizer = keras.optimizers.LossScaleOptimizer(
    keras.optimizers.Adam(), initial_scale=1.0
  )
  (loss,) = keras_models.fit(model, optimizer)
  assert np.isfinite(loss)
  assert all(keras_models.moved(before, layer))


@pytest.mark.parametrize('dtype', ['float16', 'mixed_bfloat16'])
def test_refuses_another_dtype(dtype):
  with pytest.raises(ValueError, match=f'dtype is {dtype}, expected float32'):
    keras_models.layer(dtype=dtype)


def test_refuses_another_backend(monkeypatch):
  monkeypatch.setattr(keras.config, 'backend', lambda: 'jax')
  with pytest.raises(RuntimeError, match='is jax, expected tensorflow'):
    keras_models.layer()


def _plain_saved_model(folder):
  tf.saved_model.save(tf.train.Checkpoint(v=tf.Variable(1.0)), folder)


@pytest.mark.parametrize(
  ('prepare', 'found', 'advice'),
  [
    (shutil.rmtree, 'nothing', 'correct the path'),
    (lambda _: None, 'no SavedModel', 'correct the path'),
    (
      lambda folder: artifacts.write(TF1, folder),
      'a TF1 hub.Module',
      '4 or 5 of the published ones',
    ),
    (_plain_saved_model, 'a SavedModel without __call__', 'TFSMLayer'),
  ],
)
def test_says_what_is_wrong_with_a_path(prepare, found, advice, tmp_path):
  prepare(tmp_path)
  with pytest.raises(ValueError, match=f'found {found}') as caught:
    slimhub_keras.SlimLayer(tmp_path)
  message = str(caught.value)
  assert message.startswith(f'{tmp_path}: ')
  assert advice in message
  assert '\n' not in message


def test_a_url_is_downloaded_by_others():
  with pytest.raises(ValueError, match=r'a URL, .*tensorflow_hub\.resolve'):
    slimhub_keras.SlimLayer('http://127.0.0.1:1/google/imagenet/a/5')


@pytest.mark.parametrize(
  ('images', 'message'),
  [
    (
      synthetic.synthetic_images(1, 32, 32),
      r'expected shape=\(None, 96, 96, 3\)',
    ),
    (synthetic.synthetic_images(1, 96, 96)[0], 'expected ndim=4'),
    (tf.zeros([1, 96, 96, 3], tf.uint8), 'expected dtype=float32'),
  ],
)
def test_says_what_is_wrong_with_images(images, message):
  with pytest.raises(ValueError, match=message):
    keras_models.layer(FIXED_SIZE)(images)
