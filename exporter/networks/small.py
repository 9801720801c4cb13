"""LeNet and CifarNet: networks for small pictures, with dense layers."""

from collections.abc import Mapping
import functools
import math

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import slim

_KEEP_PROB = 0.5
_DEPTH = 64  # Of what is flattened, in both networks.
_HALVED = 4  # By how much both networks divide height and width before that.
_NORM = {'depth_radius': 4, 'bias': 1.0, 'alpha': 0.001 / 9, 'beta': 0.75}


def _flatten(net: tf.Tensor) -> tf.Tensor:
  return tf.reshape(net, [-1, math.prod(net.shape[1:])], name='flatten')


def _lenet(
  images: tf.Tensor,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds LeNet on grey images in [-1, 1]."""
  layers = layers_lib.Layers(is_training, momentum, layers_lib.LENET)
  endpoints, net = {}, images
  with tf.compat.v1.variable_scope('LeNet'):
    for number, depth in enumerate((32, _DEPTH), start=1):
      conv, pool = f'conv{number}', f'pool{number}'
      net = layers.conv(net, depth, 5, conv, normalizer_fn=None)
      endpoints[conv] = net
      net = endpoints[pool] = slim.max_pool2d(net, [2, 2], 2, scope=pool)
    net = endpoints['Flatten'] = _flatten(net)
    net = layers.dense(net, 1024, 'fc3', activation_fn=tf.nn.relu)
    endpoints['fc3'] = net
    net = endpoints['dropout3'] = layers.dropout(net, _KEEP_PROB, 'dropout3')
    logits = endpoints['Logits'] = layers.dense(net, num_classes, 'fc4')
    endpoints['Predictions'] = tf.nn.softmax(logits, name='Predictions')
  return layers_lib.Outputs(logits, 'fc3', endpoints, has_pool=False)


def _cifarnet(
  images: tf.Tensor,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds CifarNet on images of mean 0 and variance 1.

  Weight decay applies to the two hidden dense layers alone.
  """
  layers = layers_lib.Layers(is_training, momentum, layers_lib.CIFARNET)
  plain = {'normalizer_fn': None, 'weights_regularizer': None}
  relu = {'activation_fn': tf.nn.relu}
  endpoints = {}
  with tf.compat.v1.variable_scope('CifarNet'):
    net = endpoints['conv1'] = layers.conv(images, _DEPTH, 5, 'conv1', **plain)
    net = endpoints['pool1'] = slim.max_pool2d(net, [2, 2], 2, scope='pool1')
    net = tf.nn.lrn(net, **_NORM, name='norm1')
    net = endpoints['conv2'] = layers.conv(net, _DEPTH, 5, 'conv2', **plain)
    net = tf.nn.lrn(net, **_NORM, name='norm2')
    net = endpoints['pool2'] = slim.max_pool2d(net, [2, 2], 2, scope='pool2')
    net = endpoints['Flatten'] = _flatten(net)
    net = endpoints['fc3'] = layers.dense(net, 384, 'fc3', **relu)
    net = layers.dropout(net, _KEEP_PROB, 'dropout3')
    net = endpoints['fc4'] = layers.dense(net, 192, 'fc4', **relu)
    logits = endpoints['Logits'] = layers.dense(
      net, num_classes, 'logits', weights_regularizer=None
    )
    endpoints['Predictions'] = tf.nn.softmax(logits, name='Predictions')
  return layers_lib.Outputs(logits, 'fc4', endpoints, has_pool=False)


def _size(shapes: Mapping[str, tuple[int, ...]], weights: str) -> int | None:
  """The smallest size of images whose flattened values weights are for."""
  rows, *_ = shapes.get(weights, (0,)) or (0,)
  side = math.isqrt(rows // _DEPTH)
  return _HALVED * side if side and _DEPTH * side**2 == rows else None


BUILDERS = {'cifarnet': _cifarnet, 'lenet': _lenet}
SIZES = {
  'cifarnet': functools.partial(_size, weights='CifarNet/fc3/weights'),
  'lenet': functools.partial(_size, weights='LeNet/fc3/weights'),
}
