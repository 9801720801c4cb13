"""Loads TF1 modules and TF2 SavedModels as their users do."""

import pathlib

import tensorflow as tf
from tensorflow.python.util import deprecation

from exporter.artifacts import converting
from exporter.artifacts import operations
import model_specs

_ADVICE = '; see what `slimhub verify` says of it'


def load_tf1(
  handle: model_specs.Handle, folder: pathlib.Path
) -> converting.Run:
  """Loads a TF1 module into a session, and returns what calls it.

  Raises:
    ProofError: It cannot be loaded, or has operations that no export has.
  """
  with converting.explained(handle, f'loaded from {folder}', _ADVICE):
    operations.check_model(handle, folder)
    # TensorFlow calls this loader deprecated, which is no news to a caller.
    with tf.Graph().as_default() as graph, deprecation.silence():
      session = tf.compat.v1.Session(graph=graph)
      loaded = tf.compat.v1.saved_model.loader.load(session, [], str(folder))
    signature = loaded.signature_def['default']
    images = signature.inputs['images'].name
    output = signature.outputs['default'].name
  return lambda batch: session.run(output, {images: batch})


def load_tf2(
  handle: model_specs.Handle, folder: pathlib.Path
) -> converting.Run:
  """Loads a TF2 SavedModel, and returns what calls it.

  Raises:
    ProofError: It cannot be loaded, or has operations that no export has.
  """
  with converting.explained(handle, f'loaded from {folder}', _ADVICE):
    operations.check_model(handle, folder)
    model = tf.saved_model.load(str(folder))
  return lambda batch: model(tf.constant(batch)).numpy()
