"""VGG, AlexNet and OverFeat: tf_slim's networks without batch norm."""

import functools

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import slim

_FEATURES, _LOGITS = 'fc7', 'fc8'


def _build(
  images: tf.Tensor,
  *,
  network: str,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds a network on images that are scaled as its checkpoints expect.

  Its last layers are convolutions without padding, which fit images of one size
  only. Dropout stands before and behind the features.
  """
  layers = layers_lib.Layers(is_training, momentum, layers_lib.PLAIN)
  with layers.plain_defaults():
    logits, end_points = slim.PLAIN[network](
      images, num_classes=num_classes, is_training=is_training
    )
  endpoints = {
    name.removeprefix(f'{network}/'): tensor
    for name, tensor in end_points.items()
  }
  endpoints[_LOGITS] = logits
  return layers_lib.Outputs(logits, _FEATURES, endpoints, has_pool=False)


BUILDERS = {
  network: functools.partial(_build, network=network) for network in slim.PLAIN
}
