"""The types of functions that run models, and those that run Keras's own."""

from collections.abc import Callable
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from exporter.measure import speed
import model_specs
from model_specs import versions

_PEERS = {'mobilenet_v1': 'MobileNet', 'mobilenet_v2': 'MobileNetV2'}

Run = Callable[[np.ndarray], np.ndarray]  # From images in [0, 1] to outputs.
# Loads the artifact of a handle from a path, to run on so many threads.
Load = Callable[[model_specs.Handle, pathlib.Path, int], Run]


def keras_model(handle: model_specs.Handle) -> Any:
  """The same network of keras.applications, with random weights.

  Returns:
    The Keras model; None if keras.applications does not have the network.
  """
  name = _PEERS.get(handle.spec.network)
  if name is None:
    return None
  import keras

  is_classifier = handle.task == versions.CLASSIFICATION
  return getattr(keras.applications, name)(
    input_shape=(handle.spec.size, handle.spec.size, 3),
    alpha=handle.spec.multiplier,
    include_top=is_classifier,
    weights=None,
    pooling=None if is_classifier else 'avg',
  )


def peer(handle: model_specs.Handle) -> dict[str, Run]:
  """The function that runs the network of Keras, by name; empty without one."""
  model = keras_model(handle)
  if model is None:
    return {}
  call = tf.function(lambda images: model(images, training=False))
  name = f'{speed.KERAS}.{_PEERS[handle.spec.network]}'
  return {name: lambda given: call(given).numpy()}
