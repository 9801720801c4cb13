"""ONNX files of networks that round keep bytes, and answer as their network."""

import numpy as np
import onnx
from onnx import numpy_helper
import onnxruntime
import pytest

from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import onnx as onnx_lib
from exporter.artifacts import onnx_quantized
from exporter.checkpoints import synthetic
from model_specs import versions
from tests import quantized_exports

_PICTURES = synthetic.synthetic_pictures(16, quantized_exports.SIZE)
_IMAGES = _PICTURES / np.float32(255)


def _network(task: str) -> frozen.Frozen:
  return frozen.freeze(
    quantized_exports.source(),
    quantized_exports.conversion(task, 'onnx.model'),
    quantized_exports.tensors(),
  )


@pytest.fixture(scope='module', name='path')
def _path():
  conversion = quantized_exports.conversion(
    versions.CLASSIFICATION, 'onnx.model'
  )
  return quantized_exports.artifact(conversion)


def test_kernels_are_bytes_and_every_result_is_rounded(path):
  graph = onnx.load(path).graph
  kernels = [w for w in graph.initializer if len(w.dims) == 4]
  assert len(kernels) == 28
  assert {w.data_type for w in kernels} == {onnx.TensorProto.UINT8}
  # The narrow range, in which kernels are rounded, does not use byte 0.
  assert min(numpy_helper.to_array(w).min() for w in kernels) == 1
  names = [node.op_type for node in graph.node]
  assert names.count('QuantizeLinear') == 28
  assert names.count('DequantizeLinear') == 56
  assert path.stat().st_size < 0.6e6  # Of 0.48 million parameters.


def test_kernels_are_those_of_the_network():
  _, kernels = onnx_quantized.fold(_network(versions.CLASSIFICATION))
  assert len(kernels) == 28
  for kernel in kernels:
    steps = kernel.bytes.astype(np.float32) - kernel.zero
    apart = np.abs(steps * np.float32(kernel.scale) - kernel.values)
    assert apart.max() <= 1e-6 * np.abs(kernel.values).max()


@pytest.mark.parametrize('task', versions.TASKS)
def test_answers_are_those_of_the_network(task):
  source = quantized_exports.source()
  source.load(quantized_exports.tensors())
  is_classifier = task == versions.CLASSIFICATION
  output = source.logits if is_classifier else source.features
  expected = source.run(output, _IMAGES)
  conversion = quantized_exports.conversion(task, 'onnx.model')
  path = quantized_exports.artifact(conversion)

  def error(values: np.ndarray) -> float:
    apart = (values - expected) / expected.std()
    return float(np.sqrt(np.mean(np.square(apart))))

  options = onnxruntime.SessionOptions()
  # With optimizations, the runtime would round the biases, too.
  options.graph_optimization_level = (
    onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
  )
  plain = onnxruntime.InferenceSession(path, options)
  (answers,) = plain.run(None, {'inputs': _IMAGES})
  assert error(answers) < 0.015
  assert error(onnx_lib.load_onnx(conversion, path)(_IMAGES)) < 0.1


def test_a_kernel_that_is_not_rounded_is_refused():
  network = _network(versions.FEATURE_VECTOR)
  rounding = next(
    node
    for node in network.definition.node
    if node.op == 'FakeQuantWithMinMaxVars' and node.attr['narrow_range'].b
  )
  rounding.attr['narrow_range'].b = False
  with pytest.raises(errors.PortabilityError, match='in a narrow range'):
    onnx_quantized.fold(network)


def test_a_kernel_of_another_network_is_refused():
  _, kernels = onnx_quantized.fold(_network(versions.CLASSIFICATION))
  graph = onnx.GraphProto()
  foreign_kernel = kernels[0].values * np.float32(1.01)
  graph.initializer.append(numpy_helper.from_array(foreign_kernel, 'kernel'))
  graph.node.add(op_type='Conv', name='layer', input=['x', 'kernel'])
  with pytest.raises(errors.PortabilityError, match='layer has a kernel'):
    onnx_quantized.round_kernels(graph, kernels)
