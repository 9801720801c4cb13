"""Networks of three layers, for tests to which it does not matter which."""

from collections.abc import Iterator
import contextlib
import dataclasses
import functools
from typing import NamedTuple
from unittest import mock

import numpy as np
import tensorflow as tf

from exporter import networks
from exporter.checkpoints import checkpoint
from exporter.checkpoints import synthetic
from exporter.networks import builders
from exporter.networks import layers as layers_lib
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

# Of every version; its dropout leaves a step of training nearly as it is.
_CERTAIN = dataclasses.replace(
  FAMILY, network='tiny_certain', versions=(1, 2, 3, 4, 5)
)
CERTAIN = dataclasses.replace(
  MODEL, name='tiny_certain_100_32', family=_CERTAIN
)
OF_ONE_SIZE = dataclasses.replace(
  CERTAIN,
  name='tiny_certain_of_one_size_100_32',
  family=dataclasses.replace(_CERTAIN, variable_size=False),
)
BY_NAME = {model.name: model for model in (MODEL, CERTAIN, OF_ONE_SIZE)}


class _Tiny(NamedTuple):
  """The network, in one of the forms that differ in their dropout."""

  keep_prob: float

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
          pooled, num_classes, self.keep_prob, 'Dropout_1b'
        )
    return layers_lib.Outputs(logits, 'AvgPool_1a', endpoints)


build = _Tiny(keep_prob=0.5).build


@contextlib.contextmanager
def registered() -> Iterator[spec.ModelSpec]:
  """Lets the exporter build them while the context is open; gives a spec."""
  builds = {
    _NAME: build,
    _CERTAIN.network: _Tiny(keep_prob=0.999).build,
  }
  with mock.patch.dict(builders.BUILDERS, builds):
    yield MODEL


@functools.cache
def sources() -> tuple[networks.Source, networks.Source]:
  """Its inference and its training source, built once."""
  with registered():
    inference, training = networks.sources(MODEL)
    return inference, training


@functools.cache
def wanted() -> checkpoint.Wanted:
  """What it asks of a checkpoint."""
  inference, _ = sources()
  return checkpoint.Wanted(inference.shapes, inference.trainable)


def tensors() -> dict[str, np.ndarray]:
  """Synthetic weights for it."""
  return synthetic.tensors(wanted().shapes)
