"""A TF-Slim network in a session, which artifacts are compared with."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import dataclasses
import functools
import math
from typing import Any
import warnings

import numpy as np
import tensorflow as tf
from tensorflow.python.keras.utils import version_utils

from exporter.networks import builders
from exporter.networks import loading
import model_specs

_v1 = tf.compat.v1
BATCH_NORM_MOMENTUM = 'batch_norm_momentum'
DEFAULT_MOMENTUM = 0.99


@dataclasses.dataclass(frozen=True)
class Architecture:
  """Everything that a network's graph depends on."""

  network: str
  multiplier: float | None
  num_classes: int
  preprocessing: model_specs.Preprocessing = model_specs.FROM_MINUS_1_TO_1
  channels: int = 3
  # The height and width of images, where layers fit no other; else None.
  size: int | None = None


def architecture(model: model_specs.ModelSpec) -> Architecture:
  """The architecture of a model."""
  return Architecture(
    model.network,
    model.multiplier,
    # Without classes, a classifier is built all the same, and never exported.
    model.num_classes or 1,
    model.family.preprocessing,
    model.family.channels,
    model.size if model.family.sizes else None,
  )


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


class Source:
  """One network in one mode, inference or training, as tf_slim builds it."""

  def __init__(self, architecture: Architecture, is_training: bool):
    self.is_training = is_training
    self.graph = tf.Graph()
    with (
      self.graph.as_default(),
      _identity_of_tensors(),
      _classes_chosen_once(),
      warnings.catch_warnings(),
    ):
      # tf_slim calls a deprecated method of TensorFlow's legacy layers.
      warnings.filterwarnings('ignore', '.*layer.apply', UserWarning)
      self._build(architecture)
    self._session = _v1.Session(graph=self.graph)

  def _build(self, architecture: Architecture) -> None:
    with tf.name_scope('hub_input'):
      size = architecture.size
      self.images = _v1.placeholder(
        tf.float32, [None, size, size, architecture.channels], 'images'
      )
      self.momentum = _v1.placeholder_with_default(
        tf.constant(DEFAULT_MOMENTUM, name='default_momentum'),
        [],
        BATCH_NORM_MOMENTUM,
      )
      scaled = _preprocess(self.images, architecture.preprocessing)
    variant = {}
    if architecture.multiplier is not None:
      variant['multiplier'] = architecture.multiplier
    with loading.without_values():
      built = builders.BUILDERS[architecture.network](
        scaled,
        num_classes=architecture.num_classes,
        is_training=self.is_training,
        momentum=self.momentum,
        **variant,
      )
    self.endpoints = dict(built.endpoints)
    self.pooled = built.pooled
    self._has_pool = built.has_pool
    with tf.name_scope('hub_output'):
      self.logits = tf.identity(built.logits, 'classification')
      pooled = built.endpoints[built.pooled]
      name = 'feature_vector/SpatialSqueeze'  # Users fetch it by this name.
      if pooled.shape.rank == 2:
        self.features = tf.identity(pooled, name)
      else:
        self.features = tf.squeeze(pooled, [1, 2], name)
    self.variables = tuple(_v1.global_variables())
    self.trainable = frozenset(v.op.name for v in _v1.trainable_variables())
    self.losses = tuple(_v1.losses.get_regularization_losses())
    self.updates = tuple(_v1.get_collection(_v1.GraphKeys.UPDATE_OPS))
    self._loader = loading.Loader(self.variables)

  @functools.cached_property
  def draws(self) -> tuple[tf.Tensor, ...]:
    """The random numbers that dropout draws, one for each value."""
    ops = self.graph.get_operations()
    return tuple(op.outputs[0] for op in ops if 'Random' in op.type)

  @functools.cached_property
  def _random(self) -> frozenset[str]:
    """The operations that give something else each time."""
    found = set()
    waiting = [tensor.op for tensor in self.draws]
    while waiting:
      op = waiting.pop()
      if op.name not in found:
        found.add(op.name)
        waiting += [user for end in op.outputs for user in end.consumers()]
    return frozenset(found)

  def is_random(self, tensor: tf.Tensor) -> bool:
    """Whether a tensor is random, because it stands behind active dropout."""
    return tensor.op.name in self._random

  @property
  def shapes(self) -> dict[str, tuple[int, ...]]:
    """The shape of every variable, in the order in which they were created."""
    return {v.op.name: tuple(v.shape.as_list()) for v in self.variables}

  def scoped_endpoints(self, scope: str) -> dict[str, tf.Tensor]:
    """The endpoints by the names that signatures give them.

    The names begin with the scope, and features that are pooled are
    `global_pool`, whatever TF-Slim calls them.
    """
    names = {self.pooled: 'global_pool'} if self._has_pool else {}
    return {
      f'{scope}/{names.get(name, name)}': tensor
      for name, tensor in self.endpoints.items()
    }

  def load(self, tensors: Mapping[str, np.ndarray]) -> None:
    """Sets every variable to its tensor, by name."""
    self._loader.load(self._session, tensors)

  def unload(self) -> None:
    """Frees the memory of every variable; `load` sets them again."""
    self._loader.unload(self._session)

  def run(
    self,
    fetches: Any,
    images: np.ndarray,
    momentum: float = 0.0,
    draw: Callable[[Sequence[int]], np.ndarray] | None = None,
  ) -> Any:
    """Computes tensors, or runs ops, on images in [0, 1].

    Args:
      fetches: What to compute or to run.
      images: The images.
      momentum: How much of the moving averages remains.
      draw: Gives the numbers that dropout draws, by their shape. By default
        they are random.
    """
    feeds: dict[tf.Tensor, Any] = {
      self.images: images,
      self.momentum: momentum,
    }
    if draw:
      for tensor in self.draws:
        _, *sizes = tensor.shape.as_list()
        feeds[tensor] = draw([len(images), *sizes])
    return self._session.run(fetches, feeds)


@functools.lru_cache(maxsize=2)
def build(architecture: Architecture, is_training: bool) -> Source:
  """The source of an architecture in one mode.

  The two that were used last stay in memory: both modes of one architecture.
  """
  return Source(architecture, is_training)


def sources(model: model_specs.ModelSpec) -> tuple[Source, ...]:
  """A model's inference network and, if it has one, its training network."""
  of_model = architecture(model)
  modes = (False,) if model.family.is_quantized else (False, True)
  return tuple(build(of_model, is_training=mode) for mode in modes)
