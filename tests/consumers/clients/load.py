"""tf.saved_model.load: the model as an object, trained by a loop of one's own.

Arguments: those of `client`.
"""

import tensorflow as tf

from tests.consumers import case as case_lib
from tests.consumers import client

if tf.__version__.startswith('1.'):
  tf.enable_v2_behavior()
_LOAD = getattr(tf.saved_model, 'load_v2', tf.saved_model.load)
_REFUSALS = ('Could not find matching', 'cannot be converted', 'Input shape')


def numpy(outputs):
  """The arrays of tensors by name."""
  return {key: value.numpy() for key, value in outputs.items()}


class Uses:
  """What may be done with a model that a function loads from a folder."""

  def __init__(self, load):
    self._load = load

  def _model(self, case):
    return self._load(case.path)

  def infer(self, case):
    """Every trace that does not train, and the serving signature."""
    model = self._model(case)
    images = tf.constant(case.few_images)
    only = {'default': case['few']}
    differences = [
      case_lib.close(numpy(model(images, return_endpoints=True)), case.few),
      case_lib.close({'default': model(images).numpy()}, only),
      case_lib.close({'default': model.serve(images).numpy()}, only),
    ]
    case_lib.equal(sorted(model.signatures), case.signatures, 'signatures')
    if case.signatures:
      served = self._serve(model, case.few_images)
      differences.append(case_lib.close(served, only))
    return max(differences)

  def batch_sizes(self, case):
    """Batches of 1, 3 and 8 by one model."""
    model = self._model(case)
    return max(
      case_lib.close(
        {'default': model(tf.constant(case['images'][:count])).numpy()},
        {'default': case['default'][:count]},
      )
      for count in (1, 3, 8)
    )

  def any_size(self, case):
    """Other sizes than the default, also where height and width differ."""
    if not case.variable_size:
      return None
    model = self._model(case)
    return max(
      case_lib.close(
        {'default': model(tf.constant(images)).numpy()}, {'default': expected}
      )
      for images, expected in case.sizes()
    )

  def refused_size(self, case):
    """Another size, where there is only one."""
    if case.variable_size:
      return None
    wrong = tf.constant(case.wrong_images)
    return case_lib.refused(_REFUSALS, self._model(case), wrong)

  def _serve(self, model, images):
    """What the serving signature answers, where there is one."""
    served = model.signatures['serving_default']
    (answer,) = served(inputs=tf.constant(images)).values()
    return {'default': answer.numpy()}

  def any_size_served(self, case):
    """Other sizes by the serving signature."""
    if not case.variable_size or not case.signatures:
      return None
    model = self._model(case)
    return max(
      case_lib.close(self._serve(model, images), {'default': expected})
      for images, expected in case.sizes()
    )

  def refused_size_served(self, case):
    """Another size by the serving signature, where there is only one."""
    if case.variable_size or not case.signatures:
      return None
    model = self._model(case)
    return case_lib.refused(_REFUSALS, self._serve, model, case.wrong_images)

  def weights(self, case):
    """The lists of variables."""
    model = self._model(case)
    counts = case.counts
    trainable = len(model.trainable_variables)
    case_lib.equal(len(model.variables), counts['variables'], 'variables')
    case_lib.equal(trainable, counts['trainable'], 'trainable variables')
    return 0

  def regularization(self, case):
    """One function that returns the sum."""
    model = self._model(case)
    (loss,) = model.regularization_losses
    difference = abs(float(loss()) / case.regularization - 1)
    assert difference < 1e-5, f'the sum is off by {difference:g}'
    return difference

  def train(self, case):
    """The endpoints in training mode, before dropout."""
    outputs = self._model(case)(
      tf.constant(case['images']), training=True, return_endpoints=True
    )
    expected = case.part('training')
    few = {key: outputs[key][: len(expected[key])] for key in expected}
    return case_lib.close(numpy(few), expected, 'training')

  def _moving(self, case, momentum, **arguments):
    model = self._model(case)
    images = tf.constant(case['images'])
    model(images, training=True, **arguments)
    moving = {
      case.key(v.name): v.numpy()
      for v in model.variables
      if 'moving_' in v.name
    }
    return case.check_moving(moving, momentum)

  def default_momentum(self, case):
    """One step at the momentum that nobody passed."""
    return self._moving(case, case.momentum)

  def momentum(self, case):
    """One step at another momentum."""
    return self._moving(case, 0.9, batch_norm_momentum=0.9)

  def _logits(self, case, outputs, head):
    return outputs if case.classifies else tf.matmul(outputs, head)

  def _loss(self, case, logits):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=case['labels'], logits=logits
    )
    return tf.reduce_mean(losses)

  def fine_tune(self, case):
    """A tape, gradient descent, and a head where there are no logits."""
    model = self._model(case)
    head = tf.Variable(tf.zeros([case.width, 3]))
    variables = list(model.trainable_variables)
    variables += [] if case.classifies else [head]
    images = tf.constant(case['tuning_images'])
    losses = []
    for _ in range(case_lib.STEPS):
      with tf.GradientTape() as tape:
        outputs = model(images, training=True, batch_norm_momentum=0.9)
        loss = self._loss(case, self._logits(case, outputs, head))
        (penalty,) = model.regularization_losses
        total = loss + penalty()
      losses.append(float(loss))
      gradients = tape.gradient(total, variables)
      for i, gradient in enumerate(gradients):
        variables[i].assign_sub(case.rate * gradient)
    return case_lib.falls(losses)

  def frozen(self, case):
    """A head alone is trained, on a model that is not in training mode."""
    model = self._model(case)
    before = numpy({v.name: v for v in model.variables})
    head = tf.Variable(tf.zeros([case.width, 3]))
    for _ in range(3):
      with tf.GradientTape() as tape:
        outputs = model(tf.constant(case['tuning_images']))
        loss = self._loss(case, tf.matmul(outputs, head))
      head.assign_sub(0.01 * tape.gradient(loss, head))
    assert head.numpy().any(), 'the head was not trained'
    after = numpy({v.name: v for v in model.variables})
    case_lib.unchanged(before, after, 'a frozen variable')
    return 0

  def two_gradients(self, case):
    """A persistent tape, asked twice."""
    if not case.is_small:
      return None
    model = self._model(case)
    images = tf.constant(case['tuning_images'])
    with tf.GradientTape(persistent=True) as tape:
      outputs = model(images, training=True)
      loss = tf.reduce_sum(tf.square(outputs))
      loss += model.regularization_losses[0]()
    for _ in range(2):
      gradients = tape.gradient(loss, model.trainable_variables)
      case_lib.all_finite(gradients)
    return 0

  def by_name(self):
    """The uses."""
    return {
      'infer': self.infer,
      'batch sizes': self.batch_sizes,
      'any size': self.any_size,
      'refused size': self.refused_size,
      'any size served': self.any_size_served,
      'refused size served': self.refused_size_served,
      'weights': self.weights,
      'regularization': self.regularization,
      'training mode': self.train,
      'default momentum': self.default_momentum,
      'momentum 0.9': self.momentum,
      'fine-tune': self.fine_tune,
      'frozen': self.frozen,
      'gradients twice': self.two_gradients,
    }


if __name__ == '__main__':
  client.main({'tensorflow': tf.__version__}, Uses(_LOAD).by_name())
