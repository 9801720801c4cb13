"""Writes the graphs of trainings, by TensorFlow 1.15 and the TF-Slim in it.

`python slim_training.py FOLDER`: a file NETWORK.TRAINING.meta for each network
and each way to train it.
"""

import sys

import tensorflow as tf
from tensorflow.contrib import slim
from tensorflow.contrib.slim import nets

_NETWORKS = {
  'alexnet_v2': (nets.alexnet.alexnet_v2, nets.alexnet.alexnet_v2_arg_scope),
  'inception_v1': (
    nets.inception.inception_v1,
    nets.inception.inception_v1_arg_scope,
  ),
  'resnet_v1_50': (
    nets.resnet_v1.resnet_v1_50,
    nets.resnet_v1.resnet_arg_scope,
  ),
  'resnet_v2_50': (
    nets.resnet_v2.resnet_v2_50,
    nets.resnet_v2.resnet_arg_scope,
  ),
  'vgg_a': (nets.vgg.vgg_a, nets.vgg.vgg_arg_scope),
}
_SIZE = 224


def _always():
  return True


def _asked():
  """Says in a session, not in the graph, whether the network trains."""
  return tf.compat.v1.placeholder_with_default(False, [])


def _write(folder, name, training, is_training, layers=None, **changes):
  """Writes one training: an optimizer with slots, averages, summaries.

  Args:
    folder: Where the file goes.
    name: The network.
    training: What this way to train it is called.
    is_training: Makes what the network takes for `is_training`.
    layers: The scope of what its layers do; None stands for the usual one.
    **changes: What the network does otherwise.
  """
  network, scope = _NETWORKS[name]
  with tf.Graph().as_default():
    images = tf.random.uniform([4, _SIZE, _SIZE, 3])
    with slim.arg_scope(layers or scope()):
      logits, endpoints = network(
        images, 5, is_training=is_training(), **changes
      )
    for endpoint in endpoints.values():
      tf.compat.v1.summary.scalar('sparsity', tf.nn.zero_fraction(endpoint))
    if len(logits.shape) == 4:
      logits = tf.reduce_mean(logits, [1, 2])
    tf.compat.v1.losses.softmax_cross_entropy(tf.zeros([4, 5]), logits)
    slim.learning.create_train_op(
      tf.compat.v1.losses.get_total_loss(),
      tf.compat.v1.train.RMSPropOptimizer(0.1),
    )
    averages = tf.train.ExponentialMovingAverage(0.9)
    averages.apply(tf.compat.v1.trainable_variables())
    tf.compat.v1.train.export_meta_graph(f'{folder}/{name}.{training}.meta')


def main(folder):
  """Writes all files."""
  for name in _NETWORKS:
    _write(folder, name, 'plain', _always)
    _write(folder, name, 'asked', _asked)
  with slim.arg_scope([slim.conv2d], activation_fn=tf.nn.elu) as activation:
    _write(folder, 'vgg_a', 'activation', _asked, activation)
  epsilon = nets.resnet_v1.resnet_arg_scope(batch_norm_epsilon=0.01)
  _write(folder, 'resnet_v1_50', 'epsilon', _always, epsilon)
  _write(folder, 'resnet_v1_50', 'stride', _always, output_stride=8)


if __name__ == '__main__':
  main(sys.argv[1])
