import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import keras_models


@pytest.mark.parametrize(
  'optimizer',
  [
    keras.optimizers.SGD,
    lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.RMSprop,
  ],
)
def test_every_optimizer_moves_every_weight(optimizer):
  model = keras_models.tunable()
  before = keras_models.values(model)
  keras_models.fit(model, optimizer(1e-2))
  assert all(keras_models.moved(before, model))
  paths = [variable.path for variable in model.variables]
  assert not [path for path in paths if ':' in path]


@pytest.mark.parametrize('jit_compile', [False, True])
def test_fine_tuning_learns(jit_compile):
  """Stripes that lie and stripes that stand, with noise on them."""
  random = np.random.default_rng(0)
  labels = np.arange(32) % 2
  lying = np.indices([32, 32])[0] // 4 % 2
  images = np.stack([lying.T if label else lying for label in labels])
  images = images[..., np.newaxis] * 0.8 + random.random([32, 32, 32, 3]) * 0.2
  model = keras_models.tunable(batch_norm_momentum=0.9)
  loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
  model.compile(keras.optimizers.Adam(1e-2), loss, jit_compile=jit_compile)
  history = model.fit(images, labels, batch_size=16, epochs=10, verbose=0)
  first, *_, last = history.history['loss']
  assert last < first / 2


def test_a_model_that_is_not_built_trains():
  model = keras.Sequential(
    [keras_models.layer(trainable=True), keras.layers.Dense(2)]
  )
  model.compile('adam', 'mse', jit_compile=False)
  before = keras_models.values(model.layers[0])
  model.fit(keras_models.IMAGES, np.ones([4, 2]), verbose=0)
  assert all(keras_models.moved(before, model.layers[0]))


@pytest.mark.parametrize('momentum', [None, 0.9])
def test_the_moving_averages_follow_the_momentum(momentum):
  original = keras_models.original()
  old = {v.name: v.numpy() for v in original.variables}
  # With nothing left of the old ones, they are the batch's statistics.
  original(
    tf.constant(keras_models.IMAGES), training=True, batch_norm_momentum=0.0
  )
  batch = {v.name: v.numpy() for v in original.variables}
  model = keras_models.tunable(batch_norm_momentum=momentum)
  keras_models.fit(model)
  kept = 0.99 if momentum is None else momentum
  moving = model.layers[0].non_trainable_weights
  names = [v.name for v in original.variables if '/moving_' in v.name]
  assert len(moving) == len(names) == 4
  for variable, name in zip(moving, names, strict=True):
    expected = kept * old[name] + (1 - kept) * batch[name]
    assert np.any(old[name] != batch[name])
    np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-4, atol=1e-6)


def _freeze_layer(layer):
  layer.trainable = False
  return layer


def _freeze_model_around_it(layer):
  model = keras_models.model(layer)
  model.trainable = False
  return model


def _freeze_again(layer):
  for trainable in (False, True, False):
    layer.trainable = trainable
  return layer


@pytest.mark.parametrize(
  'freeze', [_freeze_layer, _freeze_model_around_it, _freeze_again]
)
def test_a_frozen_layer_is_constant(freeze):
  layer, head = keras_models.layer(trainable=True), keras.layers.Dense(2)
  model = keras_models.model(freeze(layer), head)
  before, head_before = keras_models.values(layer), keras_models.values(head)
  expected = layer(keras_models.IMAGES).numpy()
  keras_models.fit(model, 'adam', epochs=2)
  assert not any(keras_models.moved(before, layer))
  assert all(keras_models.moved(head_before, head))
  np.testing.assert_array_equal(
    layer(keras_models.IMAGES, training=True), expected
  )


def test_frozen_by_argument_and_trained_afterwards():
  model = keras_models.model(keras_models.layer(), keras.layers.Dense(2))
  layer = model.layers[0]
  before = keras_models.values(layer)
  keras_models.fit(model, 'adam')
  assert not any(keras_models.moved(before, layer))
  layer.trainable = True
  keras_models.fit(model, 'adam')
  assert all(keras_models.moved(before, layer))


def _penalty():
  original = keras_models.original()
  return float(sum(loss() for loss in original.regularization_losses))


def test_the_regularization_is_a_loss():
  layer = keras_models.layer(trainable=True)
  model = keras_models.model(layer)
  layer(keras_models.IMAGES)
  model(keras_models.IMAGES)
  for losses in (layer.losses, model.losses):
    assert [float(loss) for loss in losses] == pytest.approx([_penalty()])
  assert _penalty() > 0


def test_the_regularization_stays_when_the_first_layers_are_frozen():
  model = keras_models.tunable()
  layer = model.layers[0]
  *frozen, last = [v for v in layer.trainable_variables if len(v.shape) > 1]
  assert frozen
  for variable in layer.trainable_variables:
    variable.trainable = variable is last
  assert layer.trainable_variables == [last]
  assert [float(x) for x in model.losses] == pytest.approx([_penalty()])
  before = keras_models.values(layer)
  keras_models.fit(model, keras.optimizers.SGD(1e-2))
  names = [v.path for v in layer.weights]
  moved = dict(zip(names, keras_models.moved(before, layer), strict=True))
  assert moved[last.path]
  assert not any(moved[variable.path] for variable in frozen)


def test_the_regularization_counts_in_fit():
  model = keras_models.model(keras_models.layer(trainable=True))
  nothing = keras_models.fit(model, loss=lambda _, outputs: 0.0 * outputs)
  assert nothing == pytest.approx([_penalty()])
  kernel = model.layers[0].trainable_weights[0]
  expected = keras_models.original().trainable_variables[0].numpy()
  assert np.all(np.abs(kernel.numpy()) < np.abs(expected))  # It decayed.


def test_no_regularization_when_frozen_or_unwanted():
  frozen, unwanted = (
    keras_models.layer(),
    keras_models.layer(trainable=True, regularize=False),
  )
  for layer in (frozen, unwanted):
    layer(keras_models.IMAGES)
    assert layer.losses == []
  frozen.trainable = True
  assert len(frozen.losses) == 1
