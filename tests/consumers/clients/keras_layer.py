"""hub.KerasLayer in Keras 2.

Arguments: those of `client`. From TensorFlow 2.16 on the environment must say
TF_USE_LEGACY_KERAS=1; in TensorFlow 1, it chooses a MODE: v2, eager or graph.
"""

import os
import tempfile

import tensorflow as tf
import tensorflow_hub as hub

from tests.consumers import case as case_lib
from tests.consumers import client
from tests.consumers.clients import keras_uses


def _enter(mode):
  if mode == 'v2':
    tf.enable_v2_behavior()
  if mode == 'eager':
    tf.enable_eager_execution()
  assert tf.executing_eagerly() == (mode != 'graph')


if tf.__version__.startswith('1.'):
  _enter(os.environ['MODE'])


class _Layers(keras_uses.Layers):
  keras = tf.keras

  def infer_layer(self, path):
    return hub.KerasLayer(path)

  def frozen_layer(self, path):
    return hub.KerasLayer(path, trainable=False)

  def train_layer(self, path, momentum=None):
    passed = {} if momentum is None else {'batch_norm_momentum': momentum}
    return hub.KerasLayer(path, trainable=True, arguments=passed)

  def load(self, path):
    custom = {'KerasLayer': hub.KerasLayer}
    return tf.keras.models.load_model(path, custom_objects=custom)

  def values(self, variables):
    if tf.executing_eagerly():
      return super().values(variables)
    return tf.keras.backend.batch_get_value(list(variables))


class _Uses(keras_uses.Uses):
  def endpoints(self, case):
    """All endpoints, by the argument that asks for them."""
    layer = hub.KerasLayer(case.path, arguments={'return_endpoints': True})
    image = tf.keras.layers.Input([case.size, case.size, 3])
    answer = layer(image)
    names = sorted(answer)
    model = tf.keras.models.Model(image, [answer[name] for name in names])
    values = model.predict(case.few_images)
    endpoints = {name: values[i] for i, name in enumerate(names)}
    return case_lib.close(endpoints, case.few)

  def served(self, case):
    """The serving signature."""
    if not case.signatures:
      return None
    layer = hub.KerasLayer(
      case.path, signature='serving_default', signature_outputs_as_dict=True
    )
    image = tf.keras.layers.Input([case.size, case.size, 3])
    (output,) = layer(image).values()
    model = tf.keras.models.Model(image, output)
    expected = {'default': case['default']}
    return case_lib.close(self._predict(model, case['images']), expected)

  def export(self, case):
    """`export` of a fine-tuned model, where Keras has it."""
    if not case.is_small or not hasattr(tf.keras.Model, 'export'):
      return None
    _, model, _ = self._tuned(case, 2)
    with tempfile.TemporaryDirectory() as folder:
      model.export(folder)
      reloaded = tf.saved_model.load(folder)
      answer = {'default': reloaded.serve(tf.constant(case['images'])).numpy()}
    return case_lib.close(answer, self._predict(model, case['images']))


if __name__ == '__main__':
  _uses = _Uses(_Layers())
  client.main(
    {
      'tensorflow': tf.__version__,
      'tensorflow-hub': hub.__version__,
      'keras': keras_uses.version(),
    },
    dict(
      keras_uses.by_name(_uses),
      **{
        'endpoints': _uses.endpoints,
        'signature': _uses.served,
        'momentum 0.9': _uses.momentum,
        'gradients twice': _uses.gradients_twice,
        'export': _uses.export,
      },
    ),
    tf.keras.backend.clear_session,
  )
