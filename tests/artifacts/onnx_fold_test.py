"""What tf2onnx leaves is folded, and computes the same."""

from collections import Counter

import numpy as np
import onnx
from onnx import helper
from onnx import numpy_helper
import onnxruntime
import pytest

from exporter.artifacts import onnx_fold

_IMAGES, _MIDDLE, _SUM, _ANSWER = 'images', 'middle', 'sum', 'answer'


def _values(random, *shape):
  return random.uniform(0.5, 1.5, shape).astype(np.float32)


def _model(bias: bool, is_seen: bool = False) -> onnx.ModelProto:
  """Depthwise, then pointwise convolution, then batch norm, as in NASNet."""
  random = np.random.RandomState(0)
  weights = {
    'depthwise': _values(random, 3, 1, 3, 3),
    'pointwise': _values(random, 5, 3, 1, 1),
    **{name: _values(random, 5) for name in ('gamma', 'beta', 'mean', 'var')},
  }
  if bias:
    weights['bias'] = _values(random, 5)
  parameters = ['pointwise', 'bias'] if bias else ['pointwise']
  norm = [_SUM, 'gamma', 'beta', 'mean', 'var']
  nodes = [
    helper.make_node('Conv', [_IMAGES, 'depthwise'], [_MIDDLE], group=3),
    helper.make_node('Conv', [_MIDDLE, *parameters], [_SUM]),
    helper.make_node(
      'BatchNormalization', norm, [_ANSWER], name='bn', epsilon=1e-3
    ),
  ]
  ends = [_ANSWER]
  if is_seen:
    nodes.append(helper.make_node('Relu', [_SUM], ['seen']))
    ends.append('seen')
  graph = helper.make_graph(
    nodes,
    'network',
    [helper.make_tensor_value_info(_IMAGES, 1, ['n', 3, 8, 8])],
    [helper.make_tensor_value_info(e, 1, ['n', 5, 6, 6]) for e in ends],
    [numpy_helper.from_array(value, key) for key, value in weights.items()],
  )
  opsets = [helper.make_opsetid('', 18)]
  return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def _run(model: onnx.ModelProto) -> np.ndarray:
  onnx.checker.check_model(model, full_check=True)
  session = onnxruntime.InferenceSession(model.SerializeToString())
  images = np.random.RandomState(1).normal(size=(2, 3, 8, 8))
  return session.run([_ANSWER], {_IMAGES: images.astype(np.float32)})[0]


@pytest.mark.parametrize('bias', [False, True])
def test_a_batch_norm_behind_two_convolutions_is_folded(bias):
  model = _model(bias)
  expected = _run(model)
  onnx_fold.fold(model.graph)
  assert [node.op_type for node in model.graph.node] == ['Conv', 'Conv']
  np.testing.assert_allclose(_run(model), expected, rtol=1e-5, atol=1e-5)


def test_what_something_else_uses_too_is_left():
  model = _model(bias=True, is_seen=True)
  onnx_fold.fold(model.graph)
  assert Counter(node.op_type for node in model.graph.node) == {
    'Conv': 2,
    'BatchNormalization': 1,
    'Relu': 1,
  }
