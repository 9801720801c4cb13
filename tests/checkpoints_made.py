"""Writes checkpoints as TF-Slim's trainings left them."""

from collections.abc import Mapping
import pathlib

import numpy as np
import tensorflow as tf

from tests import seeded

SHADOW = 'ExponentialMovingAverage'
_SLOTS = ('RMSProp', 'RMSProp_1')


def with_slots(
  tensors: Mapping[str, np.ndarray], trainable: frozenset[str]
) -> dict[str, np.ndarray]:
  """Adds what a training checkpoint carries beside the model."""
  keys = [f'{name}/{SHADOW}' for name in tensors]
  keys += [f'{name}/{slot}' for name in sorted(trainable) for slot in _SLOTS]
  extra = {
    key: seeded.value(key, tensors[key.rpartition('/')[0]].shape)
    for key in keys
  }
  return {**tensors, **extra, 'global_step': np.array(1, np.int64)}


def write(
  prefix: pathlib.Path,
  tensors: Mapping[str, np.ndarray],
  old_format: bool = False,
) -> pathlib.Path:
  """Writes one checkpoint.

  Args:
    prefix: Where to; its folder is made.
    tensors: Values by key.
    old_format: One file, as TensorFlow wrote before 1.0, instead of two.

  Returns:
    The prefix.
  """
  prefix.parent.mkdir(parents=True, exist_ok=True)
  names = sorted(tensors)
  values = [tf.constant(tensors[name]) for name in names]
  if old_format:
    tf.raw_ops.Save(filename=str(prefix), tensor_names=names, data=values)
  else:
    tf.raw_ops.SaveV2(
      prefix=str(prefix),
      tensor_names=names,
      shape_and_slices=[''] * len(names),
      tensors=values,
    )
  return prefix
