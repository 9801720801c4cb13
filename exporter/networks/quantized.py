"""Layers that round to 8 bits, as quantization-aware training leaves them.

`tf.contrib.quantize` rewrote the networks of TF-Slim: it folded every batch
norm into its kernel, and put an op that rounds behind every kernel, activation
and residual sum. Images, biases and pooled features stay as they are. The
ranges that the ops round in were trained, and are variables of the checkpoint.
Only the graph for inference is built here.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from exporter.networks import layers as layers_lib

_v1 = tf.compat.v1
_OP = 'FakeQuantWithMinMaxVars'
_BITS = 8
# What the variables of a range are called, below the name of a layer.
_KERNEL, _ACTIVATION = 'weights_quant', 'act_quant'
_SUM = 'post_activation_bypass_quant'


def _variable(name: str, shape: Sequence[int], **kwargs: Any) -> tf.Tensor:
  return _v1.get_variable(name, shape, tf.float32, **kwargs)


def _statistic(name: str, depth: int) -> tf.Tensor:
  return _variable(name, [depth], trainable=False)


class Layers(layers_lib.Layers):
  """Builds layers whose kernels and results are rounded."""

  def __init__(
    self,
    is_training: bool,
    momentum: tf.Tensor,
    style: layers_lib.Style = layers_lib.MOBILENET,
    *,
    scope: Callable[[str], str] = str,
  ):
    """Sets what all layers share.

    Args:
      is_training: Must be false.
      momentum: Has no effect, as nothing is trained.
      style: The settings of the family.
      scope: The scope of a layer's ranges, given that of its other variables.
        TF-Slim's ops have names of their own, and ranges are named for those.
    """
    assert not is_training
    super().__init__(is_training, momentum, style)
    self._style = style
    self._scope = scope
    self._root = _v1.get_variable_scope()

  def _round(
    self, net: tf.Tensor, name: str, *, narrow: bool = False
  ) -> tf.Tensor:
    """Rounds a tensor of the present layer in its trained range."""
    scope = f'{self._scope(_v1.get_variable_scope().name)}/{name}'
    with _v1.variable_scope(self._root, auxiliary_name_scope=False):
      low, high = (
        _variable(f'{scope}/{end}', [], trainable=False)
        for end in ('min', 'max')
      )
    return tf.quantization.fake_quant_with_min_max_vars(
      net, low, high, _BITS, narrow, name=f'{name}/{_OP}'
    )

  def _folded(self, depth: int) -> tuple[tf.Tensor, tf.Tensor]:
    """What batch norm multiplies each channel by, and what it then adds."""
    with _v1.variable_scope('BatchNorm'):
      beta = _variable('beta', [depth])
      gamma = _variable('gamma', [depth])
      mean = _statistic('moving_mean', depth)
      variance = _statistic('moving_variance', depth)
    factor = gamma * tf.math.rsqrt(variance + self._style.epsilon)
    return factor, beta - mean * factor

  def _activate(
    self, net: tf.Tensor, activation: Callable[[tf.Tensor], tf.Tensor] | None
  ) -> tf.Tensor:
    return self._round(activation(net) if activation else net, _ACTIVATION)

  def conv(
    self,
    net: tf.Tensor,
    depth: int,
    kernel: int | tuple[int, int],
    scope: str,
    **kwargs: Any,
  ) -> tf.Tensor:
    """Convolution, batch norm and activation; `kwargs` replace any of them."""
    options = {'activation_fn': self._activation, 'stride': 1, **kwargs}
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    with _v1.variable_scope(scope):
      weights = _variable(
        'weights',
        [height, width, net.shape[-1], depth],
        regularizer=self.regularizer,
      )
      if options.get('normalizer_fn', True):
        factor, biases = self._folded(depth)
        weights = tf.multiply(weights, factor, name='mul_fold')
      else:
        biases = _variable('biases', [depth])
      rounded = self._round(weights, _KERNEL, narrow=True)
      net = tf.nn.conv2d(net, rounded, options['stride'], 'SAME')
      net = tf.add(net, biases, name='add_fold')
      return self._activate(net, options['activation_fn'])

  def depthwise(
    self,
    net: tf.Tensor,
    stride: int,
    scope: str,
    kernel: int = 3,
    **kwargs: Any,
  ) -> tf.Tensor:
    """Depthwise convolution, batch norm and activation; no weight decay."""
    activation = kwargs.get('activation_fn', self._activation)
    depth = net.shape[-1]
    with _v1.variable_scope(scope):
      weights = _variable('depthwise_weights', [kernel, kernel, depth, 1])
      factor, biases = self._folded(depth)
      factor = tf.reshape(factor, [depth, 1])
      weights = tf.multiply(weights, factor, name='mul_fold')
      rounded = self._round(weights, _KERNEL, narrow=True)
      strides = [1, stride, stride, 1]
      net = tf.nn.depthwise_conv2d(net, rounded, strides, 'SAME')
      net = tf.add(net, biases, name='add_fold')
      return self._activate(net, activation)

  def add(self, net: tf.Tensor, inputs: tf.Tensor) -> tf.Tensor:
    """The rounded sum of a block's result and its input."""
    return self._round(super().add(net, inputs), _SUM)


def with_exact(
  outputs: layers_lib.Outputs, names: Iterable[str]
) -> layers_lib.Outputs:
  """The outputs with some endpoints as they are before they are rounded."""
  before = {name: outputs.endpoints[name].op.inputs[0] for name in names}
  return outputs._replace(endpoints={**outputs.endpoints, **before})
