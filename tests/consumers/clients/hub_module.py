"""hub.Module: a graph, a session, collections.

Arguments: those of `client`.
"""

import contextlib
import functools

import tensorflow as tf
import tensorflow_hub as hub

from tests.consumers import case as case_lib
from tests.consumers import client

_v1 = tf.compat.v1
_FEATURES = 'image_feature_vector'
_HPARAMS = '_with_bn_hparams'
_REFUSALS = ("Can't convert 'images'",)


@contextlib.contextmanager
def _graph():
  with tf.Graph().as_default(), _v1.Session() as session:
    yield session


def _initialize(session):
  session.run(_v1.global_variables_initializer())


class _Plain:
  """A module that is shared by all uses that do not change it.

  Loading a module takes longer than each of these uses.
  """

  def __init__(self, case):
    self.graph = tf.Graph()
    with self.graph.as_default():
      self.module = hub.Module(case.path)
      self.images = _v1.placeholder(tf.float32, [None, None, None, 3])
      self.output = self.module(self.images)
      self.session = _v1.Session()
      _initialize(self.session)

  def answer(self, batch):
    """The output for some images."""
    return self.session.run(self.output, {self.images: batch})


@functools.lru_cache(maxsize=1)
def _plain(case):
  return _Plain(case)


def infer(case):
  """Every signature; default is the plain call."""
  plain = _plain(case)
  module, images = plain.module, plain.images
  with plain.graph.as_default():
    names = sorted(module.get_signature_names())
    case_lib.equal(names, sorted(case.signatures), 'signatures')
    outputs = {'default': {'default': plain.output}}
    for name in names:
      inputs = {'images': images}
      if name.endswith(_HPARAMS):
        inputs['batch_norm_momentum'] = tf.constant(0.5)
      if name != 'default':
        outputs[name] = module(inputs, signature=name, as_dict=True)
      stated = sorted(module.get_output_info_dict(name))
      case_lib.equal(stated, sorted(outputs[name]), 'outputs of ' + name)
    values = plain.session.run(outputs, {images: case.few_images})
  differences = []
  for name, answer in values.items():
    expected = case.few if name != 'default' else {'default': case['few']}
    if name.startswith(_FEATURES):
      expected = dict(expected, default=case['features'])
    differences.append(case_lib.close(answer, expected))
  return max(differences)


def expected_size(case):
  """hub.get_expected_image_size."""
  size = hub.get_expected_image_size(_plain(case).module)
  case_lib.equal([int(side) for side in size], [case.size] * 2, 'size')
  return 0


def batch_sizes(case):
  """Batches of 1, 3 and 8 in one session."""
  counts = (1, 3, 8)
  plain = _plain(case)
  answers = [plain.answer(case['images'][:count]) for count in counts]
  return max(
    case_lib.close(
      {'default': answer}, {'default': case['default'][: len(answer)]}
    )
    for answer in answers
  )


def any_size(case):
  """Other sizes than the default, also where height and width differ."""
  if not case.variable_size:
    return None
  plain = _plain(case)
  return max(
    case_lib.close({'default': plain.answer(images)}, {'default': expected})
    for images, expected in case.sizes()
  )


def refused_size(case):
  """Another size, where there is only one."""
  if case.variable_size:
    return None
  plain = _plain(case)
  with plain.graph.as_default():
    return case_lib.refused(_REFUSALS, plain.module, case.wrong_images)


class _Training:
  """A module under the tag `train`, and a session for it."""

  def __init__(self, case, images='images', momentum=None):
    self.module = hub.Module(case.path, trainable=True, tags={'train'})
    signature = 'image_classification' if case.classifies else _FEATURES
    inputs = {'images': tf.constant(case[images])}
    if momentum is not None:
      signature += _HPARAMS
      inputs['batch_norm_momentum'] = tf.constant(momentum)
    self.outputs = self.module(inputs, signature=signature, as_dict=True)
    self.updates = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
    self.losses = _v1.losses.get_regularization_losses()
    self.trainable = _v1.trainable_variables()
    self.moving = {
      case.key(v.name): v for v in _v1.global_variables() if 'moving_' in v.name
    }

  def logits(self, case):
    """Those of the module, or of a head."""
    output = self.outputs['default']
    return output if case.classifies else _head(case, output)


