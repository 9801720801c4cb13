"""The layers that all networks use, with TF-Slim's names and defaults."""

from collections.abc import Callable
import contextlib
import functools
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

import tensorflow as tf

from exporter.networks import slim
import model_specs

divisible = model_specs.divisible


def block_scope(number: int) -> str:
  """The scope of a block of MobileNet V2 and its like, counted from 0."""
  return f'expanded_conv_{number}' if number else 'expanded_conv'


class Style(NamedTuple):
  """The settings that all layers of a family share."""

  activation: Callable[[tf.Tensor], tf.Tensor]  # A layer may have another one.
  weight_decay: float = 4e-5  # Not applied to depthwise kernels.
  epsilon: float = 0.001  # Added to variances in batch norm.
  scale: bool = True  # Whether batch norm has a gamma.


# Name and depth of a layer of Inception. The name says what it is, and ends in
# the size of the kernel. A pool has the depth 0, as it has no weights.
Step: TypeAlias = tuple[str, int]


class Outputs(NamedTuple):
  """The tensors of one built network, as every builder returns them."""

  logits: tf.Tensor  # [batch, num_classes]
  # The name of the endpoint that holds the features. Their shape is
  # [batch, 1, 1, num_features] or [batch, num_features].
  pooled: str
  endpoints: dict[str, tf.Tensor]  # By TF-Slim's names, without the scope.
  # Whether the features are pooled; signatures call them `global_pool` then.
  has_pool: bool = True


MOBILENET = Style(tf.nn.relu6)
EDGETPU = Style(tf.nn.relu)
INCEPTION = Style(tf.nn.relu, scale=False)
NASNET = Style(tf.nn.relu)
# TF-Slim trains CifarNet with this decay. Of LeNet it says 0, which would leave
# no losses; this is what its script of training has for every network.
CIFARNET = Style(tf.nn.relu, weight_decay=4e-3)
LENET = Style(tf.nn.relu)
NASNET_CIFAR = Style(tf.nn.relu, weight_decay=5e-4, epsilon=1e-5)
NASNET_LARGE = Style(tf.nn.relu, weight_decay=5e-5)
PLAIN = Style(tf.nn.relu, weight_decay=5e-4)
RESNET = Style(tf.nn.relu, weight_decay=1e-4, epsilon=1e-5)


class Layers:
  """Builds layers in one mode, inference or training, and in one style."""

  def __init__(
    self, is_training: bool, momentum: tf.Tensor, style: Style = MOBILENET
  ):
    """Sets what all layers share.

    Args:
      is_training: Whether batch norm uses and updates the statistics of the
        batch, and dropout drops values.
      momentum: The momentum of batch norm's moving averages.
      style: The settings of the family.
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
    """A context in which tf_slim's own networks are built in this style."""
    return slim.defaults(self._params, self.regularizer)

  def plain_defaults(self) -> contextlib.AbstractContextManager[None]:
    """The same for those of tf_slim's networks that have no batch norm."""
    return slim.plain_defaults(self.regularizer)

  def conv(
    self,
    net: tf.Tensor,
    depth: int,
    kernel: int | tuple[int, int],
    scope: str,
    **kwargs: Any,
  ) -> tf.Tensor:
    """Convolution, batch norm and activation; `kwargs` replace any of them."""
    options = {
      'activation_fn': self._activation,
      'weights_regularizer': self.regularizer,
      **self._norm,
      **kwargs,
    }
    return slim.conv2d(net, depth, kernel, scope=scope, **options)

  def step(self, net: tf.Tensor, step: Step, **kwargs: Any) -> tf.Tensor:
    """A convolution or a pool, as its name says; `kwargs` are its options."""
    name, depth = step
    kind, *_, kernel = name.split('_')
    height, width = map(int, kernel.split('x'))
    if kind == 'Conv2d':
      return self.conv(net, depth, (height, width), name, **kwargs)
    pool = slim.max_pool2d if kind == 'MaxPool' else slim.avg_pool2d
    options = {'stride': 1, 'padding': 'SAME', **kwargs}
    return pool(net, [height, width], scope=name, **options)

  def depthwise(
    self,
    net: tf.Tensor,
    stride: int,
    scope: str,
    kernel: int = 3,
    **kwargs: Any,
  ) -> tf.Tensor:
    """Depthwise convolution, batch norm and activation; no weight decay."""
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

  def add(self, net: tf.Tensor, inputs: tf.Tensor) -> tf.Tensor:
    """The sum of a block's result and its input."""
    return tf.add(net, inputs, name='add')

  def norm(self, net: tf.Tensor, scope: str) -> tf.Tensor:
    """Batch norm alone."""
    return slim.batch_norm(net, scope=scope, **self._params)

  def separable(
    self, net: tf.Tensor, depth: int, kernel: int, stride: int, scope: str
  ) -> tf.Tensor:
    """A depthwise and a 1x1 convolution, without batch norm and activation.

    Weight decay applies to both kernels.
    """
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
    """A fully connected layer from features without spatial axes to logits."""
    options = {
      'activation_fn': None,
      'weights_regularizer': self.regularizer,
      **kwargs,
    }
    return slim.fully_connected(net, num_classes, scope=scope, **options)

  def classifier(
    self, pooled: tf.Tensor, num_classes: int, keep_prob: float, dropout: str
  ) -> tf.Tensor:
    """Dropout, then a 1x1 convolution to logits."""
    net = self.dropout(pooled, keep_prob, dropout)
    return self.logits(net, num_classes, 'Conv2d_1c_1x1')


global_pool = functools.partial(
  tf.reduce_mean, axis=[1, 2], keepdims=True, name='global_pool'
)
