"""Writes the variables/ files of an artifact, in TensorFlow's bundle format."""

from collections.abc import Mapping
import pathlib

import numpy as np
import tensorflow as tf


def _tensor(array: np.ndarray) -> tf.Tensor:
  """A tensor to be written; of numbers it shares the memory of the array."""
  flags = array.flags
  if array.dtype == np.float32 and flags.c_contiguous and flags.writeable:
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())
  return tf.constant(array)


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
      tensors=[_tensor(tensors[name]) for name in names],
    )
