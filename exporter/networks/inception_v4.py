"""Inception V4: Inception blocks alone, deeper than those of V3."""

from collections.abc import Iterable
from typing import TypeAlias

import tensorflow as tf

from exporter.networks import layers as layers_lib

# The layers of a branch. Where one is a tuple of layers, each of them sees what
# is before, and what they make is joined.
_Branch: TypeAlias = tuple[layers_lib.Step | tuple[layers_lib.Step, ...], ...]

_KEEP_PROB = 0.8
# Name, depth, stride and padding of each layer of the stem.
_STEM = (
  ('Conv2d_1a_3x3', 32, 2, 'VALID'),
  ('Conv2d_2a_3x3', 32, 1, 'VALID'),
  ('Conv2d_2b_3x3', 64, 1, 'SAME'),
)
_MIXED_3A: tuple[_Branch, ...] = (
  (('MaxPool_0a_3x3', 0),),
  (('Conv2d_0a_3x3', 96),),
)
_MIXED_4A: tuple[_Branch, ...] = (
  (('Conv2d_0a_1x1', 64), ('Conv2d_1a_3x3', 96)),
  (
    *(('Conv2d_0a_1x1', 64), ('Conv2d_0b_1x7', 64), ('Conv2d_0c_7x1', 64)),
    ('Conv2d_1a_3x3', 96),
  ),
)
_MIXED_5A: tuple[_Branch, ...] = (
  (('Conv2d_1a_3x3', 192),),
  (('MaxPool_1a_3x3', 0),),
)
_BLOCK_A: tuple[_Branch, ...] = (
  (('Conv2d_0a_1x1', 96),),
  (('Conv2d_0a_1x1', 64), ('Conv2d_0b_3x3', 96)),
  (('Conv2d_0a_1x1', 64), ('Conv2d_0b_3x3', 96), ('Conv2d_0c_3x3', 96)),
  (('AvgPool_0a_3x3', 0), ('Conv2d_0b_1x1', 96)),
)
_MIXED_6A: tuple[_Branch, ...] = (
  (('Conv2d_1a_3x3', 384),),
  (('Conv2d_0a_1x1', 192), ('Conv2d_0b_3x3', 224), ('Conv2d_1a_3x3', 256)),
  (('MaxPool_1a_3x3', 0),),
)
_BLOCK_B: tuple[_Branch, ...] = (
  (('Conv2d_0a_1x1', 384),),
  (('Conv2d_0a_1x1', 192), ('Conv2d_0b_1x7', 224), ('Conv2d_0c_7x1', 256)),
  (
    *(('Conv2d_0a_1x1', 192), ('Conv2d_0b_7x1', 192), ('Conv2d_0c_1x7', 224)),
    *(('Conv2d_0d_7x1', 224), ('Conv2d_0e_1x7', 256)),
  ),
  (('AvgPool_0a_3x3', 0), ('Conv2d_0b_1x1', 128)),
)
_MIXED_7A: tuple[_Branch, ...] = (
  (('Conv2d_0a_1x1', 192), ('Conv2d_1a_3x3', 192)),
  (
    *(('Conv2d_0a_1x1', 256), ('Conv2d_0b_1x7', 256), ('Conv2d_0c_7x1', 320)),
    ('Conv2d_1a_3x3', 320),
  ),
  (('MaxPool_1a_3x3', 0),),
)
_BLOCK_C: tuple[_Branch, ...] = (
  (('Conv2d_0a_1x1', 256),),
  (
    ('Conv2d_0a_1x1', 384),
    (('Conv2d_0b_1x3', 256), ('Conv2d_0c_3x1', 256)),
  ),
  (
    *(('Conv2d_0a_1x1', 384), ('Conv2d_0b_3x1', 448), ('Conv2d_0c_1x3', 512)),
    (('Conv2d_0d_1x3', 256), ('Conv2d_0e_3x1', 256)),
  ),
  (('AvgPool_0a_3x3', 0), ('Conv2d_0b_1x1', 256)),
)
# The branches of each block, by its name. In all but the repeated blocks,
# layers without padding, which mostly halve the image, come last.
_REPEATED = (_BLOCK_A, _BLOCK_B, _BLOCK_C)
_BLOCKS = {
  'Mixed_3a': _MIXED_3A,
  'Mixed_4a': _MIXED_4A,
  'Mixed_5a': _MIXED_5A,
  **{f'Mixed_5{letter}': _BLOCK_A for letter in 'bcde'},
  'Mixed_6a': _MIXED_6A,
  **{f'Mixed_6{letter}': _BLOCK_B for letter in 'bcdefgh'},
  'Mixed_7a': _MIXED_7A,
  **{f'Mixed_7{letter}': _BLOCK_C for letter in 'bcd'},
}
_NOT_HALVED = 'Mixed_4a'


def _mix(
  layers: layers_lib.Layers,
  net: tf.Tensor,
  branches: Iterable[_Branch],
  last: dict[str, object],
) -> tf.Tensor:
  """The concatenation of the outputs of all branches.

  Args:
    layers: Builds the layers.
    net: What all branches see.
    branches: The branches.
    last: Options of the last layer of each branch.
  """
  outputs = []
  for number, steps in enumerate(branches):
    with tf.compat.v1.variable_scope(f'Branch_{number}'):
      branch = net
      for step in steps:
        options = last if step is steps[-1] else {}
        if isinstance(step[0], tuple):
          ends = [layers.step(branch, each, **options) for each in step]
          branch = tf.concat(ends, 3)
        else:
          branch = layers.step(branch, step, **options)
    outputs.append(branch)
  return tf.concat(outputs, 3)


def build(
  images: tf.Tensor,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds the network on images in [-1, 1]."""
  layers = layers_lib.Layers(is_training, momentum, layers_lib.INCEPTION)
  endpoints, net = {}, images
  with tf.compat.v1.variable_scope('InceptionV4'):
    for name, depth, stride, padding in _STEM:
      net = layers.step(net, (name, depth), stride=stride, padding=padding)
      endpoints[name] = net
    for name, branches in _BLOCKS.items():
      last: dict[str, object] = {}
      if branches not in _REPEATED:
        last = {'stride': 1 if name == _NOT_HALVED else 2, 'padding': 'VALID'}
      with tf.compat.v1.variable_scope(name):
        net = endpoints[name] = _mix(layers, net, branches, last)
    with tf.compat.v1.variable_scope('Logits'):
      pooled = endpoints['global_pool'] = layers_lib.global_pool(net)
      net = layers.dropout(pooled, _KEEP_PROB, 'Dropout_1b')
      net = endpoints['PreLogitsFlatten'] = tf.squeeze(net, [1, 2])
      logits = layers.dense(net, num_classes, 'Logits')
      endpoints['Logits'] = logits
      endpoints['Predictions'] = tf.nn.softmax(logits, name='Predictions')
  return layers_lib.Outputs(logits, 'global_pool', endpoints)
