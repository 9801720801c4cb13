"""What may be done with a layer in Keras 2 and 3, whichever layer it is.

In the syntax of Python 3.7.
"""

import os
import pathlib
import tempfile

import numpy as np
import tensorflow as tf

from tests.consumers import case as case_lib

_CLASSES = 3
_REFUSALS = (
  'Could not find matching',
  'Can not cast TensorSpec',
  'is incompatible with the layer',
)


class Layers:
  """A way to make a layer of an artifact; subclasses say which."""

  keras = None  # The module.
  counts_losses = True
  file_name = 'model'  # A folder: a SavedModel.

  def infer_layer(self, path):
    """A layer to be used as it is."""
    raise NotImplementedError

  def frozen_layer(self, path):
    """A layer that is not to be trained, and says so."""
    raise NotImplementedError

  def train_layer(self, path, momentum=None):
    """A layer to be trained."""
    raise NotImplementedError

  def load(self, path):
    """A saved model, loaded."""
    raise NotImplementedError

  def values(self, variables):
    """The arrays of variables."""
    return [variable.numpy() for variable in variables]


class Uses:
  """The uses of a layer."""

  def __init__(self, layers):
    self._layers = layers
    self._keras = layers.keras

  def _model(self, case, layer, *more, size=None):
    height, width = size or (case.size, case.size)
    keras = self._keras
    image = keras.layers.Input([height, width, 3])
    output = layer(image)
    for next_layer in more:
      output = next_layer(output)
    return keras.models.Model(image, output)

  def _head(self):
    return self._keras.layers.Dense(_CLASSES, kernel_initializer='zeros')

  def _compile(self, case, model, optimizer=None):
    losses = self._keras.losses
    model.compile(
      optimizer or self._keras.optimizers.SGD(case.rate),
      losses.SparseCategoricalCrossentropy(from_logits=True),
    )

  def _fit(self, case, model, steps, images='tuning_images'):
    """The loss of each step."""
    batch = case[images]
    history = model.fit(
      batch,
      case['labels'][: len(batch)],
      batch_size=len(batch),
      epochs=steps,
      shuffle=False,
      verbose=0,
    )
    return history.history['loss']

  def _tuned(self, case, steps, momentum=None, images='tuning_images'):
    layer = self._layers.train_layer(case.path, momentum)
    return (layer, *self._tune(case, layer, steps, images))

  def _tune(self, case, layer, steps, images='tuning_images'):
    head = [] if case.classifies else [self._head()]
    model = self._model(case, layer, *head)
    self._compile(case, model)
    return model, self._fit(case, model, steps, images)

  def _predict(self, model, images):
    return {'default': model.predict(images, verbose=0)}

  def infer(self, case):
    """The answer of a model that is this layer."""
    layer = self._layers.infer_layer(case.path)
    answer = self._predict(self._model(case, layer), case['images'])
    return case_lib.close(answer, {'default': case['default']})

  def batch_sizes(self, case):
    """Batches of 1, 3 and 8 by one model."""
    model = self._model(case, self._layers.infer_layer(case.path))
    return max(
      case_lib.close(
        self._predict(model, case['images'][:count]),
        {'default': case['default'][:count]},
      )
      for count in (1, 3, 8)
    )

  def any_size(self, case):
    """Other sizes than the default, also where height and width differ."""
    if not case.variable_size:
      return None
    layer = self._layers.infer_layer(case.path)
    model = self._model(case, layer, size=(None, None))
    return max(
      case_lib.close(self._predict(model, images), {'default': expected})
      for images, expected in case.sizes()
    )

  def refused_size(self, case):
    """Another size, where there is only one."""
    if case.variable_size:
      return None
    layer = self._layers.infer_layer(case.path)
    size = case.wrong_images.shape[1:3]
    return case_lib.refused(
      _REFUSALS, lambda: self._model(case, layer, size=size)
    )

  def weights(self, case):
    """The layer's weights are the model's variables."""
    layer = self._layers.train_layer(case.path)
    self._model(case, layer)
    trainable, counts = len(layer.trainable_weights), case.counts
    case_lib.equal(trainable, counts['trainable'], 'trainable weights')
    case_lib.equal(len(layer.weights), counts['variables'], 'weights')
    return 0

  def regularization(self, case):
    """The layer has one loss, the sum; Keras adds it to that of `fit`."""
    if not self._layers.counts_losses:
      return None
    layer = self._layers.train_layer(case.path)
    self._model(case, layer)
    (loss,) = self._layers.values(layer.losses)
    difference = abs(float(loss) / case.regularization - 1)
    assert difference < 1e-5, f'the sum is off by {difference:g}'
    return difference

  def _moving(self, case, momentum, passed=None):
    layer, _, _ = self._tuned(case, 1, passed, 'images')
    moving = layer.non_trainable_weights
    values = self._layers.values(moving)
    named = {case.key(self._name(v)): values[i] for i, v in enumerate(moving)}
    return case.check_moving(named, momentum)

  def _name(self, variable):
    return getattr(variable, 'path', variable.name)

  def default_momentum(self, case):
    """A step at the momentum that nobody passed."""
    return self._moving(case, case.momentum)

  def momentum(self, case):
    """A step at another momentum, for layers that take one."""
    return self._moving(case, 0.9, 0.9)

  def fine_tune(self, case):
    """Gradient descent by `fit`, which moves every weight."""
    layer = self._layers.train_layer(case.path)
    before = self._layers.values(layer.weights)
    _, losses = self._tune(case, layer, case_lib.STEPS)
    after = self._layers.values(layer.weights)
    unmoved = [
      self._name(variable)
      for i, variable in enumerate(layer.weights)
      if np.array_equal(before[i], after[i])
    ]
    # Between two linear layers, the second one normalized, a shift is nothing.
    unmoved = [n for n in unmoved if '_project_BatchNorm_beta' not in _flat(n)]
    assert not unmoved, f'not trained: {unmoved[:3]}'
    return case_lib.falls(losses)

  def frozen(self, case):
    """A head alone is trained."""
    layer, head = self._layers.frozen_layer(case.path), self._head()
    model = self._model(case, layer, head)
    self._compile(case, model)
    names = [self._name(variable) for variable in layer.weights]
    before = dict(enumerate(self._layers.values(layer.weights)))
    assert len(names) == case.counts['variables'], names
    self._fit(case, model, 3)
    assert self._layers.values(head.weights)[0].any(), 'the head is as it was'
    after = dict(enumerate(self._layers.values(layer.weights)))
    case_lib.unchanged(before, after, 'a frozen variable')
    return 0

  def save(self, case):
    """A fine-tuned model answers the same when saved and loaded."""
    if not case.is_small:
      return None
    _, model, _ = self._tuned(case, 2)
    with tempfile.TemporaryDirectory() as folder:
      path = str(pathlib.Path(folder, self._layers.file_name))
      model.save(path)
      reloaded = self._layers.load(path)
      answer = self._predict(reloaded, case['images'])
    expected = self._predict(model, case['images'])
    case_lib.unchanged(expected, answer, 'an answer')
    return 0

  def gradients_twice(self, case):
    """A persistent tape, asked twice."""
    if not case.is_small or not tf.executing_eagerly():
      return None
    layer = self._layers.train_layer(case.path)
    with tf.GradientTape(persistent=True) as tape:
      output = layer(tf.constant(case['images']), training=True)
      loss = tf.reduce_sum(tf.square(output)) + layer.losses[0]
    for _ in range(2):
      case_lib.all_finite(tape.gradient(loss, layer.trainable_weights))
    return 0


def _flat(name):
  return name.replace('/', '_')


def version():
  """The release of Keras 2 that is `tf.keras` here."""
  if hasattr(tf.keras, '__version__'):  # It came as a part of TensorFlow.
    return tf.keras.__version__
  if 'TF_USE_LEGACY_KERAS' in os.environ:
    import tf_keras as keras
  else:
    import keras
  return keras.__version__


def by_name(uses):
  """The uses that all layers have."""
  return {
    'infer': uses.infer,
    'batch sizes': uses.batch_sizes,
    'any size': uses.any_size,
    'refused size': uses.refused_size,
    'weights': uses.weights,
    'regularization': uses.regularization,
    'default momentum': uses.default_momentum,
    'fine-tune': uses.fine_tune,
    'frozen': uses.frozen,
    'save': uses.save,
  }
