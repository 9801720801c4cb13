"""MobileNet EdgeTPU, built with the variable names of TF-Slim."""

from typing import NamedTuple

import tensorflow as tf

from exporter.networks import layers as layers_lib
import model_specs

_KEEP_PROB = 0.8
_STEM_DEPTH = 32
_LAST_DEPTH = 1280
_SCOPE = 'MobilenetEdgeTPU'


class _Block(NamedTuple):
  """The settings of one block."""

  expansion: int  # Of the inner width, relative to that of the input.
  stride: int
  depth: int
  kernel: int = 3
  # Whether one convolution expands and looks around, instead of one of 1x1 that
  # expands and a depthwise one after it.
  is_fused: bool = False
  adds_input: bool = True  # Where its output has the shape of its input.


def _stage(
  expansion: int, stride: int, depth: int, kernel: int = 3, *, fused: bool
) -> tuple[_Block, ...]:
  """Four blocks; the first one is wider inside."""
  first = _Block(expansion, stride, depth, kernel, fused, adds_input=False)
  other = _Block(4, 1, depth, kernel, fused)
  return (first, other, other, other)


_BLOCKS = (
  _Block(1, 1, 16, is_fused=True),
  *_stage(8, 2, 32, fused=True),
  *_stage(8, 2, 48, fused=True),
  *_stage(8, 2, 96, fused=False),
  *_stage(8, 1, 96, fused=False),
  *_stage(8, 2, 160, 5, fused=False),
  _Block(8, 1, 192),
)


def widths(multiplier: float) -> dict[str, int]:
  """The output channels of each kernel that depends on a multiplier."""
  depths = {'Conv': layers_lib.divisible(_STEM_DEPTH * multiplier)}
  for number, block in enumerate(_BLOCKS):
    width = layers_lib.divisible(block.depth * multiplier)
    depths[f'{layers_lib.block_scope(number)}/project'] = width
  depths['Conv_1'] = model_specs.wide_end(_LAST_DEPTH, multiplier)
  return {f'{_SCOPE}/{layer}/weights': n for layer, n in depths.items()}


def _inverted_residual(
  layers: layers_lib.Layers, net: tf.Tensor, block: _Block, depth: int
) -> dict[str, tf.Tensor]:
  """Builds one block; returns its endpoints by the last part of their names."""
  inputs, parts = net, {}
  if block.expansion > 1:
    inner = layers_lib.divisible(block.expansion * net.shape[-1])
    kernel, stride = (block.kernel, block.stride) if block.is_fused else (1, 1)
    net = layers.conv(net, inner, kernel, 'expand', stride=stride)
    parts['expansion_output'] = net
  if not block.is_fused:
    net = layers.depthwise(net, block.stride, 'depthwise', kernel=block.kernel)
    parts['depthwise_output'] = net
  net = layers.conv(net, depth, 1, 'project', activation_fn=None)
  is_like_inputs = block.stride == 1 and inputs.shape[-1] == depth
  if block.adds_input and is_like_inputs:
    net = tf.add(net, inputs, name='add')
  parts['output'] = net
  return parts


def build(
  images: tf.Tensor,
  multiplier: float,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds the network on images in [-1, 1]."""
  layers = layers_lib.Layers(is_training, momentum, layers_lib.EDGETPU)
  endpoints = {}
  with tf.compat.v1.variable_scope(_SCOPE):
    stem = layers_lib.divisible(_STEM_DEPTH * multiplier)
    net = endpoints['layer_1'] = layers.conv(images, stem, 3, 'Conv', stride=2)
    for number, block in enumerate(_BLOCKS):
      layer = f'layer_{number + 2}'
      depth = layers_lib.divisible(block.depth * multiplier)
      with tf.compat.v1.variable_scope(layers_lib.block_scope(number)):
        parts = _inverted_residual(layers, net, block, depth)
      net = endpoints[layer] = parts['output']
      endpoints.update({f'{layer}/{part}': t for part, t in parts.items()})
    last = model_specs.wide_end(_LAST_DEPTH, multiplier)
    net = layers.conv(net, last, 1, 'Conv_1')
    endpoints[f'layer_{len(_BLOCKS) + 2}'] = net
    with tf.compat.v1.variable_scope('Logits'):
      pooled = endpoints['global_pool'] = layers_lib.global_pool(net)
      logits = endpoints['Logits'] = layers.classifier(
        pooled, num_classes, _KEEP_PROB, 'Dropout'
      )
    endpoints['Predictions'] = tf.nn.softmax(logits, name='Predictions')
  return layers_lib.Outputs(logits, 'global_pool', endpoints)
