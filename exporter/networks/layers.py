"""The layers that the MobileNets share, with TF-Slim's names and defaults."""

import functools
from typing import Any

import tensorflow as tf

from exporter import slim

WEIGHT_DECAY = 4e-5
_EPSILON = 0.001


class Layers:
  """Convolutions of one mode: inference, or training with some momentum."""

  def __init__(self, is_training: bool, momentum: tf.Tensor):
    self._is_training = is_training
    self._norm = {
      'normalizer_fn': slim.batch_norm,
      'normalizer_params': {
        'is_training': is_training,
        'decay': momentum,
        'center': True,
        'scale': True,
        'epsilon': _EPSILON,
      },
    }
    self._regularizer = slim.l2_regularizer(WEIGHT_DECAY)

  def conv(
    self, net: tf.Tensor, depth: int, kernel: int, scope: str, **kwargs: Any
  ) -> tf.Tensor:
    """Convolution, batch norm, and Relu6 unless told otherwise."""
    return slim.conv2d(
      net,
      depth,
      [kernel, kernel],
      scope=scope,
      weights_regularizer=self._regularizer,
      **{'activation_fn': tf.nn.relu6, **self._norm, **kwargs},
    )

  def depthwise(self, net: tf.Tensor, stride: int, scope: str) -> tf.Tensor:
    """Depthwise 3x3 convolution, which no weight decay applies to."""
    return slim.separable_conv2d(
      net,
      None,
      [3, 3],
      depth_multiplier=1,
      stride=stride,
      scope=scope,
      activation_fn=tf.nn.relu6,
      **self._norm,
    )

  def classifier(
    self, pooled: tf.Tensor, num_classes: int, keep_prob: float, dropout: str
  ) -> tf.Tensor:
    """Dropout, then a 1x1 convolution with biases, squeezed to logits."""
    net = slim.dropout(
      pooled, keep_prob, is_training=self._is_training, scope=dropout
    )
    net = self.conv(
      net,
      num_classes,
      1,
      'Conv2d_1c_1x1',
      activation_fn=None,
      normalizer_fn=None,
    )
    return tf.squeeze(net, [1, 2], name='SpatialSqueeze')


global_pool = functools.partial(
  tf.reduce_mean, axis=[1, 2], keepdims=True, name='global_pool'
)
