"""Loads TF1 modules and TF2 SavedModels as their users do."""

from collections.abc import Iterator
import contextlib
import pathlib

import tensorflow as tf
from tensorflow.python.util import deprecation

from exporter import errors
from exporter import faults
from exporter.artifacts import converting
from exporter.artifacts import operations
import model_specs


@contextlib.contextmanager
def _explained(
  handle: model_specs.Handle, folder: pathlib.Path
) -> Iterator[None]:
  """Turns what TensorFlow's loaders raise into a ProofError."""
  try:
    yield
  except errors.SlimhubError:
    raise
  except Exception as error:  # TensorFlow's loaders raise all kinds.
    faults.check_machine(handle, error)
    raise errors.ProofError(
      f'{handle} cannot be loaded from {folder}: {error}; '
      'see what `slimhub verify` says of it'
    ) from error


def load_tf1(
  handle: model_specs.Handle, folder: pathlib.Path
) -> converting.Run:
  """Loads a TF1 module into a session, and returns what calls it.

  Raises:
    ProofError: It cannot be loaded, or has operations that no export has.
  """
  with _explained(handle, folder):
    operations.check_model(handle, folder)
    # Programs that load artifacts from Python are told nothing by the way.
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
  with _explained(handle, folder):
    operations.check_model(handle, folder)
    model = tf.saved_model.load(str(folder))
  return lambda batch: model(tf.constant(batch)).numpy()
