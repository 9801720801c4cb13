"""The only module that imports tf_slim; it makes slim run on new TensorFlows.

tf-slim 1.1.0 is its last release. Two things keep it from running today:
  * It asks whether a value is an `ops.Tensor`, which TensorFlow 2.15 dropped.
  * `slim.batch_norm` takes a path through Keras layers that are gone, unless
    its updates go to another place than the UPDATE_OPS string itself. A list
    that holds the string names the same collection and takes the fused path.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import functools
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops

if not hasattr(ops, 'Tensor'):
  ops.Tensor = tf.Tensor

import tf_slim  # It needs the assignment above to build any layer.
from tf_slim.nets import alexnet
from tf_slim.nets import inception
from tf_slim.nets import overfeat
from tf_slim.nets import resnet_v1
from tf_slim.nets import resnet_v2
from tf_slim.nets import vgg

_NORM = {
  'fused': True,
  'updates_collections': [tf.compat.v1.GraphKeys.UPDATE_OPS],
}

avg_pool2d = tf_slim.avg_pool2d
conv2d = tf_slim.conv2d
dropout = tf_slim.dropout
fully_connected = tf_slim.fully_connected
l2_regularizer = tf_slim.l2_regularizer
max_pool2d = tf_slim.max_pool2d
separable_conv2d = tf_slim.separable_conv2d
batch_norm = functools.partial(tf_slim.batch_norm, **_NORM)

# The networks that come with tf_slim, unchanged. Those of Inception end before
# their classifiers, because tf_slim's take images of one size only. The plain
# ones have no batch norm.
INCEPTIONS = {
  'inception_v1': inception.inception_v1_base,
  'inception_v2': inception.inception_v2_base,
  'inception_v3': inception.inception_v3_base,
}
RESNETS = {
  'resnet_v1_50': resnet_v1.resnet_v1_50,
  'resnet_v1_101': resnet_v1.resnet_v1_101,
  'resnet_v1_152': resnet_v1.resnet_v1_152,
  'resnet_v1_200': resnet_v1.resnet_v1_200,
  'resnet_v2_50': resnet_v2.resnet_v2_50,
  'resnet_v2_101': resnet_v2.resnet_v2_101,
  'resnet_v2_152': resnet_v2.resnet_v2_152,
  'resnet_v2_200': resnet_v2.resnet_v2_200,
}


PLAIN = {
  'alexnet_v2': alexnet.alexnet_v2,
  'overfeat': overfeat.overfeat,
  'vgg_a': vgg.vgg_a,
  'vgg_16': vgg.vgg_16,
  'vgg_19': vgg.vgg_19,
}


@contextlib.contextmanager
def plain_defaults(regularizer: Any) -> Iterator[None]:
  """Sets what the networks of PLAIN leave to their caller.

  Args:
    regularizer: The regularizer of the kernels.

  Yields:
    Nothing; the arguments apply to networks that are built in this context.
  """
  with tf_slim.arg_scope(
    [tf_slim.conv2d],
    activation_fn=tf.nn.relu,
    padding='SAME',
    weights_regularizer=regularizer,
  ):
    yield


@contextlib.contextmanager
def defaults(norm: Mapping[str, Any], regularizer: Any) -> Iterator[None]:
  """Sets the arguments that tf_slim's own networks leave to their caller.

  Args:
    norm: The arguments of every batch norm.
    regularizer: The regularizer of the kernels of convolutions.

  Yields:
    Nothing; the arguments apply to networks that are built in this context.
  """
  conv = {
    'weights_regularizer': regularizer,
    'activation_fn': tf.nn.relu,
    'normalizer_fn': tf_slim.batch_norm,
  }
  with (
    tf_slim.arg_scope([tf_slim.batch_norm], **_NORM, **norm),
    tf_slim.arg_scope([tf_slim.conv2d], **conv),
    tf_slim.arg_scope([tf_slim.max_pool2d], padding='SAME'),
  ):
    yield
