"""Uses an artifact as programs for TensorFlow 1.15 do.

Run as a script by the interpreter of `environments.TF1`, so in the syntax of
Python 3.7: `tf1_client.py KIND ARTIFACT IMAGES OUTPUT`, with the images as an
.npy file. Writes facts as JSON to standard output, arrays to OUTPUT.
"""

import json
import sys

import numpy as np
import tensorflow as tf
import tensorflow_hub as hub

_MOMENTUM = 0.5
_STEPS = 3


def _named(prefix, arrays):
  return {prefix + ':' + key: value for key, value in arrays.items()}


def _infer_module(artifact, images):
  """What hub.Module answers without tags."""
  with tf.Graph().as_default():
    module = hub.Module(artifact)
    signatures = sorted(module.get_signature_names())
    named = [name for name in signatures if not name.endswith('_hparams')]
    outputs = {
      name: module(tf.constant(images), signature=name, as_dict=True)
      for name in named
    }
    outputs['default'] = {'default': module(tf.constant(images))}
    facts = {
      'size': [int(side) for side in hub.get_expected_image_size(module)],
      'signatures': signatures,
      'outputs': {
        name: sorted(module.get_output_info_dict(name)) for name in signatures
      },
      'losses': len(tf.losses.get_regularization_losses()),
      'updates': len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)),
    }
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      values = session.run(outputs)
  arrays = {}
  for name in values:
    arrays.update(_named(name, values[name]))
  return facts, arrays


class _Training:
  """A module under the tag `train`."""

  def __init__(self, artifact, images):
    self.module = hub.Module(artifact, trainable=True, tags={'train'})
    self.momentum = tf.placeholder(tf.float32, [])
    (signature,) = (
      name
      for name in self.module.get_signature_names()
      if name == 'image_feature_vector_with_bn_hparams'
    )
    inputs = {
      'images': tf.constant(images),
      'batch_norm_momentum': self.momentum,
    }
    self.outputs = self.module(inputs, signature=signature, as_dict=True)
    self.updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    self.losses = tf.losses.get_regularization_losses()
    self.moving = [v for v in tf.global_variables() if '/moving_' in v.name]
    self.loss = tf.reduce_mean(tf.square(self.outputs['default'] - 1.0))
    total = self.loss + tf.add_n(self.losses)
    optimizer = tf.train.GradientDescentOptimizer(1e-2)
    with tf.control_dependencies(self.updates):
      self.step = optimizer.minimize(total)


def _train_module(artifact, images):
  """What hub.Module does under the tag `train`."""
  with tf.Graph().as_default(), tf.Session() as session:
    training = _Training(artifact, images)
    session.run(tf.global_variables_initializer())
    states, losses = [session.run(training.moving)], []
    for momentum in (_MOMENTUM, 0.0):
      feeds = {training.momentum: momentum}
      outputs, _ = session.run([training.outputs, training.updates], feeds)
      states.append(session.run(training.moving))
    for _ in range(_STEPS):
      losses.append(float(session.run(training.loss, feeds)))
      session.run(training.step, feeds)
    losses.append(float(session.run(training.loss, feeds)))
    facts = {
      'updates': len(training.updates),
      'losses': len(training.losses),
      'trainable': len(tf.trainable_variables()),
      'loss of each step': losses,
    }
  return facts, dict(_named('train', outputs), **_flat(states))


def _flat(states):
  """Moving averages: before, after a step, and of the batch alone."""
  return {
    'moving:' + key: np.concatenate(state)
    for key, state in {
      'before': states[0],
      'after': states[1],
      'batch': states[2],
    }.items()
  }


def _serve_saved_model(artifact, images):
  """What a session answers under the tag `serve`."""
  with tf.Graph().as_default(), tf.Session() as session:
    meta = tf.saved_model.load(session, ['serve'], artifact)
    signature = meta.signature_def['serving_default']
    names = {key: info.name for key, info in signature.outputs.items()}
    feeds = {signature.inputs['inputs'].name: images}
    return _named('serving_default', session.run(names, feeds))


def _train_saved_model(model, images):
  moving = [v for v in model.variables if '/moving_' in v.name]
  states = [[v.numpy() for v in moving]]
  for momentum in (_MOMENTUM, 0.0):
    outputs = model(
      tf.constant(images),
      training=True,
      return_endpoints=True,
      batch_norm_momentum=momentum,
    )
    states.append([v.numpy() for v in moving])
  arrays = _named('train', {key: v.numpy() for key, v in outputs.items()})
  return dict(arrays, **_flat(states))


def _missing_gradients(model, images):
  """How many variables no gradient reaches, asking the same tape twice."""
  with tf.GradientTape(persistent=True) as tape:
    output = model(tf.constant(images), training=True)
    loss = tf.reduce_sum(tf.square(output)) + model.regularization_losses[0]()
  return [
    sum(
      gradient is None or not np.isfinite(gradient.numpy()).all()
      for gradient in tape.gradient(loss, model.trainable_variables)
    )
    for _ in range(2)
  ]


def _use_keras_layer(artifact, images):
  """What hub.KerasLayer answers and counts."""
  arguments = {'batch_norm_momentum': _MOMENTUM}
  layer = hub.KerasLayer(artifact, trainable=True, arguments=arguments)
  model = tf.keras.Sequential([layer])
  arrays = {'KerasLayer:default': model.predict(images)}
  before = [v.numpy() for v in layer.non_trainable_weights]
  layer(tf.constant(images), training=True)
  after = [v.numpy() for v in layer.non_trainable_weights]
  moved = [i for i, old in enumerate(before) if (old != after[i]).any()]
  facts = {
    'trainable weights': len(layer.trainable_weights),
    'other weights': len(before),
    'moved weights': len(moved),
    'layer losses': len(layer.losses),
  }
  return facts, arrays


def _use_module(artifact, images):
  inference, arrays = _infer_module(artifact, images)
  training, trained = _train_module(artifact, images)
  return {'inference': inference, 'training': training}, dict(arrays, **trained)


def _use_saved_model(artifact, images):
  arrays = _serve_saved_model(artifact, images)
  tf.enable_v2_behavior()
  model = tf.saved_model.load_v2(artifact)
  outputs = model(tf.constant(images), return_endpoints=True)
  values = {key: value.numpy() for key, value in outputs.items()}
  arrays.update(_named('__call__', values))
  arrays['serve:default'] = model.serve(tf.constant(images)).numpy()
  arrays.update(_train_saved_model(model, images))
  layer, called = _use_keras_layer(artifact, images)
  arrays.update(called)
  facts = {
    'variables': len(model.variables),
    'trainable': len(model.trainable_variables),
    'loss': float(model.regularization_losses[0]()),
    'missing gradients': _missing_gradients(model, images),
    'layer': layer,
  }
  return facts, arrays


def main(kind, artifact, images, output):
  """Uses the artifact, writes what came of it."""
  use = {'module': _use_module, 'saved_model': _use_saved_model}[kind]
  facts, arrays = use(artifact, np.load(images))
  np.savez(output, **arrays)
  json.dump({'tensorflow': tf.__version__, **facts}, sys.stdout)


if __name__ == '__main__':
  main(*sys.argv[1:])
