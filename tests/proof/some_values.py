"""Variables in files, for sessions of graphs that are no artifact's."""

import pathlib

import tensorflow as tf

from exporter.proof import session


def write(folder: pathlib.Path, *numbers: float) -> session.Values:
  """Writes an artifact's variables: one, whose key is not its name."""
  values = session.Values(folder)
  (folder / 'variables').mkdir(parents=True)
  tf.raw_ops.SaveV2(
    prefix=values.prefix,
    tensor_names=['key'],
    shape_and_slices=[''],
    tensors=[tf.constant(numbers, tf.float32)],
  )
  return values
