"""Seeded weights are the same numbers on every machine."""

import numpy as np
import pytest

from exporter.checkpoints import synthetic
from tests import oracles
from tests.networks import facts


# First value and sum: what is exported must not change unnoticed.
@pytest.mark.parametrize(
  ('name', 'shape', 'first', 'total'),
  [
    ('A/Conv/weights', (3, 3, 4, 2), 0.3401965, -0.0),
    ('A/Conv/depthwise_weights', (3, 3, 4, 1), -0.3737414, 6.851434),
    ('A/BatchNorm/gamma', (4,), 1.134135, 4.149498),
    ('A/BatchNorm/beta', (4,), 0.08307984, 0.044193),
    ('A/BatchNorm/moving_mean', (4,), 0.01599894, 0.048258),
    ('A/BatchNorm/moving_variance', (4,), 1.538645, 5.0115),
    ('A/Logits/biases', (5,), -0.0663183, -0.399327),
    ('A/unit_1/conv3/weights', (1, 1, 4, 2), 0.1744837, 0.0),
    ('A/unit_1/conv3/BatchNorm/gamma', (4,), 0.2031073, 1.00867),
    ('A/BatchNorm/gamma/RMSProp', (4,), 1.159719, 4.475855),
    ('A/BatchNorm/gamma/RMSProp_1', (4,), 1.018193, 3.831391),
    ('A/BatchNorm/gamma/Momentum', (4,), 1.155532, 4.268927),
    (
      'A/BatchNorm/moving_variance/ExponentialMovingAverage',
      (4,),
      1.280072,
      4.521458,
    ),
    ('A/Conv/weights/Momentum', (3, 3, 4, 2), 0.05763416, 0.0),
    ('A/Conv/weights/RMSProp_1', (3, 3, 4, 2), 0.1036695, 0.0),
    ('A/scalar', (), 1.712859, 1.712859),
    ('A/expand/weights', (1, 1, 4, 2), -0.7176154, -0.0),
    ('A/project/BatchNorm/gamma', (4,), 0.6904883, 2.662271),
    ('cell_0/bn_1/gamma', (4,), 0.6590974, 2.779687),
    (
      'resnet_v1_50/conv1/BatchNorm/moving_variance',
      (2,),
      12213.76,
      29050.660156,
    ),
    ('A/squeeze_excite/Conv_1/biases', (4,), 2.118674, 7.957874),
    ('vgg_16/conv1/conv1_1/weights', (3, 3, 3, 2), -0.00160044, 0.008967),
  ],
)
def test_known_values(name, shape, first, total):
  value = synthetic.value(name, shape)
  assert value.shape == shape
  assert value.dtype == np.float32
  assert value.flat[0] == pytest.approx(first, rel=1e-5)
  assert value.sum() == pytest.approx(total, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(
  ('name', 'shape'),
  [('A/Conv/weights', (3, 3, 64, 32)), ('A/FC/weights', (256, 32))],
)
def test_kernels_are_blind_to_what_their_inputs_share(name, shape):
  value = synthetic.value(name, shape)
  axes = tuple(range(len(shape) - 1))
  np.testing.assert_allclose(value.sum(axes), np.zeros(32), atol=1e-4)
  np.testing.assert_allclose(np.square(value).sum(axes), 2.934, rtol=1e-3)


def test_kernels_of_images_see_colours():
  sums = synthetic.value('A/Conv/weights', (3, 3, 3, 32)).sum((0, 1, 2))
  assert np.abs(sums).max() > 0.5


@pytest.mark.parametrize('side', [3, 5, 7])
def test_depthwise_kernels_keep_rough_and_smooth_images(side):
  value = synthetic.value('A/depthwise_weights', (side, side, 16, 1))
  np.testing.assert_allclose(value.sum((0, 1)) ** 2, 2.934, rtol=1e-3)
  np.testing.assert_allclose(np.square(value).sum((0, 1)), 2.934, rtol=1e-3)


@pytest.mark.parametrize('name', oracles.FILLED)
def test_logits_keep_their_scale_and_differ_between_pictures(name):
  logits = facts.of(name).filled
  assert logits is not None
  assert 0.3 < logits.std() < 20
  assert (logits - logits.mean(0)).std() > 0.15 * logits.std()


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


@pytest.mark.parametrize('shape', [(), (3,), (5, 7), (1000, 999)])
def test_an_array_begins_where_memory_of_tensorflow_would(shape):
  arrays = [synthetic.aligned(shape) for _ in range(5)]
  for number, array in enumerate(arrays):
    assert (array.shape, array.dtype.name) == (shape, 'float32')
    assert array.flags.writeable
    assert array.flags.c_contiguous
    assert array.ctypes.data % 64 == 0
    array[...] = number
  for number, array in enumerate(arrays):  # None lies upon another.
    assert (array == number).all()
