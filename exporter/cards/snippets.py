"""The snippets on cards: short Python programs that run as they are."""

import string

from exporter import markdown
import model_specs
from model_specs import versions

# Fine-tuning examples train a new layer for so many classes of the reader's.
_NEW_CLASSES = 5

LOAD = string.Template("""
import tensorflow as tf

path = '$path'
model = tf.saved_model.load(path)
images = tf.random.uniform([8, $size, $size, $channels])
$outputs = model(images)  # Shape [8, $width].
""")

SERVING = string.Template("""
import tensorflow as tf

path = '$path'
serve = tf.saved_model.load(path).signatures['serving_default']
images = tf.random.uniform([8, $size, $size, $channels])
$outputs = serve(inputs=images)['$output_name']
""")

KERAS_3 = string.Template("""
import keras
import numpy as np

path = '$path'
model = keras.Sequential([
  keras.Input([$size, $size, $channels]),
  keras.layers.TFSMLayer(path, call_endpoint='serve'),
])
images = np.random.uniform(size=[8, $size, $size, $channels])
$outputs = model.predict(images)
""")

KERAS_LAYER = string.Template("""
import os

os.environ['TF_USE_LEGACY_KERAS'] = '1'  # Only from TensorFlow 2.16 on.

import tensorflow as tf
import tensorflow_hub as hub

path = '$path'
model = tf.keras.Sequential([hub.KerasLayer(path)])
model.build([None, $size, $size, $channels])
$outputs = model(tf.random.uniform([8, $size, $size, $channels]))
""")

TUNE_KERAS_3 = string.Template("""
import keras
import numpy as np

path = '$path'
model = keras.Sequential([
  keras.Input([$size, $size, $channels]),
  keras.layers.TFSMLayer(
    path, call_endpoint='serve', call_training_endpoint='train'
  ),$keras_head
])
model.compile(
  optimizer=keras.optimizers.SGD(0.001),
  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
images = np.random.uniform(size=[8, $size, $size, $channels])
labels = np.random.randint($classes, size=[8])
model.fit(images, labels)
""")

TUNE_SLIM_LAYER = string.Template("""
import keras
import numpy as np
import slimhub_keras

path = '$path'
model = keras.Sequential([
  keras.Input([$size, $size, $channels]),
  slimhub_keras.SlimLayer(
    path, trainable=True, batch_norm_momentum=0.997
  ),$keras_head
])
model.compile(
  optimizer=keras.optimizers.Adam(0.0001),
  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
images = np.random.uniform(size=[8, $size, $size, $channels])
labels = np.random.randint($classes, size=[8])
model.fit(images, labels)
""")

TUNE_KERAS_LAYER = string.Template("""
import os

os.environ['TF_USE_LEGACY_KERAS'] = '1'  # Only from TensorFlow 2.16 on.

import tensorflow as tf
import tensorflow_hub as hub

path = '$path'
layer = hub.KerasLayer(
  path, trainable=True, arguments=dict(batch_norm_momentum=0.997)
)
model = tf.keras.Sequential([layer$legacy_head])
model.compile(
  optimizer=tf.keras.optimizers.SGD(0.001),
  loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
images = tf.random.uniform([8, $size, $size, $channels])
labels = tf.random.uniform([8], maxval=$classes, dtype=tf.int32)
model.fit(images, labels)
""")

TUNE_LOOP = string.Template("""
import tensorflow as tf

path = '$path'
model = tf.saved_model.load(path)
images = tf.random.uniform([8, $size, $size, $channels])
labels = tf.random.uniform([8], maxval=$classes, dtype=tf.int32)
$loop_head
with tf.GradientTape() as tape:
  outputs = model(images, training=True, batch_norm_momentum=0.997)
  losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
    labels=labels, logits=$loop_logits
  )
  penalties = [penalty() for penalty in model.regularization_losses]
  loss = tf.reduce_mean(losses) + tf.add_n(penalties)
gradients = tape.gradient(loss, variables)
for variable, gradient in zip(variables, gradients):
  variable.assign_sub(0.001 * gradient)
""")

ENDPOINTS = string.Template("""
import tensorflow as tf

path = '$path'
model = tf.saved_model.load(path)
images = tf.random.uniform([8, $size, $size, $channels])
endpoints = model(images, return_endpoints=True)
print(endpoints['$endpoint'].shape)
""")

TOP_5 = string.Template("""
import pathlib

import tensorflow as tf

path = '$path'
file = pathlib.Path(path, 'assets.extra', 'labels.txt')
labels = file.read_text(encoding='utf-8').splitlines()
model = tf.saved_model.load(path)
images = tf.random.uniform([1, $size, $size, $channels])
top = tf.math.top_k(tf.nn.softmax(model(images)), k=$best)
for probability, index in zip(top.values[0], top.indices[0]):
  print(f'{float(probability):.3f} {labels[int(index)]}')
""")

