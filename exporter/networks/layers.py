"""The layers that the networks share, with TF-Slim's names and defaults."""

from collections.abc import Callable
import contextlib
import functools
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from exporter.networks import slim
import model_specs

divisible = model_specs.divisible


class Style(NamedTuple):
  """What the layers of a family have in common."""

  activation: Callable[[tf.Tensor], tf.Tensor]  # Unless a layer has another.
  weight_decay: float = 4e-5  # Of kernels that are not depthwise.
  epsilon: float = 0.001  # What batch norm adds to variances.
  scale: bool = True  # Whether batch norm has a gamma.


class Outputs(NamedTuple):
  """The tensors of one built network: what every builder hands back."""

  logits: tf.Tensor  # [batch, num_classes]
  # Which endpoint holds the features, [batch, 1, 1, num_features], or without
  # the 1s.
  pooled: str
  endpoints: dict[str, tf.Tensor]  # In TF-Slim's names, without the scope.


MOBILENET = Style(tf.nn.relu6)
INCEPTION = Style(tf.nn.relu, scale=False)
NASNET = Style(tf.nn.relu)
NASNET_LARGE = Style(tf.nn.relu, weight_decay=5e-5)
RESNET = Style(tf.nn.relu, weight_decay=1e-4, epsilon=1e-5)


class Layers:
  """Convolutions of one mode: inference, or training with some momentum."""

  def __init__(
    self, is_training: bool, momentum: tf.Tensor, style: Style = MOBILENET
  ):
    """Chooses.

    Args:
      is_training: The mode.
      momentum: Of batch norm's moving averages.
      style: Of the family.
    """
    self._is_training = is_training
    self._params = {
      'is_training': is_training,
      'decay': momentum,
      'center': True,
      'scale': style.scale,
      'epsilon': style.epsilon,
    }
    self._norm = {
      'normalizer_fn': slim.batch_norm,
      'normalizer_params': self._params,
    }
    self._activation = style.activation
    self.regularizer = slim.l2_regularizer(style.weight_decay)

  def defaults(self) -> contextlib.AbstractContextManager[None]:
    """Gives these choices to the networks that come with tf_slim."""
    return slim.defaults(self._params, self.regularizer)

  def conv(
    self,
    net: tf.Tensor,
    depth: int,
    kernel: int | tuple[int, int],
    scope: str,
    **kwargs: Any,
  ) -> tf.Tensor:
    """Convolution, batch norm and activation, unless told otherwise."""
    return slim.conv2d(
      net,
      depth,
      kernel,
      scope=scope,
      weights_regularizer=self.regularizer,
      **{'activation_fn': self._activation, **self._norm, **kwargs},
    )

  def depthwise(
    self,
    net: tf.Tensor,
    stride: int,
    scope: str,
    kernel: int = 3,
    **kwargs: Any,
  ) -> tf.Tensor:
    """Depthwise convolution, which no weight decay applies to."""
    return slim.separable_conv2d(
      net,
      None,
      [kernel, kernel],
      depth_multiplier=1,
      stride=stride,
      scope=scope,
      **{'activation_fn': self._activation, **self._norm, **kwargs},
    )

  def dropout(self, net: tf.Tensor, keep_prob: float, scope: str) -> tf.Tensor:
    """Drops values at random, in training only."""
    return slim.dropout(
      net, keep_prob, is_training=self._is_training, scope=scope
    )

  def logits(self, net: tf.Tensor, num_classes: int, scope: str) -> tf.Tensor:
    """A 1x1 convolution with biases, squeezed to logits."""
    net = self.conv(
      net, num_classes, 1, scope, activation_fn=None, normalizer_fn=None
    )
    return tf.squeeze(net, [1, 2], name='SpatialSqueeze')

  def norm(self, net: tf.Tensor, scope: str) -> tf.Tensor:
    """Batch norm alone."""
    return slim.batch_norm(net, scope=scope, **self._params)

  def separable(
    self, net: tf.Tensor, depth: int, kernel: int, stride: int, scope: str
  ) -> tf.Tensor:
    """Depthwise, then 1x1 convolution, nothing else; both kernels decay."""
    return slim.separable_conv2d(
      net,
      depth,
      [kernel, kernel],
      depth_multiplier=1,
      stride=stride,
      scope=scope,
      activation_fn=None,
      biases_initializer=None,
      weights_regularizer=self.regularizer,
    )

  def dense(
    self, net: tf.Tensor, num_classes: int, scope: str, **kwargs: Any
  ) -> tf.Tensor:
    """Logits of a flat layer."""
    return slim.fully_connected(
      net,
      num_classes,
      activation_fn=None,
      weights_regularizer=self.regularizer,
      scope=scope,
      **kwargs,
    )

  def classifier(
    self, pooled: tf.Tensor, num_classes: int, keep_prob: float, dropout: str
  ) -> tf.Tensor:
    """Dropout, then logits."""
    net = self.dropout(pooled, keep_prob, dropout)
    return self.logits(net, num_classes, 'Conv2d_1c_1x1')


global_pool = functools.partial(
  tf.reduce_mean, axis=[1, 2], keepdims=True, name='global_pool'
)
