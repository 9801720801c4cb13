"""The weights of the oracles are the same numbers on every machine."""

import numpy as np
import pytest

from tests import seeded


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
  value = seeded.value(name, shape)
  assert value.shape == shape
  assert value.dtype == np.float32
  assert value.flat[0] == pytest.approx(first, abs=1e-6)
  assert value.sum() == pytest.approx(total, abs=1e-5)
