"""Builds networks with TF-Slim."""

from collections.abc import Iterator
import contextlib
import functools
import math
import warnings

import tensorflow as tf
from tensorflow.python.keras.utils import version_utils

from exporter.networks import architectures
from exporter.networks import blueprint
from exporter.networks import builders
from exporter.networks import layers
from exporter.networks import uninitialized
import model_specs

_v1 = tf.compat.v1
DEFAULT_MOMENTUM = 0.99


def _preprocess(
  images: tf.Tensor, preprocessing: model_specs.Preprocessing
) -> tf.Tensor:
  """Maps colours in [0, 1] to what a network expects."""
  scaled = tf.multiply(images, preprocessing.factor, name='Mul')
  scaled = tf.subtract(scaled, preprocessing.offset, name='Sub')
  if not isinstance(preprocessing, model_specs.Standardization):
    return scaled
  axes = [1, 2, 3]
  mean = tf.reduce_mean(scaled, axes, keepdims=True)
  squares = tf.math.squared_difference(scaled, mean)
  variance = tf.reduce_mean(squares, axes, keepdims=True)
  least = math.prod(images.shape[1:]) ** -0.5
  return (scaled - mean) / tf.maximum(tf.sqrt(variance), least)


@contextlib.contextmanager
def _identity_of_tensors() -> Iterator[None]:
  """Tensors equal themselves alone, which graphs are built with anyway.

  TensorFlow's layers put all variables into a set for each new one, and ask at
  every comparison whether this is a graph. This is the answer beforehand, which
  halves the time to build the largest networks.
  """
  is_by_value = getattr(tf.Tensor, '_USE_EQUALITY', True)
  _v1.disable_tensor_equality()
  try:
    yield
  finally:
    if is_by_value:
      _v1.enable_tensor_equality()


@contextlib.contextmanager
def _classes_chosen_once() -> Iterator[None]:
  """TensorFlow's layers choose between two base classes once, not each time.

  For each new layer they set the bases of its class, to the same as before.
  With that Python forgets what it has cached of the class and all below it,
  which takes a seventh of the time to build the largest networks.
  """
  choose = version_utils.swap_class
  version_utils.swap_class = functools.cache(choose)
  try:
    yield
  finally:
    version_utils.swap_class = choose


def _built(
  architecture: architectures.Architecture, is_training: bool
) -> layers.Outputs:
  """Builds a network in the present graph, from the images to both outputs."""
  with tf.name_scope(blueprint.INPUT):
    size = architecture.size
    images = _v1.placeholder(
      tf.float32, [None, size, size, architecture.channels], 'images'
    )
    momentum = _v1.placeholder_with_default(
      tf.constant(DEFAULT_MOMENTUM, name='default_momentum'),
      [],
      blueprint.BATCH_NORM_MOMENTUM,
    )
    scaled = _preprocess(images, architecture.preprocessing)
  variant = {}
  if architecture.multiplier is not None:
    variant['multiplier'] = architecture.multiplier
  with uninitialized.without_values():
    built = builders.BUILDERS[architecture.network](
      scaled,
      num_classes=architecture.num_classes,
      is_training=is_training,
      momentum=momentum,
      **variant,
    )
  with tf.name_scope(blueprint.OUTPUT):
    tf.identity(built.logits, 'classification')
    pooled = built.endpoints[built.pooled]
    name = 'feature_vector/SpatialSqueeze'
    if pooled.shape.rank == 2:
      tf.identity(pooled, name)
    else:
      tf.squeeze(pooled, [1, 2], name)
  return built


def _variables() -> tuple[blueprint.Variable, ...]:
  trainable = {variable.op.name for variable in _v1.trainable_variables()}
  return tuple(
    blueprint.Variable(
      variable.op.name,
      tuple(variable.shape.as_list()),
      variable.dtype.as_datatype_enum,
      variable.op.name in trainable,
    )
    for variable in _v1.global_variables()
  )


def build(
  architecture: architectures.Architecture, is_training: bool
) -> blueprint.Blueprint:
  """Builds a network in one mode, inference or training."""
  with (
    tf.Graph().as_default() as graph,
    _identity_of_tensors(),
    _classes_chosen_once(),
    warnings.catch_warnings(),
  ):
    # tf_slim calls a deprecated method of TensorFlow's legacy layers.
    warnings.filterwarnings('ignore', '.*layer.apply', UserWarning)
    built = _built(architecture, is_training)
    losses = _v1.losses.get_regularization_losses()
    updates = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
    return blueprint.Blueprint(
      graph.as_graph_def(),
      is_training,
      _variables(),
      {name: tensor.name for name, tensor in built.endpoints.items()},
      built.pooled,
      built.has_pool,
      tuple(loss.name for loss in losses),
      tuple(update.op.name for update in updates),
    )
