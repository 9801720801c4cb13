"""A training of TF1 and TF-Slim as people have it: five kinds of flowers.

RMSProp with momentum, moving averages of the weights, a checkpoint by
`tf.compat.v1.train.Saver`: what `train_image_classifier.py` leaves.
"""

import pathlib
import warnings

import numpy as np
import tensorflow as tf

from exporter.networks import builders

_v1 = tf.compat.v1
LABELS = ('daisy', 'dandelion', 'roses', 'sunflowers', 'tulips')
SIZE, MULTIPLIER = 128, 0.25
_STEPS, _LAST = 3, 20000
_MOMENTUM, _DECAY = 0.9, 0.5  # So few steps must show in the averages.


def _logits(images: tf.Tensor, is_training: bool) -> tf.Tensor:
  with warnings.catch_warnings():
    # tf_slim calls a method of TensorFlow's own legacy layers.
    warnings.filterwarnings('ignore', '.*layer.apply', UserWarning)
    return builders.BUILDERS['mobilenet_v1'](
      images * 2 - 1,
      multiplier=MULTIPLIER,
      num_classes=len(LABELS),
      is_training=is_training,
      momentum=tf.constant(_MOMENTUM),
    ).logits


def _averages() -> tf.train.ExponentialMovingAverage:
  return tf.train.ExponentialMovingAverage(_DECAY)


def _train_op(logits: tf.Tensor, labels: np.ndarray) -> tf.Operation:
  step = _v1.train.get_or_create_global_step()
  loss = _v1.losses.sparse_softmax_cross_entropy(labels, logits)
  optimizer = _v1.train.RMSPropOptimizer(0.01, momentum=_MOMENTUM)
  trained = optimizer.minimize(loss, step)
  updates = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
  with tf.control_dependencies([trained, *updates]):
    return _averages().apply(_v1.trainable_variables())


def write(folder: pathlib.Path) -> None:
  """Trains for some steps; leaves the checkpoint in a folder."""
  random = np.random.RandomState(0)
  images = random.uniform(size=[10, SIZE, SIZE, 3]).astype(np.float32)
  labels = np.arange(10) % len(LABELS)
  with tf.Graph().as_default(), _v1.Session() as session:
    _v1.set_random_seed(0)
    step = _train_op(_logits(tf.constant(images), True), labels)
    session.run(_v1.global_variables_initializer())
    _v1.train.get_global_step().load(_LAST - _STEPS, session)
    for _ in range(_STEPS):
      session.run(step)
    saver = _v1.train.Saver()
    saver.save(session, str(folder / 'model.ckpt'), global_step=_LAST)


def answer(folder: pathlib.Path, images: np.ndarray) -> np.ndarray:
  """The logits of images in [0, 1], as TF1 evaluates: by the averages."""
  with tf.Graph().as_default(), _v1.Session() as session:
    logits = _logits(tf.constant(images), False)
    saver = _v1.train.Saver(_averages().variables_to_restore())
    saver.restore(session, str(folder / f'model.ckpt-{_LAST}'))
    return session.run(logits)
