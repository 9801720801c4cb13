"""Every kind of network, exported, proven here and in a TensorFlow of long ago.

Each is met there in one of the two formats, and each format in networks of
several kinds. The MobileNets are what the other tests export.
"""

import pathlib
import subprocess
import sys

import pytest

from tests.consumers import environments


def _slimhub(*argv: object) -> str:
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', *map(str, argv)],
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout


def _check(
  exports: pathlib.Path, exported: str, publisher: str, count: int
) -> None:
  """Checks what was said of an export, and lets two TensorFlows verify it."""
  assert exported.count(f'exported  {publisher}/') == count
  client = environments.interpreter(environments.TF1)
  verified = _slimhub(
    *('verify', exports, f'--client={client}', '--jobs=1', '--progress=none')
  )
  assert verified.count(f'verified  {publisher}/') == count
  converted = verified.count('.tflite') + verified.count('.onnx/')
  assert verified.count('in TensorFlow 1.15.5, too') == count - converted


@pytest.mark.parametrize(
  ('pattern', 'formats', 'count'),
  [
    ('inception_v1/classification/5', 'tf2,onnx', 2),
    (
      'mobilenet_v3_small_075_224/classification/5',
      'tf2,litert.float32,onnx',
      3,
    ),
    ('nasnet_mobile/feature_vector/5', 'tf2,litert.float32', 2),
    ('resnet_v1_50/feature_vector/5', 'tf2,onnx', 2),
    ('resnet_v2_50/classification/3', 'tf1', 1),
  ],
)
def test_exported_and_proven_twice(tmp_path, pattern, formats, count):
  flags = ('--synthetic_weights', f'--output_dir={tmp_path}', '--jobs=1')
  more_flags = (f'--formats={formats}', '--progress=none')
  exported = _slimhub('export', pattern, *more_flags, *flags)
  _check(tmp_path, exported, 'google', count)


# Of these, there are own models alone.
@pytest.mark.parametrize(
  ('network', 'task', 'formats', 'count'),
  [
    ('mobilenet_edgetpu', 'classification', 'tf2,onnx', 2),
    ('mobilenet_v3_large_minimalistic', 'feature_vector', 'tf2,onnx', 2),
    (
      'mobilenet_v3_small_minimalistic',
      'classification',
      'tf1,tf2,litert.float32',
      3,
    ),
    ('nasnet_cifar', 'classification', 'tf1', 1),
    ('pnasnet_mobile', 'feature_vector', 'tf2', 1),
  ],
)
def test_an_own_model_is_proven_as_often(
  tmp_path, network, task, formats, count
):
  spec = tmp_path / 'my.toml'
  _slimhub('new', 'acme/shapes/my', f'--network={network}', f'--output={spec}')
  exports = tmp_path / 'exports'
  exported = _slimhub(
    *('export', f'acme/shapes/my/{task}', f'--formats={formats}'),
    *(f'--spec_file={spec}', '--synthetic_weights'),
    *(f'--output_dir={exports}', '--jobs=1', '--progress=none'),
  )
  _check(exports, exported, 'acme', count)
