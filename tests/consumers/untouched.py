"""Writes a model that slimhub has not touched, by TensorFlow's own saver.

Run as a script: `untouched.py FOLDER CASE [FOLDER CASE]...`. What a client
cannot do with this one either, it cannot do at all. In the syntax of Python
3.7.
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

from tests.consumers import case as case_lib

SCOPE = 'Untouched'


class _Network:
  """One layer, a moving average, and the functions that artifacts have."""

  def __init__(self, width):
    kernel = np.random.RandomState(1).normal(size=[3, width])
    self.kernel = tf.Variable(kernel.astype(np.float32), name=SCOPE + '/kernel')
    self.bias = tf.Variable(tf.zeros([width]), name=SCOPE + '/bias')
    self.mean = tf.Variable(
      tf.zeros([3]), name=SCOPE + '/moving_mean', trainable=False
    )

  def __call__(
    self,
    inputs,
    training=False,
    return_endpoints=False,
    batch_norm_momentum=0.99,
  ):
    pooled = tf.reduce_mean(inputs, [1, 2])
    mean = self.mean
    if training:
      mean = tf.reduce_mean(pooled, 0)
      old = self.mean * batch_norm_momentum
      self.mean.assign(old + mean * (1 - batch_norm_momentum))
    # A bias that learns fast, as 1001 classes have little else to learn from.
    default = tf.matmul(pooled - mean, self.kernel) + 8.0 * self.bias
    outputs = {'default': default, 'pooled': pooled}
    return outputs if return_endpoints else default

  def infer(self, inputs):
    return self(inputs)

  def train(self, inputs):
    return self(inputs, True)

  def penalty(self):
    return 1e-4 * tf.reduce_sum(tf.square(self.kernel))


def _write(network, case, folder):
  size = None if case.variable_size else case.size
  images = tf.TensorSpec([None, size, size, 3], tf.float32, 'inputs')
  momentum = tf.TensorSpec([], tf.float32, 'batch_norm_momentum')
  root = tf.train.Checkpoint()
  root.variables = [network.kernel, network.bias, network.mean]
  root.trainable_variables = [network.kernel, network.bias]
  root.regularization_losses = [tf.function(network.penalty, [])]
  root.__call__ = tf.function(network.__call__)
  for training in (False, True):
    for endpoints in (False, True):
      root.__call__.get_concrete_function(images, training, endpoints, momentum)
  root.serve = tf.function(network.infer, [images])
  root.train = tf.function(network.train, [images])
  signatures = {}
  if case.signatures:
    output = 'logits' if case.classifies else 'feature_vector'
    served = tf.function(lambda inputs: {output: network(inputs)}, [images])
    signatures['serving_default'] = served.get_concrete_function()
  tf.saved_model.save(root, folder, signatures)


def _arrays(network, case):
  """What must come of the images, by NumPy alone."""
  kernel = network.kernel.numpy()

  def pooled(images):
    return images.mean((1, 2))

  default = pooled(case['images']).dot(kernel)
  arrays = {
    'images': case['images'],
    'default': default,
    'few': default[: len(case['few'])],
    'endpoint:pooled': pooled(case.few_images),
    'training:pooled': pooled(case.few_images),
    'tuning_images': case['tuning_images'],
    'labels': case['labels'],
    'old:' + SCOPE + '/moving_mean': np.zeros([3], np.float32),
    'batch:' + SCOPE + '/moving_mean': pooled(case['images']).mean(0),
  }
  for key in case.part('size'):
    images = case['images_' + key]
    arrays['images_' + key] = images
    arrays['size:' + key] = pooled(images).dot(kernel)
  return arrays


def main(folder, source):
  """Writes a case of the same facts as another, with this model in it."""
  folder, case = pathlib.Path(folder), case_lib.Case(source)
  network, path = _Network(case.width), str(folder / 'artifact')
  _write(network, case, path)
  facts = json.loads(pathlib.Path(source, 'case.json').read_text())
  counts = {'variables': 3, 'trainable': 2, 'losses': 1, 'updates': 1}
  facts.update(path=path, scope=SCOPE, counts=counts)
  facts['regularization'] = float(network.penalty())
  (folder / 'case.json').write_text(json.dumps(facts))
  np.savez(str(folder / 'arrays.npz'), **_arrays(network, case))


if __name__ == '__main__':
  if tf.__version__.startswith('1.'):
    tf.enable_v2_behavior()
  for i in range(1, len(sys.argv), 2):
    main(*sys.argv[i : i + 2])
