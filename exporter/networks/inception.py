"""Inception V1 to V3: tf_slim's networks, with a classifier for any image."""

from typing import NamedTuple

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import slim

_KEEP_PROB = 0.8


class _Inception(NamedTuple):
  """One of the three networks, and the names of its classifier's layers."""

  network: str
  scope: str
  pool: str = 'AvgPool_1a'
  dropout: str = 'Dropout_1b'
  conv: str = 'Conv2d_1c_1x1'
  mean: str = 'global_pool'  # The name of the tensor, in the scope `Logits`.
  dropped: str | None = None  # The endpoint after dropout, if it has a name.

  def build(
    self,
    images: tf.Tensor,
    num_classes: int,
    is_training: bool,
    momentum: tf.Tensor,
  ) -> layers_lib.Outputs:
    """Builds the network on images in [-1, 1].

    tf_slim's own classifier pools with a window that fits the default image
    size. Pooling globally gives the same result there, and works for every
    other size, too.
    """
    layers = layers_lib.Layers(is_training, momentum, layers_lib.INCEPTION)
    with (
      tf.compat.v1.variable_scope(self.scope) as variables,
      layers.defaults(),
    ):
      net, endpoints = slim.INCEPTIONS[self.network](images, scope=variables)
      with tf.compat.v1.variable_scope('Logits'):
        pooled = layers_lib.global_pool(net, name=self.mean)
        endpoints[self.pool] = pooled
        net = layers.dropout(pooled, _KEEP_PROB, self.dropout)
        logits = layers.logits(net, num_classes, self.conv)
    if self.dropped:
      endpoints[self.dropped] = net
    endpoints['Logits'] = logits
    endpoints['Predictions'] = tf.nn.softmax(logits, name='Predictions')
    return layers_lib.Outputs(logits, self.pool, endpoints)


_NETWORKS = (
  _Inception(
    'inception_v1',
    'InceptionV1',
    pool='AvgPool_0a_7x7',
    dropout='Dropout_0b',
    conv='Conv2d_0c_1x1',
  ),
  _Inception('inception_v2', 'InceptionV2'),
  _Inception(
    'inception_v3', 'InceptionV3', mean='GlobalPool', dropped='PreLogits'
  ),
)
BUILDERS = {inception.network: inception.build for inception in _NETWORKS}
