"""kagglehub.model_download from a seeded cache, then tf.saved_model.load.

Arguments: those of `client`.
"""

import functools
import os
import pathlib
import shutil
import tempfile

import kagglehub
import tensorflow as tf

from exporter import hub
from exporter import storage
import model_specs
from model_specs import aliases
from tests import some_exports
from tests.consumers import case as case_lib
from tests.consumers import client
from tests.consumers.clients import load


@functools.cache
def _root():
  return tempfile.TemporaryDirectory(prefix='slimhub_')


def _seed(case):
  """Seeds a cache with a case, for this process; returns Kaggle's name."""
  handle = model_specs.get(f'google/imagenet/{case.name}')
  folder = pathlib.Path(_root().name) / case.name
  exports = folder / 'exports'
  if not exports.exists():
    shutil.copytree(case.path, exports / str(handle))
    some_exports.describe(exports, str(handle))
    items = storage.items(exports)
    for result in hub.seed_kagglehub(items, folder / 'cache'):
      result.raise_if_failed()
  os.environ['KAGGLEHUB_CACHE'] = str(folder / 'cache')
  return str(aliases.kaggle(handle))


def infer(case):
  """The model, by the spelling of Kaggle's pages."""
  name = _seed(case).replace('tensorFlow', 'TensorFlow')

  def download(_):
    return tf.saved_model.load(kagglehub.model_download(name))

  return load.Uses(download).infer(case)


def single_files(case):
  """Every file of the model by its path."""
  name, original = _seed(case), pathlib.Path(case.path)
  for path in original.rglob('*'):
    if path.is_file():
      inside = path.relative_to(original).as_posix()
      downloaded = pathlib.Path(kagglehub.model_download(name, inside))
      case_lib.equal(downloaded.read_bytes(), path.read_bytes(), inside)
  return 0


if __name__ == '__main__':
  client.main(
    {'tensorflow': tf.__version__, 'kagglehub': kagglehub.__version__},
    {'infer': infer, 'single files': single_files},
  )
