"""Command lines of converters, on our SavedModels."""

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts
from tests.conformance import program
from tests.conformance import programs

_RUN_OPENVINO = """
import sys
import numpy as np
import openvino
model = openvino.Core().compile_model(
  sys.argv[1], 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'}
)
np.save(sys.argv[3], model(np.load(sys.argv[2]))[0])
"""
_NAME_OUTPUTS = """
import sys
import openvino
first, *others = openvino.convert_model(sys.argv[1]).outputs
print(*first.get_names())
print(*(name for output in others for name in output.get_names()))
"""
_TASKS = {program.CLASSES: 'logits', program.FEATURES: 'feature_vector'}


@pytest.fixture(name='images')
def _images():
  return synthetic.synthetic_images(2, program.SIZE, program.SIZE)


def _expected(name, images):
  model = tf.saved_model.load(str(program.export(name)))
  signature = model.signatures['serving_default']
  return signature(inputs=tf.constant(images))[_TASKS[name]].numpy()


def _assert_close(answers, expected):
  assert answers.shape == expected.shape
  assert np.abs(answers - expected).max() < 1e-4 * expected.std()


@pytest.mark.parametrize('name', _TASKS)
def test_tf2onnx(name, images, tmp_path):
  ran = program.run(
    programs.TF2ONNX,
    *('-m tf2onnx.convert', '--saved-model', program.export(name)),
    *('--output', 'model.onnx', '--tag', 'serve'),
    *('--signature_def', 'serving_default', '--opset', '18'),
    folder=tmp_path,
  )
  assert ran.code == 0, ran.said
  session = onnxruntime.InferenceSession(str(tmp_path / 'model.onnx'))
  (answers,) = session.run([_TASKS[name]], {'inputs': images})
  _assert_close(answers, _expected(name, images))


@pytest.mark.parametrize('name', _TASKS)
def test_openvino(name, images, tmp_path):
  ran = program.run(
    programs.OPENVINO,
    *('ovc', program.export(name), '--output_model', 'model.xml'),
    '--compress_to_fp16=False',  # The default rounds all weights.
    folder=tmp_path,
  )
  assert ran.code == 0, ran.said
  np.save(tmp_path / 'images.npy', images)
  (tmp_path / 'run.py').write_text(_RUN_OPENVINO)
  ran = program.run(
    programs.OPENVINO,
    *('-m run', 'model.xml', 'images.npy', 'found.npy'),
    folder=tmp_path,
  )
  assert ran.code == 0, ran.said
  _assert_close(np.load(tmp_path / 'found.npy'), _expected(name, images))


def test_openvino_takes_each_endpoint_of_a_module_for_an_output(tmp_path):
  """So docs/deploy.md sends its users to other files."""
  module = artifacts.folder(f'{program.NAME}/classification/3')
  (tmp_path / 'names.py').write_text(_NAME_OUTPUTS)
  ran = program.run(programs.OPENVINO, '-m names', module, folder=tmp_path)
  assert ran.code == 0, ran.said
  *_, first, others = ran.said.splitlines()
  assert first == 'MobilenetV1/Conv2d_0'
  assert 'MobilenetV1/Logits' in others.split()
