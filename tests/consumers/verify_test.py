"""That `slimhub verify --client` proves in a TensorFlow of long ago."""

import subprocess
import sys

import pytest

from exporter import results
from exporter.pipeline import export
from exporter.pipeline import orders
import model_specs
from tests.consumers import environments

_PATTERN = 'mobilenet_v1_025_128/feature_vector'


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  folder = tmp_path_factory.mktemp('exports')
  order = orders.Order(
    orders.EXPORT, model_specs.find(_PATTERN), folder, weights='synthetic'
  )
  assert {r.status for r in export.run(order)} == {results.EXPORTED}
  return folder


def _verify(folder, python):
  return subprocess.run(
    [
      *(sys.executable, '-m', 'exporter', 'verify', folder),
      *('--progress=none', f'--client={python}'),
    ],
    capture_output=True,
    text=True,
    check=False,
  )


def test_both_formats_are_proven_in_tensorflow_1_15(folder):
  done = _verify(folder, environments.interpreter(environments.TF1))
  assert done.returncode == 0, done.stderr
  assert done.stdout.count('in TensorFlow 1.15.5, too') == 2


def test_a_client_without_tensorflow_fails_all(folder, tmp_path):
  python = tmp_path / 'python'
  python.write_text(
    '#!/bin/sh\necho "ImportError: no tensorflow" >&2; exit 1\n'
  )
  python.chmod(0o755)
  done = _verify(folder, python)
  assert done.returncode == 1
  assert f'{python} cannot load any artifact: ImportError' in done.stderr
