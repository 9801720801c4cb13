"""MobileNet V2, built with the variable names of TF-Slim."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from exporter.networks import layers as layers_lib
from exporter.networks import quantized
import model_specs

_KEEP_PROB = 0.8
_STEM_DEPTH = 32
_LAST_DEPTH = 1280
# Of each stage: expansion, stride, depth and number of blocks. Only the first
# block of a stage has its stride.
_STAGES = (
  (1, 1, 16, 1),
  (6, 2, 24, 2),
  (6, 2, 32, 3),
  (6, 2, 64, 4),
  (6, 1, 96, 3),
  (6, 2, 160, 3),
  (6, 1, 320, 1),
)


def _blocks() -> list[tuple[int, int, int]]:
  """Expansion, stride and depth of each block in turn."""
  return [
    (expansion, stride if block == 0 else 1, depth)
    for expansion, stride, depth, count in _STAGES
    for block in range(count)
  ]


def _inverted_residual(
  layers: layers_lib.Layers,
  net: tf.Tensor,
  block: tuple[int, int, int],
  multiplier: float,
) -> dict[str, tf.Tensor]:
  """Builds one block; returns its endpoints by the last part of their names.

  Programs fetch them from published modules by these names in its scope.
  """
  expansion, stride, channels = block
  depth = layers_lib.divisible(channels * multiplier)
  inputs, parts = net, {}
  if expansion > 1:
    net = layers.conv(
      net, layers_lib.divisible(expansion * net.shape[-1]), 1, 'expand'
    )
    net = parts['expansion_output'] = tf.identity(net, 'expansion_output')
  net = layers.depthwise(net, stride, 'depthwise')
  net = parts['depthwise_output'] = tf.identity(net, 'depthwise_output')
  net = layers.conv(net, depth, 1, 'project', activation_fn=None)
  if stride == 1 and inputs.shape[-1] == depth:
    net = layers.add(net, inputs)
  parts['output'] = tf.identity(net, 'output')
  return parts


class _MobilenetV2(NamedTuple):
  """The network, in one of the forms that differ in its last convolution."""

  # From its channels and a multiplier to its width.
  end: Callable[[int, float], int] = model_specs.wide_end

  def widths(self, multiplier: float) -> dict[str, int]:
    """The output channels of each kernel that depends on a multiplier."""
    depths = {'Conv': layers_lib.divisible(_STEM_DEPTH * multiplier)}
    for number, (_, _, channels) in enumerate(_blocks()):
      width = layers_lib.divisible(channels * multiplier)
      depths[f'{layers_lib.block_scope(number)}/project'] = width
    depths['Conv_1'] = self.end(_LAST_DEPTH, multiplier)
    return {f'MobilenetV2/{layer}/weights': n for layer, n in depths.items()}

  def build(
    self,
    images: tf.Tensor,
    multiplier: float,
    num_classes: int,
    is_training: bool,
    momentum: tf.Tensor,
  ) -> layers_lib.Outputs:
    """Builds the network on images in [-1, 1]."""
    layers = layers_lib.Layers(is_training, momentum)
    return self._build(layers, images, multiplier, num_classes)

  def build_quantized(
    self,
    images: tf.Tensor,
    multiplier: float,
    num_classes: int,
    is_training: bool,
    momentum: tf.Tensor,
  ) -> layers_lib.Outputs:
    """Builds the network that rounds to 8 bits."""
    layers = quantized.Layers(is_training, momentum)
    outputs = self._build(layers, images, multiplier, num_classes)
    return quantized.with_exact(outputs, ('layer_1', 'layer_19'))

  def _build(
    self,
    layers: layers_lib.Layers,
    images: tf.Tensor,
    multiplier: float,
    num_classes: int,
  ) -> layers_lib.Outputs:
    """Builds the network of some sort of layers."""
    endpoints = {}
    with tf.compat.v1.variable_scope('MobilenetV2'):
      stem = layers_lib.divisible(_STEM_DEPTH * multiplier)
      net = tf.identity(images, 'input')
      net = endpoints['layer_1'] = layers.conv(net, stem, 3, 'Conv', stride=2)
      for number, block in enumerate(_blocks()):
        layer = f'layer_{number + 2}'
        with tf.compat.v1.variable_scope(layers_lib.block_scope(number)):
          parts = _inverted_residual(layers, net, block, multiplier)
        net = endpoints[layer] = parts['output']
        endpoints.update({f'{layer}/{part}': t for part, t in parts.items()})
      last = self.end(_LAST_DEPTH, multiplier)
      net = endpoints['layer_19'] = layers.conv(net, last, 1, 'Conv_1')
      with tf.compat.v1.variable_scope('Logits'):
        pooled = layers_lib.global_pool(net, name='AvgPool')
        endpoints['global_pool'] = pooled
        logits = endpoints['Logits'] = layers.classifier(
          pooled, num_classes, _KEEP_PROB, 'Dropout'
        )
    return layers_lib.Outputs(logits, 'global_pool', endpoints)


_WIDE, _NARROW = _MobilenetV2(), _MobilenetV2(model_specs.narrow_end)
BUILDERS = {
  'mobilenet_v2': _WIDE.build,
  'mobilenet_v2_narrow_end': _NARROW.build,
  'mobilenet_v2_quant': _WIDE.build_quantized,
}
WIDTHS = {
  'mobilenet_v2': _WIDE.widths,
  'mobilenet_v2_narrow_end': _NARROW.widths,
  'mobilenet_v2_quant': _WIDE.widths,
}
