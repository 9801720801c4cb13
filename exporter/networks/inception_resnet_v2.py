"""Inception-ResNet V2: Inception blocks with residual connections."""

from collections.abc import Iterable
from typing import TypeAlias

import tensorflow as tf

from exporter.networks import layers as layers_lib

# In a branch, layers called 1a halve the image.
_Branch: TypeAlias = tuple[layers_lib.Step, ...]

_KEEP_PROB = 0.8
_HALVED = {'stride': 2, 'padding': 'VALID'}
# Name, depth, stride and padding of each layer of the stem.
_STEM = (
  ('Conv2d_1a_3x3', 32, 2, 'VALID'),
  ('Conv2d_2a_3x3', 32, 1, 'VALID'),
  ('Conv2d_2b_3x3', 64, 1, 'SAME'),
  ('MaxPool_3a_3x3', 0, 2, 'VALID'),
  ('Conv2d_3b_1x1', 80, 1, 'VALID'),
  ('Conv2d_4a_3x3', 192, 1, 'VALID'),
  ('MaxPool_5a_3x3', 0, 2, 'VALID'),
)
_MIXED_5B: tuple[_Branch, ...] = (
  (('Conv2d_1x1', 96),),
  (('Conv2d_0a_1x1', 48), ('Conv2d_0b_5x5', 64)),
  (('Conv2d_0a_1x1', 64), ('Conv2d_0b_3x3', 96), ('Conv2d_0c_3x3', 96)),
  (('AvgPool_0a_3x3', 0), ('Conv2d_0b_1x1', 64)),
)
_BLOCK_35: tuple[_Branch, ...] = (
  (('Conv2d_1x1', 32),),
  (('Conv2d_0a_1x1', 32), ('Conv2d_0b_3x3', 32)),
  (('Conv2d_0a_1x1', 32), ('Conv2d_0b_3x3', 48), ('Conv2d_0c_3x3', 64)),
)
_MIXED_6A: tuple[_Branch, ...] = (
  (('Conv2d_1a_3x3', 384),),
  (('Conv2d_0a_1x1', 256), ('Conv2d_0b_3x3', 256), ('Conv2d_1a_3x3', 384)),
  (('MaxPool_1a_3x3', 0),),
)
_BLOCK_17: tuple[_Branch, ...] = (
  (('Conv2d_1x1', 192),),
  (('Conv2d_0a_1x1', 128), ('Conv2d_0b_1x7', 160), ('Conv2d_0c_7x1', 192)),
)
_MIXED_7A: tuple[_Branch, ...] = (
  (('Conv2d_0a_1x1', 256), ('Conv2d_1a_3x3', 384)),
  (('Conv2d_0a_1x1', 256), ('Conv2d_1a_3x3', 288)),
  (('Conv2d_0a_1x1', 256), ('Conv2d_0b_3x3', 288), ('Conv2d_1a_3x3', 320)),
  (('MaxPool_1a_3x3', 0),),
)
_BLOCK_8: tuple[_Branch, ...] = (
  (('Conv2d_1x1', 192),),
  (('Conv2d_0a_1x1', 192), ('Conv2d_0b_1x3', 224), ('Conv2d_0c_3x1', 256)),
)
# Of each stage: the branches of its first block, the name of that block, then
# the scope, the branches, the number and the residual scale of the blocks that
# follow it, and the name of the endpoint after them, if it has one.
_STAGES = (
  (_MIXED_5B, 'Mixed_5b', 'Repeat/block35', _BLOCK_35, 10, 0.17, ''),
  (
    _MIXED_6A,
    'Mixed_6a',
    'Repeat_1/block17',
    _BLOCK_17,
    20,
    0.1,
    'PreAuxLogits',
  ),
  (_MIXED_7A, 'Mixed_7a', 'Repeat_2/block8', _BLOCK_8, 9, 0.2, ''),
)
_LAST_DEPTH = 1536


def _mix(
  layers: layers_lib.Layers, net: tf.Tensor, branches: Iterable[_Branch]
) -> tf.Tensor:
  """The concatenation of the outputs of all branches."""
  outputs = []
  for number, steps in enumerate(branches):
    with tf.compat.v1.variable_scope(f'Branch_{number}'):
      branch = net
      for step in steps:
        options = _HALVED if '_1a_' in step[0] else {}
        branch = layers.step(branch, step, **options)
    outputs.append(branch)
  return tf.concat(outputs, 3)


def _add(
  layers: layers_lib.Layers,
  net: tf.Tensor,
  branches: Iterable[_Branch],
  scale: float,
) -> tf.Tensor:
  """A residual block: its input plus the scaled output of its branches."""
  mixed = layers.conv(
    _mix(layers, net, branches),
    net.shape[-1],
    1,
    'Conv2d_1x1',
    normalizer_fn=None,
    activation_fn=None,
    biases_regularizer=layers.regularizer,
  )
  return net + mixed * scale


def _extract(
  layers: layers_lib.Layers, net: tf.Tensor
) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
  """The last layer before pooling, and all endpoints up to it."""
  endpoints = {}
  for name, depth, stride, padding in _STEM:
    net = layers.step(net, (name, depth), stride=stride, padding=padding)
    endpoints[name] = net
  for mixed, name, scope, branches, count, scale, last_endpoint in _STAGES:
    with tf.compat.v1.variable_scope(name):
      net = endpoints[name] = _mix(layers, net, mixed)
    for number in range(1, count + 1):
      with tf.compat.v1.variable_scope(f'{scope}_{number}'):
        net = tf.nn.relu(_add(layers, net, branches, scale))
    if last_endpoint:
      endpoints[last_endpoint] = net
  with tf.compat.v1.variable_scope('Block8'):
    net = _add(layers, net, _BLOCK_8, 1.0)
  net = layers.conv(net, _LAST_DEPTH, 1, 'Conv2d_7b_1x1')
  endpoints['Conv2d_7b_1x1'] = net
  return net, endpoints


def build(
  images: tf.Tensor,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds the network on images in [-1, 1]."""
  layers = layers_lib.Layers(is_training, momentum, layers_lib.INCEPTION)
  with tf.compat.v1.variable_scope('InceptionResnetV2'):
    net, endpoints = _extract(layers, images)
    with tf.compat.v1.variable_scope('Logits'):
      pooled = endpoints['global_pool'] = layers_lib.global_pool(net)
      net = layers.dropout(tf.squeeze(pooled, [1, 2]), _KEEP_PROB, 'Dropout')
      endpoints['PreLogitsFlatten'] = net
      logits = endpoints['Logits'] = layers.dense(
        net, num_classes, 'Logits', biases_regularizer=layers.regularizer
      )
    endpoints['Predictions'] = tf.nn.softmax(logits, name='Predictions')
  return layers_lib.Outputs(logits, 'global_pool', endpoints)
