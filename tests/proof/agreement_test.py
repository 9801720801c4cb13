"""What counts as an agreement; broken artifacts are in proof_test."""

import dataclasses

import numpy as np
import pytest

from exporter.proof import agreement
from exporter.proof import stranger
from exporter.proof import tf1_session
from tests import artifacts_made as artifacts

_NAME = f'{artifacts.TINY}/feature_vector/3'


class _Changed:
  """A reading of an artifact that gives other answers in some places."""

  def __init__(self, reading, **changes):
    self._reading = reading
    self._changes = changes

  def __getattr__(self, name):
    return self._changes.get(name) or getattr(self._reading, name)


def _misses(leniency=1.0, trains=True, **changes):
  handle = artifacts.handle(_NAME)
  reference = artifacts.reference(handle.spec.name)
  if not trains:  # As of networks that round.
    reference = dataclasses.replace(
      reference, training=None, trainable=frozenset(), batch_statistics={}
    )
  agreed = agreement.Agreement(handle, reference, leniency)
  reading = tf1_session.SessionTf1(artifacts.folder(_NAME))
  agreed.compare(_Changed(reading, **changes))
  return [miss for c in agreed.of_session for miss in c.misses()]


def _calls(change):
  reading = tf1_session.SessionTf1(artifacts.folder(_NAME))

  def infer(images):
    return [change(call) for call in reading.infer(images)]

  return infer


def test_an_artifact_agrees():
  assert not _misses()


@pytest.mark.parametrize(
  'shape', [(None, 32, 32, 3), (None, None, 3), (2, None, None, 3)]
)
def test_the_input_must_be_declared_as_promised(shape):
  def change(call):
    return call._replace(shapes={stranger.IMAGES: shape})

  first, *_ = _misses(infer=_calls(change))
  assert first.startswith('shapes: default of the inference graph at ')
  assert f'images is declared as {shape}' in first


@pytest.mark.parametrize('shape', [(None, 7), (None, None), (2, 8), (None,)])
def test_outputs_must_be_declared_as_they_are(shape):
  def change(call):
    return call._replace(shapes={'default': shape})

  assert any(
    f'is declared as {shape}' in m for m in _misses(infer=_calls(change))
  )


def test_leniency_is_a_factor_of_what_rounding_may_do():
  def change(call):
    unit = np.std(call.outputs['default'])
    outputs = {**call.outputs}
    outputs['default'] = outputs['default'] + 3e-4 * unit
    return call._replace(outputs=outputs)

  assert any('inference outputs' in m for m in _misses(infer=_calls(change)))
  assert not _misses(10.0, infer=_calls(change))


_ENDPOINT = 'Tiny/Conv2d_0'


def _more_output(call):
  output = call.outputs.get(_ENDPOINT)
  if output is None:
    return call
  changed = {_ENDPOINT: output + 3e-3 * np.std(output)}
  return call._replace(outputs={**call.outputs, **changed})


def _more_average(call):
  moving = {
    name: value + 3e-4 * np.max(np.abs(value))
    for name, value in call.moving.items()
  }
  return call._replace(moving=moving)


@pytest.mark.parametrize(
  ('change', 'says'),
  [(_more_output, 'training outputs: '), (_more_average, 'moving averages: ')],
)
def test_training_is_held_to_three_times_what_is_allowed(change, says):
  reading = tf1_session.SessionTf1(artifacts.folder(_NAME))

  def train(images, momentum):
    return [change(call) for call in reading.train(images, momentum)]

  misses = _misses(train=train)
  assert misses
  assert all(miss.startswith(says) for miss in misses)


def test_losses_are_held_to_a_little_more_than_is_allowed():
  reading = tf1_session.SessionTf1(artifacts.folder(_NAME))
  (miss,) = _misses(losses=lambda: reading.losses() * (1 + 3e-5))
  assert miss.startswith('regularization: ')


def _without_training(**losses):
  reading = tf1_session.SessionTf1(artifacts.folder(_NAME))
  names = reading.names()
  trainable: dict[str, list[str]] = {place: [] for place in names.trainable}

  def inferring():
    return names._replace(trainable=trainable, trains=False)

  return _misses(trains=False, names=inferring, **losses)


def test_networks_for_inference_alone_have_no_losses():
  assert not _without_training(losses=lambda: 0.0)
  (miss,) = _without_training(losses=lambda: 1e-3)
  assert miss.startswith('regularization: sum of the losses differs by 0.001')


def test_training_that_is_not_promised_is_a_miss():
  assert any(
    'names: training is not promised' in miss for miss in _misses(trains=False)
  )


def test_names_have_no_leniency():
  names = stranger.Names({'variables': []}, {}, {})
  misses = _misses(10.0, names=lambda: names)
  assert any('names: variables: ' in miss for miss in misses)
