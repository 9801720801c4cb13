"""A fine-tuned model of five classes, as its training left it, to be inspected.

The network is the smallest MobileNet V1 of all, at a multiplier nobody
published.
"""

import functools

import numpy as np

from exporter import networks
from exporter.checkpoints import synthetic
from tests import checkpoints_made as checkpoints

MULTIPLIER, NUM_CLASSES = 0.2, 5
STEP = 1  # As tests/checkpoints_made.py writes it.


@functools.cache
def built() -> networks.Source:
  """Its network."""
  return networks.build(
    networks.Architecture('mobilenet_v1', MULTIPLIER, NUM_CLASSES), False
  )


def tensors() -> dict[str, np.ndarray]:
  """Its weights."""
  return synthetic.tensors(built().shapes)


def training() -> dict[str, np.ndarray]:
  """All that a training checkpoint holds."""
  return checkpoints.with_slots(tensors(), built().trainable)
