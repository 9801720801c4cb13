"""MobileNet V3, and its minimalistic form, with TF-Slim's variable names."""

from collections.abc import Callable
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

import tensorflow as tf

from exporter.networks import layers as layers_lib
import model_specs

_Activation: TypeAlias = Callable[[tf.Tensor], tf.Tensor]

_KEEP_PROB = 0.8
_STEM_DEPTH = 16
_SQUEEZE = 4  # How many times fewer channels squeeze-and-excite has inside.


def _hard_sigmoid(x: tf.Tensor) -> tf.Tensor:
  # TF-Slim trained the networks with this constant, which is not quite 1/6.
  return tf.nn.relu6(x + 3.0) * 0.16667


def _hard_swish(x: tf.Tensor) -> tf.Tensor:
  return x * tf.nn.relu6(x + 3.0) * (1 / 6)


class _Block(NamedTuple):
  """The settings of one inverted residual block."""

  expansion: float  # Of the inner width, relative to that of the input.
  kernel: int
  depth: int
  stride: int
  activation: _Activation
  squeezes: bool  # Whether it has a squeeze-and-excite layer.


def _blocks(*rows: tuple[float, int, int, int, str]) -> tuple[_Block, ...]:
  activations = {'R': tf.nn.relu, 'H': _hard_swish}
  return tuple(
    _Block(*row[:4], activations[row[4][0]], row[4].endswith('S'))
    for row in rows
  )


# Of each block: expansion, kernel, depth, stride, and its activation: R for
# ReLU or H for hard swish, followed by S if it has a squeeze-and-excite layer.
_LARGE = _blocks(
  (1, 3, 16, 1, 'R'),
  (4, 3, 24, 2, 'R'),
  (3, 3, 24, 1, 'R'),
  (3, 5, 40, 2, 'RS'),
  (3, 5, 40, 1, 'RS'),
  (3, 5, 40, 1, 'RS'),
  (6, 3, 80, 2, 'H'),
  (2.5, 3, 80, 1, 'H'),
  (184 / 80, 3, 80, 1, 'H'),
  (184 / 80, 3, 80, 1, 'H'),
  (6, 3, 112, 1, 'HS'),
  (6, 3, 112, 1, 'HS'),
  (6, 5, 160, 2, 'HS'),
  (6, 5, 160, 1, 'HS'),
  (6, 5, 160, 1, 'HS'),
)
_SMALL = _blocks(
  (1, 3, 16, 2, 'RS'),
  (72 / 16, 3, 24, 2, 'R'),
  (88 / 24, 3, 24, 1, 'R'),
  (4, 5, 40, 2, 'HS'),
  (6, 5, 40, 1, 'HS'),
  (6, 5, 40, 1, 'HS'),
  (3, 5, 48, 1, 'HS'),
  (3, 5, 48, 1, 'HS'),
  (6, 5, 96, 2, 'HS'),
  (6, 5, 96, 1, 'HS'),
  (6, 5, 96, 1, 'HS'),
)


def _minimalistic(blocks: tuple[_Block, ...]) -> tuple[_Block, ...]:
  """The same blocks of what every processor computes fast."""
  return tuple(
    block._replace(kernel=3, activation=tf.nn.relu, squeezes=False)
    for block in blocks
  )


def _squeeze_excite(layers: layers_lib.Layers, net: tf.Tensor) -> tf.Tensor:
  """Weighs each channel by a factor computed from the means of all of them."""
  depth = net.shape[-1]
  without_norm: dict[str, Any] = {'normalizer_fn': None}
  with tf.compat.v1.variable_scope('squeeze_excite'):
    weights = layers_lib.global_pool(net)
    squeezed = layers_lib.divisible(depth / _SQUEEZE)
    weights = layers.conv(
      weights, squeezed, 1, 'Conv', activation_fn=tf.nn.relu, **without_norm
    )
    weights = layers.conv(
      weights, depth, 1, 'Conv_1', activation_fn=_hard_sigmoid, **without_norm
    )
  return net * weights


def _inverted_residual(
  layers: layers_lib.Layers, net: tf.Tensor, block: _Block, depth: int
) -> dict[str, tf.Tensor]:
  """Builds one block; returns its endpoints by the last part of their names."""
  inputs, parts = net, {}
  active = {'activation_fn': block.activation}
  if block.expansion > 1:
    inner = layers_lib.divisible(block.expansion * net.shape[-1])
    net = layers.conv(net, inner, 1, 'expand', **active)
    parts['expansion_output'] = net
  net = layers.depthwise(
    net, block.stride, 'depthwise', kernel=block.kernel, **active
  )
  parts['depthwise_output'] = net
  if block.squeezes:
    net = _squeeze_excite(layers, net)
  net = layers.conv(net, depth, 1, 'project', activation_fn=None)
  if block.stride == 1 and inputs.shape[-1] == depth:
    net = tf.add(net, inputs, name='add')
  parts['output'] = net
  return parts


