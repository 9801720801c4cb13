"""Writes the variables/ files of an artifact, in TensorFlow's bundle format."""

from collections.abc import Mapping
import pathlib

import numpy as np
import tensorflow as tf


def write_variables(
  folder: pathlib.Path, tensors: Mapping[str, np.ndarray]
) -> None:
  """Writes variables/variables.* into the folder of an artifact."""
  prefix = folder / 'variables' / 'variables'
  prefix.parent.mkdir(parents=True)
  names = sorted(tensors)
  with tf.device('CPU'):
    tf.raw_ops.SaveV2(
      prefix=str(prefix),
      tensor_names=names,
      shape_and_slices=[''] * len(names),
      tensors=[tf.constant(tensors[name]) for name in names],
    )
