"""Seeded weights are the same numbers on every machine."""

import numpy as np
import pytest

from exporter.checkpoints import synthetic


# First value and sum, computed by the function that the oracles were made with.
@pytest.mark.parametrize(
  ('name', 'shape', 'first', 'total'),
  [
    ('A/Conv/weights', (3, 3, 4, 2), 0.232358, -0.6942),
    ('A/Conv/depthwise_weights', (3, 3, 4, 1), -0.36291, 0.88914),
    ('A/BatchNorm/gamma', (4,), 1.134135, 4.1495),
    ('A/BatchNorm/beta', (4,), 0.08308, 0.04419),
    ('A/BatchNorm/moving_mean', (4,), 0.015999, 0.04826),
    ('A/BatchNorm/moving_variance', (4,), 1.438645, 4.6115),
    ('A/Logits/biases', (5,), -0.066318, -0.39933),
    ('A/unit_1/conv3/weights', (1, 1, 4, 2), 0.235135, 0.47756),
    ('A/unit_1/conv3/BatchNorm/gamma', (4,), 0.203107, 1.00867),
    ('A/BatchNorm/gamma/RMSProp', (4,), 1.159719, 4.47585),
    ('A/BatchNorm/gamma/RMSProp_1', (4,), 1.018193, 3.83139),
    ('A/BatchNorm/gamma/Momentum', (4,), 1.155532, 4.26893),
    (
      'A/BatchNorm/moving_variance/ExponentialMovingAverage',
      (4,),
      1.180072,
      4.12146,
    ),
    ('A/Conv/weights/Momentum', (3, 3, 4, 2), 0.039074, 1.12077),
    ('A/Conv/weights/RMSProp_1', (3, 3, 4, 2), 0.041427, -1.35268),
    ('A/scalar', (), 0.279126, 0.27913),
  ],
)
def test_known_values(name, shape, first, total):
  value = synthetic.value(name, shape)
  assert value.shape == shape
  assert value.dtype == np.float32
  assert value.flat[0] == pytest.approx(first, abs=1e-6)
  assert value.sum() == pytest.approx(total, abs=1e-5)


def test_a_network_has_the_values_of_its_variables():
  shapes = {'A/weights': (1, 2), 'B/weights': (1, 2), 'B/biases': ()}
  tensors = synthetic.tensors(shapes)
  assert list(tensors) == list(shapes)
  for name, shape in shapes.items():
    np.testing.assert_array_equal(tensors[name], synthetic.value(name, shape))
  assert not np.array_equal(tensors['A/weights'], tensors['B/weights'])


def test_known_images():
  images = synthetic.synthetic_images(3, 2, 2, seed=5)
  assert images.shape == (3, 2, 2, 3)
  assert images.dtype == np.float32
  np.testing.assert_allclose(
    images[0, 0, 0], [0.22199318, 0.8707323, 0.20671916], rtol=1e-6
  )
  assert images.sum() == pytest.approx(16.041574, abs=1e-5)


def test_images_are_from_0_to_1():
  images = synthetic.synthetic_images(4, 32, 32)
  assert 0 <= images.min() < 0.001
  assert 0.999 < images.max() <= 1


def test_images_need_not_be_square():
  assert synthetic.synthetic_images(1, 4, 6).shape == (1, 4, 6, 3)


def test_images_differ_by_seed_alone():
  first = synthetic.synthetic_images(2, 4, 4)
  np.testing.assert_array_equal(
    first, synthetic.synthetic_images(2, 4, 4, seed=1)
  )
  assert not np.array_equal(first, synthetic.synthetic_images(2, 4, 4, seed=2))


def test_the_global_random_state_stays():
  np.random.seed(3)
  expected = np.random.uniform()
  np.random.seed(3)
  synthetic.value('A/weights', (2, 2))
  synthetic.synthetic_images(1, 2, 2)
  assert np.random.uniform() == expected
