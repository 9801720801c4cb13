"""That a session answers for a SavedModel what TensorFlow's loader does."""

import numpy as np
import pytest

from exporter.checkpoints import synthetic
from exporter.proof import stranger
from exporter.proof import tf2_session
from tests import artifacts_made as artifacts
from tests import corruptions_tf2 as broken

TINY = artifacts.TINY
_IMAGES = synthetic.synthetic_images(2, 32, 32)
names = pytest.mark.parametrize(
  'name', artifacts.handles(TINY, version_format='saved_model_2')
)


def _both(name):
  folder = artifacts.folder(name)
  return tf2_session.SessionTf2(folder), stranger.StrangerTf2(folder)


def _assert_equal(values, expected):
  assert values.keys() == expected.keys()
  for key, value in values.items():
    np.testing.assert_allclose(value, expected[key], rtol=1e-5, atol=1e-6)


@names
def test_names_variables_and_losses(name):
  reading, expected = _both(name)
  listed, others = reading.names(), expected.names()
  assert listed.variables == others.variables
  assert listed.trainable == others.trainable
  assert listed.signatures['signatures'] == others.signatures['signatures']
  assert (
    listed.signatures['signatures for serving']
    == (listed.signatures['signatures'])
  )
  _assert_equal(reading.variables(), expected.variables())
  assert reading.losses() == pytest.approx(expected.losses(), rel=1e-6)


@names
def test_calls_that_infer(name):
  reading, expected = _both(name)
  calls = {call.name: call for call in reading.infer(_IMAGES)}
  for other in expected.infer(_IMAGES):
    call = calls.pop(other.name)
    assert call.returns == other.returns
    _assert_equal(call.outputs, other.outputs)
  assert set(calls) == {
    f'{s} for serving' for s in reading.names().signatures['signatures']
  }


def test_calls_that_train():
  reading, expected = _both(f'{TINY}/feature_vector/5')
  calls = {call.name: call for call in reading.train(_IMAGES, 0.5)}
  others = {call.name: call for call in expected.train(_IMAGES, 0.5)}
  with_endpoints = calls.pop('training with endpoints')
  other = others['training with endpoints']
  assert with_endpoints.momentum == 0.5
  _assert_equal(with_endpoints.outputs, other.outputs)
  _assert_equal(with_endpoints.moving, other.moving)
  assert calls['training without endpoints'].momentum == 0.5
  _assert_equal(calls['training without endpoints'].moving, other.moving)
  through = calls['training through `train`']
  assert through.momentum is None
  _assert_equal(through.moving, others[through.name].moving)


def test_declared_shapes():
  reading, _ = _both(f'{TINY}/classification/5')
  calls = {call.name: call for call in reading.infer(_IMAGES)}
  assert set(calls['serving_default'].shapes) == {stranger.IMAGES, 'logits'}
  for call in calls.values():
    assert call.shapes[stranger.IMAGES] == (None, None, None, 3)
    assert call.shapes.keys() - {stranger.IMAGES} == call.outputs.keys()


def test_loaders_that_disagree_are_an_error(tmp_path):
  folder = artifacts.copy(f'{TINY}/classification/5', tmp_path)
  with artifacts.edit(folder) as model:
    broken.swap_restored(model)
  with pytest.raises(ValueError, match='differently by the two loaders'):
    tf2_session.SessionTf2(folder).variables()
