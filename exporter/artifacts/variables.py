"""Writes the variables/ files of an artifact, in TensorFlow's bundle format."""

from collections.abc import Mapping
import pathlib

import numpy as np
import tensorflow as tf


def _may_be_shared(array: np.ndarray) -> bool:
  """Whether DLPack takes the memory of an array as it is."""
  is_plain = array.flags.c_contiguous and array.flags.writeable
  return is_plain and array.dtype == np.float32


def _tensor(value: np.ndarray | bytes) -> tf.Tensor:
  """A tensor to be written; where it can, it shares the memory of an array."""
  if isinstance(value, np.ndarray) and _may_be_shared(value):
    return tf.experimental.dlpack.from_dlpack(value.__dlpack__())
  return tf.constant(value)


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
