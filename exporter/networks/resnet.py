"""ResNet V1 and V2: tf_slim's networks with a classifier built here."""

import functools

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import slim


def _build(
  images: tf.Tensor,
  *,
  network: str,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds a network on images that are scaled as its checkpoints expect.

  The classifier is built here because tf_slim's own does not return the pooled
  features.
  """
  layers = layers_lib.Layers(is_training, momentum, layers_lib.RESNET)
  with layers.defaults():
    pooled, end_points = slim.RESNETS[network](images, is_training=is_training)
  endpoints = {
    name.removeprefix(f'{network}/'): tensor
    for name, tensor in end_points.items()
  }
  endpoints['global_pool'] = pooled
  with (
    tf.compat.v1.variable_scope(network, auxiliary_name_scope=False),
    tf.name_scope(f'{network}/'),  # The slash reopens the scope.
  ):
    net = layers.conv(
      pooled, num_classes, 1, 'logits', activation_fn=None, normalizer_fn=None
    )
    logits = tf.squeeze(net, [1, 2], name='SpatialSqueeze')
  endpoints['logits'] = net
  endpoints['spatial_squeeze'] = logits
  endpoints['predictions'] = tf.nn.softmax(logits, name='predictions')
  return layers_lib.Outputs(logits, 'global_pool', endpoints)


BUILDERS = {
  network: functools.partial(_build, network=network)
  for network in slim.RESNETS
}
