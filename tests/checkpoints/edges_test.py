"""What surrounds the layers of a graph is found by following its edges."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import edges

_v1 = tf.compat.v1


def _layer(images: tf.Tensor, name: str, size: int, padding: str) -> tf.Tensor:
  shape = [size, size, images.shape[-1], 4]
  kernel = _v1.get_variable(f'{name}/weights', shape, tf.float32)
  return tf.nn.conv2d(images, kernel, 1, padding, name=f'{name}/Conv2D')


def _depthwise(images: tf.Tensor) -> tf.Tensor:
  kernel = _v1.get_variable('first/depthwise_weights', [3, 3, 3, 1])
  strides = [1, 1, 1, 1]
  return tf.nn.depthwise_conv2d(images, kernel, strides, 'SAME')


def _graph(build: Callable[[tf.Tensor], object]) -> edges.Graph:
  """The graph of something that is done with images of 8 x 8 places."""
  with tf.Graph().as_default() as live:
    build(_v1.placeholder(tf.float32, [None, 8, 8, 3]))
  return edges.Graph(live.as_graph_def(add_shapes=True))


def _named(graph: edges.Graph, name: str):
  return graph.nodes[f'{name}/Conv2D']


@pytest.mark.parametrize(
  ('pool', 'found'),
  [
    (lambda x: tf.reduce_mean(x, [1, 2], True), 'the mean of all places'),
    (lambda x: tf.reduce_max(x, [1, 2], True), 'the max of all places'),
    (lambda x: tf.nn.avg_pool2d(x, 8, 2, 'VALID'), 'the mean of all places'),
    (
      lambda x: tf.nn.avg_pool2d(x, 7, 2, 'VALID'),
      'the mean of 7 x 7 of 8 x 8 places',
    ),
    (
      lambda x: tf.nn.max_pool2d(x, [7, 8], 2, 'VALID'),
      'the max of 7 x 8 of 8 x 8 places',
    ),
    (lambda x: x, ''),
    (lambda x: tf.nn.relu(tf.reduce_mean(x, [1, 2], True)), ''),
  ],
)
@pytest.mark.parametrize('rate', [0.0, 0.5])
def test_what_a_layer_gets_of_a_pooling(pool, found, rate):
  graph = _graph(
    lambda x: _layer(_v1.nn.dropout(pool(x), rate=rate), 'last', 1, 'SAME')
  )
  assert graph.pooling(_named(graph, 'last')) == found


@pytest.mark.parametrize(
  ('size', 'padding', 'border', 'found'),
  [
    (3, 'SAME', 0, 'SAME'),
    (3, 'VALID', 0, 'VALID'),
    (3, 'VALID', 1, 'a border of its own, then VALID'),
    (1, 'VALID', 0, ''),
  ],
)
def test_what_surrounds_images_is_found(size, padding, border, found):
  def build(images: tf.Tensor) -> None:
    if border:
      images = tf.pad(images, np.array([[0, 0], [1, 1], [1, 1], [0, 0]]))
    _layer(images, 'first', size, padding)

  graph = _graph(build)
  assert graph.padding(_named(graph, 'first')) == found


def test_a_first_layer_of_single_channels_tells_the_size_of_images():
  assert _graph(_depthwise).image_size('first/depthwise_weights') == 8
