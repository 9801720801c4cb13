"""hub.KerasLayer in models that are frozen, or converted to TFLite.

Arguments: those of `client`. From TensorFlow 2.16 on the environment must say
TF_USE_LEGACY_KERAS=1.
"""

import pathlib
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import convert_to_constants
import tensorflow_hub as hub

from tests.consumers import case as case_lib
from tests.consumers import client
from tests.consumers.clients import keras_uses

_STEPS = 2
_MIXED, _FLOAT = 'mixed_float16', 'float32'


class _Layers(keras_uses.Layers):
  keras = tf.keras

  def train_layer(self, path, momentum=None):
    # Whatever the policy of the model, artifacts compute in float32.
    return hub.KerasLayer(path, trainable=True, dtype=_FLOAT)

  def load(self, path):
    custom = {'KerasLayer': hub.KerasLayer}
    return tf.keras.models.load_model(path, custom_objects=custom)


def _freeze(function, images):
  """What a function answers without its variables and inner functions."""
  frozen = convert_to_constants.convert_variables_to_constants_v2(function)
  operations = {node.op for node in frozen.graph.as_graph_def().node}
  remaining = operations & {
    *('VarHandleOp', 'ReadVariableOp'),
    *('PartitionedCall', 'StatefulPartitionedCall'),
  }
  assert not remaining, f'left in the frozen graph: {sorted(remaining)}'
  (answer,) = tf.nest.flatten(frozen(tf.constant(images)))
  return {'default': answer.numpy()}


def _interpret(data, images):
  """What a TFLite file answers."""
  interpreter = tf.lite.Interpreter(model_content=data)
  (input_details,) = interpreter.get_input_details()
  (output_details,) = interpreter.get_output_details()
  interpreter.resize_tensor_input(input_details['index'], images.shape)
  interpreter.allocate_tensors()
  interpreter.set_tensor(input_details['index'], images)
  interpreter.invoke()
  return {'default': interpreter.get_tensor(output_details['index'])}


class _Uses(keras_uses.Uses):
  def freeze(self, case):
    """The model itself."""
    model = tf.saved_model.load(case.path)
    function = tf.function(lambda images: model(images, training=False))
    images = case['images']
    concrete = function.get_concrete_function(tf.TensorSpec(images.shape))
    answer = _freeze(concrete, images)
    return case_lib.close(answer, {'default': case['default']})

  def freeze_tuned(self, case, kind='default'):
    """A fine-tuned Keras model, from its SavedModel."""
    if not case.is_small:
      return None
    _, model, _ = self._tuned(case, _STEPS)
    images = case['tuning_images']
    with tempfile.TemporaryDirectory() as folder:
      model.save(folder)
      loaded = tf.saved_model.load(folder)
      answer = _freeze(loaded.signatures['serving_default'], images)
    return case_lib.close(answer, self._predict(model, images), kind)

  def mixed_precision(self, case):
    """The same, where Keras computes the head in float16."""
    tf.keras.mixed_precision.set_global_policy(_MIXED)
    try:
      return self.freeze_tuned(case, 'half')
    finally:
      tf.keras.mixed_precision.set_global_policy(_FLOAT)

  def save_h5(self, case):
    """A fine-tuned model in one file of HDF5."""
    if not case.is_small:
      return None
    _, model, _ = self._tuned(case, _STEPS)
    with tempfile.TemporaryDirectory() as folder:
      path = str(pathlib.Path(folder, 'model.h5'))
      model.save(path)
      answer = self._predict(self._layers.load(path), case['images'])
    expected = self._predict(model, case['images'])
    case_lib.unchanged(expected, answer, 'an answer')
    return 0

  def _converted(self, case, kind, change=lambda converter: None):
    """A fine-tuned model, once as Keras has it and once from its folder."""
    if not case.is_small:
      return None
    _, model, _ = self._tuned(case, _STEPS)
    images = case['tuning_images']
    expected = self._predict(model, images)
    with tempfile.TemporaryDirectory() as folder:
      model.save(folder)
      differences = []
      for converter in (
        tf.lite.TFLiteConverter.from_saved_model(folder),
        tf.lite.TFLiteConverter.from_keras_model(model),
      ):
        change(converter)
        answer = _interpret(converter.convert(), images)
        differences.append(case_lib.close(answer, expected, kind))
    return max(differences)

  def tflite(self, case):
    """In float32."""
    return self._converted(case, 'default')

  def int8(self, case):
    """In integers, but for input and output, which stay float32."""

    def change(converter):
      images = np.split(case['tuning_images'], len(case['tuning_images']))
      converter.optimizations = [tf.lite.Optimize.DEFAULT]
      converter.representative_dataset = lambda: ([image] for image in images)
      converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS_INT8
      ]

    return self._converted(case, 'int8', change)


if __name__ == '__main__':
  _uses = _Uses(_Layers())
  client.main(
    {
      'tensorflow': tf.__version__,
      'tensorflow-hub': hub.__version__,
      'keras': keras_uses.version(),
    },
    {
      'freeze': _uses.freeze,
      'freeze fine-tuned': _uses.freeze_tuned,
      'mixed precision': _uses.mixed_precision,
      'save in HDF5': _uses.save_h5,
      'TFLite': _uses.tflite,
      'int8': _uses.int8,
    },
    tf.keras.backend.clear_session,
  )
