"""Converted files with synthetic weights, each written once a session."""

import functools
import pathlib
import tempfile

import numpy as np

from exporter.artifacts import formats as formats_lib
from exporter.checkpoints import synthetic
from model_specs import formats
from tests import artifacts_made as artifacts

TINY = f'{artifacts.TINY}/classification/5'
TINY_FEATURES = f'{artifacts.TINY}/feature_vector/5'
V1 = f'{artifacts.V1}/classification/5'
V2_FEATURES = f'{artifacts.V2}/feature_vector/5'
WORDS = tuple(formats.BY_WORD)


def conversion(name: str, word: str) -> formats.Conversion:
  """The conversion of NAME/TASK/VERSION to a word of --formats."""
  return formats.convert(artifacts.handle(name), formats.BY_WORD[word])


def write(name: str, word: str, folder: pathlib.Path) -> pathlib.Path:
  """Converts NAME/TASK/VERSION in a folder."""
  made = conversion(name, word)
  inference, _ = artifacts.sources(made.spec)
  pictures = synthetic.synthetic_pictures(16, made.spec.size)
  path = folder / made.file
  formats_lib.write_file(
    made,
    inference,
    artifacts.tensors(name),
    pictures if made.kind.needs_pictures else None,
    path,
  )
  return path


@functools.cache
def _root() -> tempfile.TemporaryDirectory:
  return tempfile.TemporaryDirectory(prefix='slimhub_')


@functools.cache
def file(name: str, word: str) -> pathlib.Path:
  """The converted file of NAME/TASK/VERSION, not to be changed."""
  folder = pathlib.Path(_root().name) / name
  folder.mkdir(parents=True, exist_ok=True)
  return write(name, word, folder)


def run(name: str, word: str) -> formats_lib.Run:
  """Runs a converted file."""
  return formats_lib.load_file(conversion(name, word), file(name, word))


def expected(name: str, images: np.ndarray) -> np.ndarray:
  """What the source of NAME/TASK/VERSION makes of images."""
  handle = artifacts.handle(name)
  inference, _ = artifacts.sources(handle.spec)
  inference.load(artifacts.tensors(name))
  is_classifier = handle.task == 'classification'
  wanted = inference.logits if is_classifier else inference.features
  return inference.run(wanted, images)