class _MobilenetV3(NamedTuple):
  """One of the networks: large or small, as it is or minimalistic."""

  blocks: tuple[_Block, ...]
  conv_depth: int  # Depth of the convolution before pooling.
  last_depth: int  # Depth of the convolution after it: the number of features.
  activation: _Activation = _hard_swish  # Of the layers around the blocks.
  # From the channels after pooling and a multiplier to their width.
  end: Callable[[int, float], int] = model_specs.wide_end

  def widths(self, multiplier: float) -> dict[str, int]:
    """The output channels of each kernel that depends on a multiplier."""
    depths = {'Conv': _STEM_DEPTH, 'Conv_1': self.conv_depth}
    for number, block in enumerate(self.blocks):
      depths[f'{layers_lib.block_scope(number)}/project'] = block.depth
    widths = {
      f'MobilenetV3/{layer}/weights': layers_lib.divisible(depth * multiplier)
      for layer, depth in depths.items()
    }
    return {
      **widths,
      'MobilenetV3/Conv_2/weights': self.end(self.last_depth, multiplier),
    }

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
    with tf.compat.v1.variable_scope('MobilenetV3'):
      endpoints = self._extract(layers, images, multiplier)
      net = endpoints[f'layer_{len(self.blocks) + 4}']
      with tf.compat.v1.variable_scope('Logits'):
        pooled = endpoints['global_pool'] = layers_lib.global_pool(net)
        logits = endpoints['Logits'] = layers.classifier(
          pooled, num_classes, _KEEP_PROB, 'Dropout'
        )
      endpoints['Predictions'] = tf.nn.softmax(logits, name='Predictions')
    return layers_lib.Outputs(logits, 'global_pool', endpoints)

  def _extract(
    self, layers: layers_lib.Layers, net: tf.Tensor, multiplier: float
  ) -> dict[str, tf.Tensor]:
    """Builds all layers up to the features; returns every endpoint."""
    active = {'activation_fn': self.activation}
    endpoints = {}

    def depth(channels: int) -> int:
      return layers_lib.divisible(channels * multiplier)

    net = layers.conv(net, depth(_STEM_DEPTH), 3, 'Conv', stride=2, **active)
    endpoints['layer_1'] = net
    for number, block in enumerate(self.blocks):
      layer = f'layer_{number + 2}'
      with tf.compat.v1.variable_scope(layers_lib.block_scope(number)):
        parts = _inverted_residual(layers, net, block, depth(block.depth))
      net = endpoints[layer] = parts['output']
      endpoints.update({f'{layer}/{part}': t for part, t in parts.items()})
    number = len(self.blocks) + 2
    net = layers.conv(net, depth(self.conv_depth), 1, 'Conv_1', **active)
    endpoints[f'layer_{number}'] = net
    net = endpoints[f'layer_{number + 1}'] = layers_lib.global_pool(net)
    last = self.end(self.last_depth, multiplier)
    net = layers.conv(net, last, 1, 'Conv_2', normalizer_fn=None, **active)
    endpoints[f'layer_{number + 2}'] = net
    return endpoints


_NETWORKS = {
  'mobilenet_v3_large': _MobilenetV3(_LARGE, 960, 1280),
  'mobilenet_v3_large_narrow_end': _MobilenetV3(
    _LARGE, 960, 1280, end=model_specs.narrow_end
  ),
  'mobilenet_v3_large_minimalistic': _MobilenetV3(
    _minimalistic(_LARGE), 960, 1280, tf.nn.relu
  ),
  'mobilenet_v3_small': _MobilenetV3(_SMALL, 576, 1024),
  'mobilenet_v3_small_narrow_end': _MobilenetV3(
    _SMALL, 576, 1024, end=model_specs.narrow_end
  ),
  'mobilenet_v3_small_minimalistic': _MobilenetV3(
    _minimalistic(_SMALL), 576, 1024, tf.nn.relu
  ),
}
BUILDERS = {name: network.build for name, network in _NETWORKS.items()}
WIDTHS = {name: network.widths for name, network in _NETWORKS.items()}
