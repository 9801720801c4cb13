"""MobileNet V1, built with the variable names of TF-Slim."""

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import quantized

_MIN_DEPTH = 8
_KEEP_PROB = 0.999
_STEM_DEPTH = 32
# Stride and depth of each separable convolution.
_BLOCKS = (
  (1, 64),
  (2, 128),
  (1, 128),
  (2, 256),
  (1, 256),
  (2, 512),
  (1, 512),
  (1, 512),
  (1, 512),
  (1, 512),
  (1, 512),
  (2, 1024),
  (1, 1024),
)


def _depth(channels: int, multiplier: float) -> int:
  return max(int(channels * multiplier), _MIN_DEPTH)


def widths(multiplier: float) -> dict[str, int]:
  """The output channels of each kernel that depends on a multiplier."""
  depths = {'Conv2d_0': _depth(_STEM_DEPTH, multiplier)}
  for number, (_, channels) in enumerate(_BLOCKS, start=1):
    depths[f'Conv2d_{number}_pointwise'] = _depth(channels, multiplier)
  return {f'MobilenetV1/{layer}/weights': n for layer, n in depths.items()}


def _build(
  layers: layers_lib.Layers,
  images: tf.Tensor,
  multiplier: float,
  num_classes: int,
) -> layers_lib.Outputs:
  """Builds the network of some sort of layers."""
  endpoints = {}

  with tf.compat.v1.variable_scope('MobilenetV1'):
    stem = _depth(_STEM_DEPTH, multiplier)
    net = layers.conv(images, stem, 3, 'Conv2d_0', stride=2)
    endpoints['Conv2d_0'] = net
    for number, (stride, channels) in enumerate(_BLOCKS, start=1):
      name = f'Conv2d_{number}_depthwise'
      net = endpoints[name] = layers.depthwise(net, stride, name)
      name = f'Conv2d_{number}_pointwise'
      net = endpoints[name] = layers.conv(
        net, _depth(channels, multiplier), 1, name
      )
    with tf.compat.v1.variable_scope('Logits'):
      pooled = endpoints['AvgPool_1a'] = layers_lib.global_pool(net)
      logits = endpoints['Logits'] = layers.classifier(
        pooled, num_classes, _KEEP_PROB, 'Dropout_1b'
      )
  return layers_lib.Outputs(logits, 'AvgPool_1a', endpoints)


def _op_scope(scope: str) -> str:
  """The scope of a layer's ops in TF-Slim, given that of its variables."""
  is_last = scope.startswith('MobilenetV1/Logits/')
  return scope if is_last else f'MobilenetV1/{scope}'


def build(
  images: tf.Tensor,
  multiplier: float,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds the network on images in [-1, 1]."""
  layers = layers_lib.Layers(is_training, momentum)
  return _build(layers, images, multiplier, num_classes)


def build_quantized(
  images: tf.Tensor,
  multiplier: float,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds the network that rounds to 8 bits."""
  layers = quantized.Layers(is_training, momentum, scope=_op_scope)
  outputs = _build(layers, images, multiplier, num_classes)
  convolutions = [n for n in outputs.endpoints if n.startswith('Conv2d_')]
  return quantized.with_exact(outputs, convolutions)
