"""The only door to tf_slim: it opens on TensorFlow releases that slim predates.

tf-slim 1.1.0 is its last release. Two things keep it from running today:
  * It asks whether a value is an `ops.Tensor`, which TensorFlow 2.15 dropped.
  * `slim.batch_norm` takes a path through Keras layers that are gone, unless
    its updates go to another place than the UPDATE_OPS string itself. A list
    that holds the string names the same collection and takes the fused path.
"""

import functools

import tensorflow as tf
from tensorflow.python.framework import ops

if not hasattr(ops, 'Tensor'):
  ops.Tensor = tf.Tensor

import tf_slim  # Needs the repair above to compute anything.

conv2d = tf_slim.conv2d
dropout = tf_slim.dropout
l2_regularizer = tf_slim.l2_regularizer
separable_conv2d = tf_slim.separable_conv2d
batch_norm = functools.partial(
  tf_slim.batch_norm,
  fused=True,
  updates_collections=[tf.compat.v1.GraphKeys.UPDATE_OPS],
)
