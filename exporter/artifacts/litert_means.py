"""Keeps the means of layers when their kernels are rounded to 8 bits.

On the average of all pictures, each channel of a layer with a rounded kernel is
a little larger or smaller than before. The layers behind it were trained for
the former means, so these shifts are most of what 8 bits cost in accuracy. The
shift of each channel is measured on pictures. It is undone by what is added to
the channel anyway: a bias, or the mean of a batch norm.
"""

from collections.abc import Iterator
import dataclasses

import numpy as np
import tensorflow as tf

from exporter.artifacts import frozen
from model_specs import formats

# By operation, the axes of a kernel that are channels of the output. LiteRT's
# converter gives each of these a scale of its own.
_CHANNELS = {'Conv2D': (3,), 'DepthwiseConv2dNative': (2, 3)}
# What may follow a layer: the number of its input that is added to the channels
# (1), or subtracted from them (-1).
_TERMS = {'FusedBatchNormV3': (3, -1), 'BiasAdd': (1, 1)}
_LEVELS = 127  # On each side of zero.
_AT_ONCE = 8  # Pictures. More would take more memory, and be no faster.
_MOST_PICTURES = 64
_WHITE = np.float32(255)


@dataclasses.dataclass(frozen=True)
class _Layer:
  """A layer whose kernel is rounded, and the term that can make up for it."""

  node: tf.compat.v1.NodeDef
  follower: tf.compat.v1.NodeDef
  kernel: np.ndarray
  term: np.ndarray

  @property
  def lost(self) -> np.ndarray:
    """What rounding takes from the kernel."""
    channels = _CHANNELS[self.node.op]
    others = tuple(n for n in range(self.kernel.ndim) if n not in channels)
    largest = np.abs(self.kernel).max(others, keepdims=True)
    scale = np.maximum(largest, np.finfo(np.float32).tiny) / _LEVELS
    return self.kernel - np.round(self.kernel / scale) * scale


def _layers(definition: tf.compat.v1.GraphDef) -> Iterator[_Layer]:
  values = {
    node.name: tf.make_ndarray(node.attr['value'].tensor)
    for node in definition.node
    if node.op == 'Const'
  }
  followers: dict[str, list[tf.compat.v1.NodeDef]] = {}
  for node in definition.node:
    for name in node.input:
      followers.setdefault(name, []).append(node)
  for node in definition.node:
    if node.op not in _CHANNELS or node.input[1] not in values:
      continue
    (follower, *others) = followers[node.name]
    number, _ = _TERMS.get(follower.op, (0, 0))
    if number and not others and follower.input[number] in values:
      term = values[follower.input[number]]
      yield _Layer(node, follower, values[node.input[1]], term)


def _shifts(
  network: frozen.Frozen, layers: list[_Layer], pictures: np.ndarray
) -> list[np.ndarray]:
  """By how much rounding lowers the mean of each channel of each layer."""
  twins = tf.compat.v1.GraphDef()
  twins.CopyFrom(network.definition)
  for number, layer in enumerate(layers):
    kernel = frozen.constant(f'lost_{number}', layer.lost)
    twins.node.append(kernel)
    twin = twins.node.add()
    twin.CopyFrom(layer.node)
    twin.name = f'shift_{number}'
    twin.input[1] = kernel.name
  with tf.Graph().as_default() as live:
    tf.import_graph_def(twins, name='')
    means = [
      tf.reduce_mean(live.get_tensor_by_name(f'shift_{n}:0'), [0, 1, 2])
      for n in range(len(layers))
    ]
  sums = [np.zeros(layer.term.shape) for layer in layers]
  with tf.compat.v1.Session(graph=live) as session:
    for first in range(0, len(pictures), _AT_ONCE):
      some = pictures[first : first + _AT_ONCE]
      images = some.astype(np.float32) / _WHITE
      falls = session.run(means, {f'{formats.INPUT}:0': images})
      share = len(some) / len(pictures)
      sums = [s + share * fall for s, fall in zip(sums, falls, strict=True)]
  return sums


def keep_means(network: frozen.Frozen, pictures: np.ndarray) -> frozen.Frozen:
  """A network that keeps its means once its kernels are rounded.

  Args:
    network: The network, with the kernels as they are.
    pictures: Pictures as bytes, on which shifts are measured.
  """
  definition = tf.compat.v1.GraphDef()
  definition.CopyFrom(network.definition)
  layers = list(_layers(definition))
  if not layers:
    return network
  shifts = _shifts(network, layers, pictures[:_MOST_PICTURES])
  for layer, shift in zip(layers, shifts, strict=True):
    number, sign = _TERMS[layer.follower.op]
    name = f'{layer.follower.name}/kept_mean'
    term = frozen.constant(name, layer.term + sign * shift)
    definition.node.append(term)
    layer.follower.input[number] = term.name
  return dataclasses.replace(network, definition=definition)
