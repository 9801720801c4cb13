"""Files of 8 bits have the trained ranges, and answer as their network."""

import dataclasses

import ai_edge_litert.interpreter
import numpy as np
import pytest

from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import litert
from exporter.artifacts import litert_quantized
from exporter.checkpoints import synthetic
from model_specs import versions
from tests import quantized_exports

_SCOPE = 'MobilenetV1/Logits/Conv2d_1c_1x1/act_quant'
_PICTURES = synthetic.synthetic_pictures(16, quantized_exports.SIZE)


@pytest.fixture(scope='module', name='interpreter')
def _interpreter():
  conversion = quantized_exports.conversion(versions.CLASSIFICATION)
  path = quantized_exports.artifact(conversion)
  return ai_edge_litert.interpreter.Interpreter(str(path))


def test_everything_is_computed_in_8_bits(interpreter):
  types = {
    tensor['dtype']
    for tensor in interpreter.get_tensor_details()
    if tensor['quantization'][0]
  }
  others = {t['dtype'] for t in interpreter.get_tensor_details()}
  assert types == {np.uint8, np.int32}  # Biases are int32.
  assert np.float32 not in others


def test_it_takes_bytes_and_gives_steps_of_the_logits(interpreter):
  runner = interpreter.get_signature_runner('serving_default')
  (image,) = runner.get_input_details().values()
  assert image['quantization'] == (pytest.approx(1 / 255), 0)
  (logits,) = runner.get_output_details().values()
  tensors = quantized_exports.tensors()
  step = (tensors[f'{_SCOPE}/max'] - tensors[f'{_SCOPE}/min']) / 255
  assert logits['quantization'][0] == pytest.approx(step, rel=1e-6)


def test_answers_are_within_a_step_of_the_network():
  conversion = quantized_exports.conversion(versions.CLASSIFICATION)
  run = litert.load_litert(conversion, quantized_exports.artifact(conversion))
  source, tensors = quantized_exports.source(), quantized_exports.tensors()
  source.load(tensors)
  images = _PICTURES / np.float32(255)
  step = (tensors[f'{_SCOPE}/max'] - tensors[f'{_SCOPE}/min']) / 255
  apart = np.abs(run(images) - source.run(source.logits, images)) / step
  assert np.sqrt(np.mean(np.square(apart))) < 1.2
  assert apart.max() < 5
  np.testing.assert_array_equal(run(images)[3:4], run(images[3:4]))


@pytest.mark.parametrize(
  ('size', 'stride', 'kernel', 'expected'),
  [
    (224, 2, 3, (0, 1)),
    (225, 2, 3, (1, 1)),
    (7, 1, 3, (1, 1)),
    (1, 2, 1, (0, 0)),
  ],
)
def test_padding_is_that_of_tensorflow(size, stride, kernel, expected):
  assert litert_quantized._padding(size, stride, kernel) == expected


@pytest.mark.parametrize(
  'changes',
  [{'input_mean': [0.1, 0.2, 0.3]}, {'input_range': [1.0, 2.0]}],
)
def test_colours_without_a_gray_that_is_zero_are_refused(tmp_path, changes):
  model = quantized_exports.read_model(tmp_path, **changes)
  conversion = dataclasses.replace(
    quantized_exports.conversion(versions.CLASSIFICATION), spec=model
  )
  network = frozen.freeze(
    quantized_exports.source(), conversion, quantized_exports.tensors()
  )
  with pytest.raises(errors.ExportError, match='is no colour in'):
    litert_quantized.convert(network, conversion)
