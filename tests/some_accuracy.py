"""Figures of accuracy that nobody measured, for tests of what shows them."""

import numpy as np

from exporter.measure import accuracy

NAMES = ('background', 'cat & dog', 'newt', 'owl', 'pike', 'toad', 'wren')
SETTING = accuracy.Setting(
  10, 'c0ffee', 'names of classes', 'some crop', {'slimhub': '1.2'}
)
HANDLE = 'google/imagenet/mobilenet_v1_025_128/classification/5'
# Class of each picture, and what it is taken for, the best guess first.
TRUTH = (1, 1, 1, 1, 2, 2, 3, 3, 3, 3)
_GUESSES = (1, 1, 2, 6, 2, 2, 4, 4, 2, 3)


def logits() -> np.ndarray:
  """A row for each picture: the guess, then its class, then all others."""
  scores = np.zeros([len(TRUTH), len(NAMES)], np.float32)
  for row, (truth, guess) in enumerate(zip(TRUTH, _GUESSES, strict=True)):
    scores[row, truth] = 1
    scores[row, guess] = 2
  scores[3, 1] = -1  # Not even among the best five.
  return scores


def make() -> accuracy.Accuracy:
  """Figures of three classes, each of which has another accuracy."""
  names = dict(enumerate(NAMES))
  return accuracy.summarize(HANDLE, SETTING, logits(), TRUTH, names)
