"""That a session answers for a TF1 module what TensorFlow's loaders do."""

import numpy as np
import pytest

from exporter.checkpoints import synthetic
from exporter.proof import stranger
from exporter.proof import tf1_session
from tests import artifacts_made as artifacts
from tests import corruptions_tf1

TINY = artifacts.TINY
_IMAGES = synthetic.synthetic_images(2, 32, 32)
names = pytest.mark.parametrize(
  'name', artifacts.handles(TINY, version_format='hub')
)


def _both(name, folder=None):
  folder = folder or artifacts.folder(name)
  return tf1_session.SessionTf1(folder), stranger.StrangerTf1(folder)


def _assert_equal(values, expected):
  assert values.keys() == expected.keys()
  for key, value in values.items():
    np.testing.assert_allclose(value, expected[key], rtol=1e-5, atol=1e-6)


def _assert_calls_equal(calls, expected):
  for call, other in zip(calls, expected, strict=True):
    assert call.name == other.name
    assert (call.returns, call.momentum) == (other.returns, other.momentum)
    _assert_equal(call.moving, other.moving)
    if 'classification' not in call.name:  # Dropout is random.
      endpoints = {k: v for k, v in call.outputs.items() if 'Logits' not in k}
      others = {k: other.outputs[k] for k in endpoints}
      _assert_equal(endpoints, others)


@names
def test_names_variables_and_losses(name):
  reading, expected = _both(name)
  assert reading.names() == expected.names()
  _assert_equal(reading.variables(), expected.variables())
  assert reading.losses() == pytest.approx(expected.losses(), rel=1e-6)


@pytest.mark.parametrize('training', [False, True])
def test_losses_that_differ_between_the_graphs_have_no_sum(tmp_path, training):
  folder = artifacts.copy(f'{TINY}/classification/3', tmp_path)
  corruptions_tf1.lose_loss(training)(folder)
  assert np.isnan(tf1_session.SessionTf1(folder).losses())


@names
def test_calls(name):
  reading, expected = _both(name)
  _assert_calls_equal(reading.infer(_IMAGES), expected.infer(_IMAGES))
  if '/feature_vector/' in name:
    pairs = (sorted(each.train(_IMAGES, 0.5)) for each in _both(name))
    _assert_calls_equal(*pairs)


def test_declared_shapes():
  reading, _ = _both(f'{TINY}/feature_vector/3')
  for call in reading.infer(_IMAGES):
    assert call.shapes[stranger.IMAGES] == (None, None, None, 3)
    assert call.shapes['default'] == (None, 8)
    assert call.shapes.keys() - {stranger.IMAGES} == call.outputs.keys()
