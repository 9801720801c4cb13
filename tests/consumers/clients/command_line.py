"""`saved_model_cli run`, the real command.

Arguments: those of `client`.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import tensorflow as tf

from tests.consumers import case as case_lib
from tests.consumers import client


def _run(case, images):
  """What the command writes."""
  command = str(pathlib.Path(sys.executable).with_name('saved_model_cli'))
  with tempfile.TemporaryDirectory() as folder:
    file = str(pathlib.Path(folder, 'images.npy'))
    np.save(file, images)
    output = str(pathlib.Path(folder, 'output'))
    arguments = ['--dir=' + case.path, '--tag_set=serve', '--outdir=' + output]
    arguments += ['--signature_def=serving_default', '--inputs=inputs=' + file]
    done = subprocess.run(
      [command, 'run', *arguments],
      stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT,
      text=True,
      check=False,
    )
    assert done.returncode == 0, done.stdout[-300:]
    (output_file,) = pathlib.Path(output).iterdir()
    return {'default': np.load(str(output_file))}


def infer(case):
  """The serving signature."""
  if not case.signatures:
    return None
  answer = _run(case, case['images'])
  return case_lib.close(answer, {'default': case['default']})


def any_size(case):
  """A size that is not square."""
  if not case.signatures or not case.variable_size:
    return None
  images, expected = case.sizes()[1]
  return case_lib.close(_run(case, images), {'default': expected})


if __name__ == '__main__':
  client.main(
    {'tensorflow': tf.__version__}, {'infer': infer, 'any size': any_size}
  )
