"""Every kind of network, exported, proven here and in a TensorFlow of long ago.

The MobileNets are what the other tests export.
"""

import subprocess
import sys

import pytest

from tests.consumers import environments


def _slimhub(*argv: object) -> str:
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', *map(str, argv), '--progress=none'],
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout


@pytest.mark.parametrize(
  ('pattern', 'formats', 'count'),
  [
    ('inception_v1/classification/[35]', 'tf1,tf2,litert.float32,onnx', 4),
    (
      'mobilenet_v3_small_075_224/classification/5',
      'tf2,litert.float32,onnx',
      3,
    ),
    ('nasnet_mobile/feature_vector/5', 'tf2,litert.float32', 2),
    ('resnet_v1_50/feature_vector/[35]', 'tf1,tf2,onnx', 3),
    ('resnet_v2_50/classification/3', 'tf1', 1),
  ],
)
def test_exported_and_proven_twice(tmp_path, pattern, formats, count):
  exported = _slimhub(
    *('export', pattern, f'--formats={formats}', '--synthetic_weights'),
    *(f'--output_dir={tmp_path}', '--jobs=1'),
  )
  assert exported.count('exported  google/') == count
  client = environments.interpreter(environments.TF1)
  verified = _slimhub('verify', tmp_path, f'--client={client}', '--jobs=1')
  assert verified.count('verified  google/') == count
  converted = verified.count('.tflite') + verified.count('.onnx/')
  assert verified.count('in TensorFlow 1.15.5, too') == count - converted
