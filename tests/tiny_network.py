"""A network of three layers, for tests to which it does not matter which."""

from collections.abc import Iterator
import contextlib
import functools
from unittest import mock

import numpy as np
import tensorflow as tf

from exporter.checkpoints import checkpoint
from exporter.checkpoints import synthetic
from exporter.networks import builders
from exporter.networks import layers as layers_lib
from exporter.networks import source
from model_specs import family as family_lib
from model_specs import figures
from model_specs import spec

_NAME = 'tiny'
_NUM_FEATURES = 8

FAMILY = family_lib.Family(
  network=_NAME,
  title='Tiny',
  scope='Tiny',
  classifier='Tiny/Logits/',
  architecture='tiny',
  kaggle='tiny',
  paper=family_lib.Paper(
    'Nobody', 'Three Layers', 'https://example.org/tiny', 2020
  ),
  checkpoints_title='Tiny checkpoints',
  checkpoints_url='https://example.org/checkpoints',
  versions=(1, 3, 4, 5),
  variable_size=True,
  endpoints=('Conv2d_0', 'Conv2d_1_depthwise', 'global_pool'),
)
MODEL = spec.ModelSpec(
  name='tiny_100_32',
  family=FAMILY,
  multiplier=1.0,
  size=32,
  num_features=_NUM_FEATURES,
  checkpoint='tiny_2020_01_01/tiny_1.0_32/tiny_1.0_32.ckpt',
  archive_url='https://example.org/tiny_2020_01_01/tiny_1.0_32.tgz',
  figures=figures.Figures(),
  num_classes=5,
)


def build(
  images: tf.Tensor,
  multiplier: float,
  num_classes: int,
  is_training: bool,
  momentum: tf.Tensor,
) -> layers_lib.Outputs:
  """Builds the network on images in [-1, 1]."""
  layers = layers_lib.Layers(is_training, momentum)
  depth = round(_NUM_FEATURES * multiplier)
  endpoints = {}
  with tf.compat.v1.variable_scope('Tiny'):
    net = layers.conv(images, depth, 3, 'Conv2d_0', stride=2)
    endpoints['Conv2d_0'] = net
    net = layers.depthwise(net, 2, 'Conv2d_1_depthwise')
    endpoints['Conv2d_1_depthwise'] = net
    with tf.compat.v1.variable_scope('Logits'):
      pooled = endpoints['AvgPool_1a'] = layers_lib.global_pool(net)
      logits = endpoints['Logits'] = layers.classifier(
        pooled, num_classes, 0.5, 'Dropout_1b'
      )
  return layers_lib.Outputs(logits, 'AvgPool_1a', endpoints)


@contextlib.contextmanager
def registered() -> Iterator[spec.ModelSpec]:
  """Lets the exporter build it while the context is open; gives its spec."""
  with mock.patch.dict(builders.BUILDERS, {_NAME: build}):
    yield MODEL


@functools.cache
def sources() -> tuple[source.Source, source.Source]:
  """Its inference and its training source, built once."""
  with registered():
    architecture = source.architecture(MODEL)
    return source.build(architecture, False), source.build(architecture, True)


@functools.cache
def wanted() -> checkpoint.Wanted:
  """What it asks of a checkpoint."""
  inference, _ = sources()
  return checkpoint.Wanted(inference.shapes, inference.trainable)


def tensors() -> dict[str, np.ndarray]:
  """Synthetic weights for it."""
  return synthetic.tensors(wanted().shapes)
