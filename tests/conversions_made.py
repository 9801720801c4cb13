"""Converted files with synthetic weights, each written once a run."""

import functools
import pathlib

import numpy as np
from PIL import Image

from exporter import formats as formats_lib
from exporter import storage
from exporter.artifacts import converting
from exporter.checkpoints import synthetic
from exporter.checkpoints import weights
from model_specs import formats
from model_specs import kinds
from tests import artifacts_made as artifacts
from tests import shared

TINY = f'{artifacts.TINY}/classification/5'
TINY_FEATURES = f'{artifacts.TINY}/feature_vector/5'
V1 = f'{artifacts.V1}/classification/5'
V2_FEATURES = f'{artifacts.V2}/feature_vector/5'
WORDS = tuple(kind.word for kind in kinds.converted())


def conversion(name: str, word: str) -> formats.Conversion:
  """The conversion of NAME/TASK/VERSION to a word of --formats."""
  return formats.convert(artifacts.handle(name), kinds.get(word))


def _draw(size: int, folder: pathlib.Path) -> None:
  for number, picture in enumerate(synthetic.synthetic_pictures(16, size)):
    Image.fromarray(picture).save(folder / f'{number:02}.png')


def _pictures(size: int) -> pathlib.Path:
  return shared.once(f'pictures/{size}', functools.partial(_draw, size))


def original(name: str) -> formats_lib.Original:
  """The networks and the weights of NAME/TASK/VERSION."""
  model = artifacts.handle(name).spec
  return formats_lib.Original(
    model,
    artifacts.sources(model),
    artifacts.tensors(name),
    storage.Weights('none', 'ab' * 32, weights.SYNTHETIC),
    pictures_dir=_pictures(model.size),
  )


def write(name: str, word: str, folder: pathlib.Path) -> pathlib.Path:
  """Converts NAME/TASK/VERSION in a folder."""
  converted = conversion(name, word)
  path = folder / converted.kind.file
  formats_lib.of(converted).write(converted, original(name), path)
  return path


def file(name: str, word: str) -> pathlib.Path:
  """The converted file of NAME/TASK/VERSION, not to be changed."""
  make = functools.partial(write, name, word)
  folder = shared.once(f'conversions/{name}/{word}', make)
  return folder / conversion(name, word).kind.file


def run(name: str, word: str) -> converting.Run:
  """Runs a converted file."""
  return formats_lib.load(conversion(name, word), file(name, word))


def expected(name: str, images: np.ndarray) -> np.ndarray:
  """What the source of NAME/TASK/VERSION makes of images."""
  handle = artifacts.handle(name)
  inference, _ = artifacts.sources(handle.spec)
  inference.load(artifacts.tensors(name))
  is_classifier = handle.task == 'classification'
  wanted = inference.logits if is_classifier else inference.features
  return inference.run(wanted, images)
