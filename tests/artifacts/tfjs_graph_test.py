"""TensorFlow.js gets few nodes, under the names that pages ask for."""

from collections import Counter

import numpy as np
import pytest

from exporter.artifacts import frozen
from exporter.artifacts import tfjs_graph
from tests import artifacts_made as artifacts
from tests import conversions_made

_TINY = conversions_made.TINY


def _simple(name: str) -> tfjs_graph.Graph:
  conversion = conversions_made.conversion(name, 'tfjs.float32')
  source, _ = artifacts.sources(conversion.spec)
  return tfjs_graph.simplify(
    frozen.freeze(source, conversion, artifacts.tensors(name))
  )


def _ops(graph: tfjs_graph.Graph) -> Counter:
  return Counter(node.op for node in graph.nodes.values())


def test_layers_take_in_what_follows_them():
  graph = _simple(_TINY)
  assert _ops(graph) == {
    'Placeholder': 1,
    'Mul': 1,
    'Sub': 1,
    '_FusedConv2D': 2,
    'FusedDepthwiseConv2dNative': 1,
    'Mean': 1,
    'Squeeze': 1,
    'Identity': 1,
  }
  fused = [
    [op.decode() for op in node.attr['fused_ops'].list.s]
    for node in graph.nodes.values()
    if node.attr['fused_ops'].list.s
  ]
  assert fused == [['BiasAdd', 'Relu6'], ['BiasAdd', 'Relu6'], ['BiasAdd']]


def test_inputs_come_before_what_uses_them():
  graph = _simple(_TINY)
  defined = {*graph.values}
  for name, node in graph.nodes.items():
    assert name == node.name
    assert defined.issuperset(node.input)
    defined.add(name)


@pytest.mark.parametrize(
  ('name', 'pooled'),
  [
    (
      f'{artifacts.V1}/classification/5',
      'module_apply_default/MobilenetV1/Logits/global_pool',
    ),
    (
      f'{artifacts.V2}/classification/5',
      'module_apply_default/MobilenetV2/Logits/AvgPool',
    ),
  ],
)
def test_activations_have_the_names_that_old_pages_ask_for(name, pooled):
  graph = _simple(name)
  assert graph.nodes[pooled].op == 'Mean'
  assert not _ops(graph)['FusedBatchNormV3']


def test_equal_constants_are_there_once():
  values = [
    (a.dtype, a.shape, a.tobytes()) for a in _simple(_TINY).values.values()
  ]
  assert len(set(values)) == len(values)


def test_kernels_in_8_bits_have_one_range_in_all_channels():
  graph = _simple(_TINY)
  before = {node.name: kernel for node, kernel in graph.kernels()}
  tfjs_graph.even_out(graph)
  after = {node.name: (node, kernel) for node, kernel in graph.kernels()}
  assert before.keys() == after.keys()
  for name, (node, even) in after.items():
    factor = graph.values[graph.nodes[node.input[1]].input[1]]
    assert np.allclose(even * factor, before[name], rtol=1e-6)
    is_depthwise = 'Depthwise' in node.op
    axes = (0, 1) if is_depthwise else tuple(range(even.ndim - 1))
    assert np.allclose(np.max(np.abs(even), axes), 1)
  assert _ops(graph)['Mul'] == 1 + len(after)


def test_a_norm_that_follows_no_layer_stays():
  conversion = conversions_made.conversion(_TINY, 'tfjs.float32')
  source, _ = artifacts.sources(conversion.spec)
  network = frozen.freeze(source, conversion, artifacts.tensors(_TINY))
  for node in network.definition.node:
    if node.op == 'FusedBatchNormV3':
      node.input[0] = 'hub_input/Sub'
  graph = tfjs_graph.simplify(network)
  assert _ops(graph)['FusedBatchNormV3']


def test_an_operation_that_nobody_tried_is_refused():
  conversion = conversions_made.conversion(_TINY, 'tfjs.float32')
  source, _ = artifacts.sources(conversion.spec)
  network = frozen.freeze(source, conversion, artifacts.tensors(_TINY))
  network.definition.node[-1].op = 'Bincount'
  with pytest.raises(ValueError, match='Bincount'):
    tfjs_graph.simplify(network)
