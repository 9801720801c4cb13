"""An artifact, or Keras's own network -> what runs it, as its users do."""

from collections.abc import Callable
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from exporter import artifacts
from exporter import errors
from exporter.measure import speed
import model_specs
from model_specs import formats
from model_specs import versions

_PEERS = {'mobilenet_v1': 'MobileNet', 'mobilenet_v2': 'MobileNetV2'}

Run = Callable[[np.ndarray], np.ndarray]  # Images in [0, 1] -> outputs.


def _tf1(folder: pathlib.Path) -> Run:
  with tf.Graph().as_default() as graph:
    session = tf.compat.v1.Session(graph=graph)
    loaded = tf.compat.v1.saved_model.loader.load(session, [], str(folder))
  signature = loaded.signature_def['default']
  images = signature.inputs['images'].name
  output = signature.outputs['default'].name
  return lambda given: session.run(output, {images: given})


def _tf2(folder: pathlib.Path) -> Run:
  model = tf.saved_model.load(str(folder))
  return lambda given: model(tf.constant(given)).numpy()


def load(
  handle: model_specs.Handle, artifact: pathlib.Path, threads: int
) -> Run:
  """What runs an artifact.

  Raises:
    ProofError: It cannot be loaded.
  """
  if isinstance(handle, formats.Conversion):
    return artifacts.load_file(handle, artifact, threads)
  is_tf1 = handle.version.format == versions.TF1
  try:
    return _tf1(artifact) if is_tf1 else _tf2(artifact)
  except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
    raise errors.ProofError(
      f'{handle} cannot be loaded from {artifact}: {error}; '
      'see what `slimhub verify` says of it'
    ) from error


def keras_model(handle: model_specs.Handle) -> Any:
  """The same network of keras.applications, untrained; None without one."""
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
  """What runs Keras's network, by its name; empty without one."""
  model = keras_model(handle)
  if model is None:
    return {}
  call = tf.function(lambda images: model(images, training=False))
  name = f'{speed.KERAS}.{_PEERS[handle.spec.network]}'
  return {name: lambda given: call(given).numpy()}
