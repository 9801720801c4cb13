"""Small models around a SlimLayer, and what its tests ask of them."""

import keras
import numpy as np
import tensorflow as tf

from exporter.checkpoints import synthetic
import slimhub_keras
from tests import artifacts_made as artifacts

FEATURES = f'{artifacts.TINY}/feature_vector/5'
LOGITS = f'{artifacts.TINY}/classification/5'
IMAGES = synthetic.synthetic_images(4, 32, 32)


def layer(name: str = FEATURES, **arguments) -> slimhub_keras.SlimLayer:
  """A layer of the artifact NAME/TASK/VERSION."""
  return slimhub_keras.SlimLayer(artifacts.folder(name), **arguments)


def model(first, *more) -> keras.Model:
  """A model of some layers, for images of any size, always the same."""
  keras.utils.set_random_seed(0)  # New layers are built here.
  return keras.Sequential([keras.Input([None, None, 3]), first, *more])


def tunable(**arguments) -> keras.Model:
  """A new layer on features, for two classes; it trains as a whole."""
  return model(layer(trainable=True, **arguments), keras.layers.Dense(2))


def fit(trained, optimizer='sgd', loss='mse', **arguments) -> list[float]:
  """Trains a model on IMAGES; returns the losses."""
  # XLA takes longer to compile these models than to run them.
  trained.compile(optimizer, loss, jit_compile=False)
  targets = np.ones([len(IMAGES), *trained.output_shape[1:]])
  return trained.fit(IMAGES, targets, verbose=0, **arguments).history['loss']


def predict(trained, images=IMAGES):
  """What a model's `predict` returns."""
  return trained.predict(images, verbose=0)


def values(owner) -> list[np.ndarray]:
  """The weights of a layer or model."""
  return [variable.numpy() for variable in owner.weights]


def moved(before, owner) -> list[bool]:
  """Whether each weight is another than before."""
  pairs = zip(before, values(owner), strict=True)
  return [bool(np.any(old != new)) for old, new in pairs]


def original(name: str = FEATURES):
  """The artifact, loaded by TensorFlow without Keras."""
  return tf.saved_model.load(str(artifacts.folder(name)))


def assert_close(outputs, expected) -> None:
  """Asserts equality to 1e-5 of the standard deviation."""
  tolerance = 1e-5 * np.std(expected)
  np.testing.assert_allclose(outputs, expected, rtol=0, atol=tolerance)
