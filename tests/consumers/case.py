"""An artifact and what must come of it, as a client's script reads them.

Written by `cases`, which knows the source; in the syntax of Python 3.7.
"""

import json
import pathlib

import numpy as np

# In standard deviations. What is added in another order differs more in the
# single values of an endpoint than in the output, and more so in training. What
# TensorFlow's own converter rounds depends on a training before, and so on the
# processor: up to 0.101 was measured.
_TOLERANCES = {
  'default': 1e-4,
  'endpoint': 1e-3,
  'training': 1e-2,
  'half': 1e-2,
  'int8': 2e-1,
}
# A few are enough to show that the loss falls.
STEPS = 8
_MIN_FALL = 0.01


def close(answers, expected, kind=None):
  """The largest difference between arrays of equal keys.

  Args:
    answers: Arrays by name.
    expected: Arrays by name.
    kind: A key of _TOLERANCES; without one, `default` is told from endpoints.

  Returns:
    The difference, in standard deviations of what was expected.

  Raises:
    AssertionError: Names, shapes or values differ.
  """
  equal(sorted(answers), sorted(expected), 'outputs')
  largest = 0.0
  for key, value in answers.items():
    wanted = expected[key]
    equal(np.shape(value), wanted.shape, f'the shape of {key}')
    difference = float(np.abs(value - wanted).max() / np.std(wanted))
    is_default = key == 'default'
    limit = _TOLERANCES[kind or ('default' if is_default else 'endpoint')]
    assert difference <= limit, f'{key} differs by {difference:g} sigmas'
    largest = max(largest, difference)
  return largest


def equal(found, expected, what):
  """Checks that a fact is the expected one."""
  assert found == expected, f'{what}: found {found}, expected {expected}'


def unchanged(before, after, what):
  """Checks that arrays by name are the same bits."""
  equal(sorted(before), sorted(after), what)
  same = all(np.array_equal(before[key], after[key]) for key in before)
  assert same, f'{what} changed'


def falls(losses):
  """Checks the loss of each step; returns the last in parts of the first."""
  losses = [float(loss) for loss in losses]
  assert np.isfinite(losses).all(), f'the loss is not finite: {losses}'
  is_lower = losses[-1] < losses[0] - _MIN_FALL
  assert is_lower, f'the loss does not fall: {losses}'
  return losses[-1] / losses[0]


def refused(words, call, *arguments):
  """Checks that a call fails with an error that contains one of some words.

  Args:
    words: What TensorFlow says, release by release.
    call: What must fail.
    *arguments: For it.

  Returns:
    0, as there is no difference.

  Raises:
    AssertionError: It does not fail, or says something else.
  """
  try:
    call(*arguments)
  except Exception as error:  # noqa: BLE001 - which one depends on the release.
    message = str(error)
    assert any(word in message for word in words), (
      f'refused, but with the words {message[:300]!r}'
    )
    return 0
  raise AssertionError('images of another size were not refused')


def all_finite(gradients):
  """Checks that a gradient reaches every variable."""
  missing = sum(
    gradient is None or not np.isfinite(np.asarray(gradient)).all()
    for gradient in gradients
  )
  assert not missing, f'{missing} variables get no finite gradient'


class Case:
  """The facts of an artifact as attributes, arrays by name."""

  def __init__(self, folder):
    folder = pathlib.Path(folder)
    facts = json.loads((folder / 'case.json').read_text())
    self.name = facts['name']
    self.path = facts['path']
    self.scope = facts['scope']
    self.size = facts['size']
    self.width = facts['width']
    self.classifies = facts['classifies']
    self.signatures = facts['signatures']
    self.momentum = facts['momentum']
    self.configurable_momentum = facts['configurable_momentum']
    self.variable_size = facts['variable_size']
    self.counts = facts['counts']
    self.regularization = facts['regularization']
    self.is_small = facts['is_small']  # For uses that take long.
    self.rate = facts['rate']  # Of learning.
    with np.load(str(folder / 'arrays.npz')) as arrays:
      self._arrays = dict(arrays)

  def __getitem__(self, key):
    """An array: images, default, features, tuning_images, labels."""
    return self._arrays[key]

  def part(self, prefix):
    """The arrays below a prefix: endpoint, training, old, batch, size."""
    return {
      key.partition(':')[2]: value
      for key, value in self._arrays.items()
      if key.startswith(prefix + ':')
    }

  @property
  def few_images(self):
    """The images whose endpoints are known."""
    return self['images'][: len(self['few'])]

  @property
  def few(self):
    """What is answered for the few images: `default` and endpoints."""
    return dict(self.part('endpoint'), default=self['few'])

  def sizes(self):
    """Images of other sizes and what is answered, where they are taken."""
    answers = self.part('size')
    return [(self['images_' + key], answers[key]) for key in sorted(answers)]

  @property
  def wrong_images(self):
    """Images that a network of one size refuses."""
    return np.zeros([1, self.size + 32, self.size, 3], np.float32)

  def key(self, name):
    """A moving statistic's name as the checkpoint spells it.

    Loaders put something before it; Keras 3 replaces its slashes.
    """
    name = name.partition(':')[0].replace('/', '_')
    (key,) = (
      key for key in self.part('old') if name.endswith(key.replace('/', '_'))
    )
    return key

  def check_moving(self, moving, momentum):
    """Checks moving statistics after one step on `images`.

    What is compared is the batch's share: (1 - momentum) of the new value.

    Args:
      moving: The statistics by variable.
      momentum: That of the step.

    Returns:
      The largest difference, in standard deviations of the batch's values.
    """
    old, batch = self.part('old'), self.part('batch')
    equal(sorted(moving), sorted(old), 'moving statistics')
    largest = 0.0
    for key, value in moving.items():
      share = (value - momentum * old[key]) / (1 - momentum)
      scale = np.sqrt(np.mean(np.square(batch[key] - old[key])))
      largest = max(largest, float(np.abs(share - batch[key]).max() / scale))
    assert largest <= _TOLERANCES['training'], (
      f'moving statistics are {largest:g} standard deviations off'
    )
    return largest