HUB_LOAD = string.Template("""
import numpy as np
import tensorflow.compat.v1 as tf
import tensorflow_hub as hub

path = '$path'
with tf.Graph().as_default():
  module = hub.Module(path)
  height, width = hub.get_expected_image_size(module)
  images = tf.placeholder(tf.float32, [None, height, width, $channels])
  $outputs = module(images)  # Shape [batch, $width].
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    batch = np.random.uniform(size=[8, height, width, $channels])
    print(session.run($outputs, {images: batch}))
""")

HUB_TUNE = string.Template("""
import tensorflow.compat.v1 as tf
import tensorflow_hub as hub

path = '$path'
with tf.Graph().as_default():
  module = hub.Module(path, trainable=True, tags={'train'})
  height, width = hub.get_expected_image_size(module)
  images = tf.random.uniform([8, height, width, $channels])
  labels = tf.random.uniform([8], maxval=$new_classes, dtype=tf.int32)
  features = module(
    $tune_inputs,
    signature='$tune_signature',
  )
  logits = tf.layers.dense(features, $new_classes)
  loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
  loss += tf.losses.get_regularization_loss()
  with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train)
""")

HUB_ENDPOINTS = string.Template("""
import tensorflow.compat.v1 as tf
import tensorflow_hub as hub

path = '$path'
with tf.Graph().as_default():
  module = hub.Module(path)
  height, width = hub.get_expected_image_size(module)
  images = tf.random.uniform([8, height, width, $channels])
  endpoints = module(images, signature='image_$task', as_dict=True)
  print(endpoints['$endpoint'].shape)
""")

HUB_TOP_5 = string.Template("""
import pathlib

import numpy as np
import tensorflow.compat.v1 as tf
import tensorflow_hub as hub

path = '$path'
file = pathlib.Path(path, 'assets.extra', 'labels.txt')
labels = file.read_text(encoding='utf-8').splitlines()
with tf.Graph().as_default():
  module = hub.Module(path)
  height, width = hub.get_expected_image_size(module)
  images = tf.random.uniform([1, height, width, $channels])
  probabilities = tf.nn.softmax(module(images))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    [values] = session.run(probabilities)
for index in np.argsort(values)[:-6:-1]:
  print(f'{values[index]:.3f} {labels[index]}')
""")


def _common(handle: model_specs.Handle) -> dict[str, object]:
  classifies = handle.task == versions.CLASSIFICATION
  family = handle.spec.family
  return {
    'path': f'exports/{handle}',
    'task': handle.task,
    'size': handle.spec.size,
    'channels': family.channels,
    'best': min(5, handle.spec.num_classes or 5),
    'width': handle.num_outputs,
    'outputs': 'logits' if classifies else 'features',
    'output_name': versions.SERVING_OUTPUTS[handle.task],
    'endpoint': f'{family.scope}/{family.endpoints[-1]}',
  }


def _tuning_hub(handle: model_specs.Handle) -> dict[str, object]:
  """Values for the snippet that fine-tunes a hub.Module.

  It trains a new layer on the feature vector, which classifiers offer, too.
  """
  signature, inputs = f'image_{versions.FEATURE_VECTOR}', 'images'
  if handle.version.configurable_momentum:
    signature += '_with_bn_hparams'
    inputs = 'dict(images=images, batch_norm_momentum=0.997)'
  return {
    'new_classes': _NEW_CLASSES,
    'tune_inputs': inputs,
    'tune_signature': signature,
  }


def _tuning(handle: model_specs.Handle) -> dict[str, object]:
  """Values for fine-tuning a SavedModel; a feature vector gets a new layer."""
  if handle.task == versions.CLASSIFICATION:
    return {
      'classes': handle.spec.num_classes,
      'keras_head': '',
      'legacy_head': '',
      'loop_head': 'variables = model.trainable_variables',
      'loop_logits': 'outputs',
    }
  shape = f'[{handle.num_outputs}, {_NEW_CLASSES}]'
  return {
    'classes': _NEW_CLASSES,
    'keras_head': f'\n  keras.layers.Dense({_NEW_CLASSES}),',
    'legacy_head': f', tf.keras.layers.Dense({_NEW_CLASSES})',
    'loop_head': (
      f'head = tf.Variable(tf.random.normal({shape}, stddev=0.01))\n'
      'variables = [*model.trainable_variables, head]'
    ),
    'loop_logits': 'outputs @ head',
  }


def fill(snippet: string.Template, handle: model_specs.Handle) -> str:
  """The snippet for this handle, as a block of Markdown."""
  facts = _common(handle) | _tuning_hub(handle) | _tuning(handle)
  return markdown.code(snippet.substitute(facts))