@functools.lru_cache(maxsize=1)
def _untrained(case):
  """A module to be trained, and a session that each use initializes anew."""
  graph = tf.Graph()
  with graph.as_default():
    return _Training(case), _v1.Session()


def _head(case, features):
  head = _v1.get_variable('head', initializer=tf.zeros([case.width, 3]))
  return tf.matmul(features, head)


def _loss(case, logits):
  return tf.reduce_mean(
    tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=case['labels'], logits=logits
    )
  )


def weights(case):
  """What the module adds to the graph's collections, by mode."""
  with _plain(case).graph.as_default():
    keys = _v1.GraphKeys
    updates = _v1.get_collection(keys.UPDATE_OPS)
    case_lib.equal(len(updates), 0, 'updates of an inference graph')
    losses = _v1.losses.get_regularization_losses()
    case_lib.equal(len(losses), 0, 'losses of what is not trainable')
    count = len(_v1.global_variables())
    case_lib.equal(count, case.counts['variables'], 'variables')
  training, _ = _untrained(case)
  for name in ('updates', 'losses', 'trainable'):
    count = len(getattr(training, name))
    case_lib.equal(count, case.counts[name], name)
  return 0


def training_mode(case):
  """The endpoints in training mode, before dropout."""
  training, session = _untrained(case)
  expected = case.part('training')
  with session.graph.as_default():
    _initialize(session)
    few = {key: training.outputs[key][: len(expected[key])] for key in expected}
    endpoints = session.run(few)
  return case_lib.close(endpoints, expected, 'training')


def regularization(case):
  """The sum of the collected losses."""
  training, session = _untrained(case)
  with session.graph.as_default():
    _initialize(session)
    total = float(session.run(tf.add_n(training.losses)))
  difference = abs(total / case.regularization - 1)
  assert difference < 1e-5, f'the sum is off by {difference:g}'
  return difference


def _step(case, training, session, momentum):
  _initialize(session)
  session.run(training.updates)
  return case.check_moving(session.run(training.moving), momentum)


def default_momentum(case):
  """UPDATE_OPS at the momentum that nobody passed."""
  training, session = _untrained(case)
  with session.graph.as_default():
    return _step(case, training, session, case.momentum)


def momentum(case):
  """UPDATE_OPS at another momentum, where the version takes one."""
  if not case.configurable_momentum:
    return None
  with _graph() as session:
    return _step(case, _Training(case, momentum=0.9), session, 0.9)


def fine_tune(case):
  """Gradient descent that waits for UPDATE_OPS."""
  with _graph() as session:
    training = _Training(case, 'tuning_images')
    loss = _loss(case, training.logits(case))
    total = loss + tf.add_n(training.losses)
    with tf.control_dependencies(training.updates):
      optimizer = _v1.train.GradientDescentOptimizer(case.rate)
      step = optimizer.minimize(total)
    _initialize(session)
    losses = [session.run([loss, step])[0] for _ in range(case_lib.STEPS)]
  return case_lib.falls(losses)


def frozen(case):
  """A head alone is trained, on a module without tags."""
  with _graph() as session:
    module = hub.Module(case.path)
    output = module(tf.constant(case['tuning_images']))
    variables = {v.name: v for v in _v1.global_variables()}
    loss = _loss(case, _head(case, output))
    (head,) = _v1.trainable_variables()
    step = _v1.train.GradientDescentOptimizer(0.01).minimize(loss)
    _initialize(session)
    before = session.run(variables)
    for _ in range(3):
      session.run(step)
    assert session.run(head).any(), 'the head was not trained'
    case_lib.unchanged(before, session.run(variables), 'a frozen variable')
  return 0


if __name__ == '__main__':
  client.main(
    {'tensorflow': tf.__version__, 'tensorflow-hub': hub.__version__},
    {
      'infer': infer,
      'expected size': expected_size,
      'batch sizes': batch_sizes,
      'any size': any_size,
      'refused size': refused_size,
      'weights': weights,
      'regularization': regularization,
      'training mode': training_mode,
      'default momentum': default_momentum,
      'momentum 0.9': momentum,
      'fine-tune': fine_tune,
      'frozen': frozen,
    },
  )
