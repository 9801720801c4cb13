"""Pictures of two classes, for programs that learn to tell them apart."""

import pathlib

import numpy as np
from PIL import Image

from exporter.checkpoints import synthetic
from tests.conformance import program

COLOURS = {'blue': (0, 0, 1), 'red': (1, 0, 0)}
_EACH = 10  # Of each class; programs put some aside to evaluate.


def write(folder: pathlib.Path) -> pathlib.Path:
  """Fills a folder with one folder for each class: noise in its colour."""
  for number, (label, colour) in enumerate(COLOURS.items()):
    (folder / label).mkdir(parents=True)
    noise = synthetic.synthetic_images(
      _EACH, program.SIZE, program.SIZE, seed=number
    )
    for index, image in enumerate(0.5 * noise + 0.5 * np.array(colour)):
      picture = Image.fromarray((image * 255).astype(np.uint8))
      picture.save(folder / label / f'{index}.jpg')
  return folder
