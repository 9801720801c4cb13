"""Uses a TF2 SavedModel through hub.KerasLayer, which needs Keras 2.

Run as a script with TF_USE_LEGACY_KERAS=1: `tf_keras_client.py ARTIFACT
IMAGES`, with the images as an .npy file. Writes facts as JSON to standard
output.
"""

import json
import sys

import numpy as np
import tensorflow as tf
import tensorflow_hub as hub


def _values(variables):
  return [variable.numpy() for variable in variables]


def _count_moved(before, variables):
  after = _values(variables)
  return sum(
    bool(np.any(old != new)) for old, new in zip(before, after, strict=True)
  )


def _fit(model, layer, images):
  """How many weights a step moves, and by which momentum."""
  trainable, moving = layer.trainable_weights, layer.non_trainable_weights
  before = [_values(trainable), _values(moving)]
  model.compile(optimizer=tf.keras.optimizers.Adam(), loss='mse')
  targets = np.ones([len(images), *model.output_shape[1:]], np.float32)
  history = model.fit(images, targets, verbose=0, batch_size=len(images))
  return {
    'moved trainable': _count_moved(before[0], trainable),
    'moved others': _count_moved(before[1], moving),
    'loss': history.history['loss'][0],
    'mean': [float(before[1][0][0]), float(moving[0].numpy()[0])],
  }


def _use(artifact, images):
  arguments = {'batch_norm_momentum': 0.9}
  layer = hub.KerasLayer(artifact, trainable=True, arguments=arguments)
  shape = images.shape[1:]
  model = tf.keras.Sequential([tf.keras.Input(shape), layer])
  answer = model.predict(images, verbose=0)
  signed = hub.KerasLayer(
    artifact, signature='serving_default', signature_outputs_as_dict=True
  )
  (output,) = signed(tf.constant(images)).values()
  endpoints = hub.KerasLayer(artifact, arguments={'return_endpoints': True})
  return {
    'keras': tf.keras.Model.__module__,
    'shape': list(answer.shape),
    'sum': float(answer.sum(dtype=np.float64)),
    'signed sum': float(output.numpy().sum(dtype=np.float64)),
    'endpoints': sorted(endpoints(tf.constant(images))),
    'trainable': len(layer.trainable_weights),
    'others': len(layer.non_trainable_weights),
    'losses': len(layer.losses),
    **_fit(model, layer, images),
  }


if __name__ == '__main__':
  json.dump(_use(sys.argv[1], np.load(sys.argv[2])), sys.stdout)
