"""Translation to ONNX: as tf2onnx does it, and always to the same names."""

import numpy as np
import onnx
from onnx import helper
import pytest
import tensorflow as tf
from tf2onnx import convert
from tf2onnx import graph as graph_lib

from exporter.artifacts import frozen
from exporter.artifacts import onnx_translated
from model_specs import formats
from model_specs import kinds
from tests import artifacts_made as artifacts

_ENDS = 'inputs:0', 'logits:0'


def _frozen() -> frozen.Frozen:
  name = f'{artifacts.TINY}/classification/5'
  handle = artifacts.handle(name)
  conversion = formats.convert(handle, kinds.get('onnx.model'))
  source, _ = artifacts.sources(handle.spec)
  return frozen.freeze(source, conversion, artifacts.tensors(name))


def _twice(order: tuple[str, str]) -> tf.compat.v1.GraphDef:
  """A graph that computes the same twice, by nodes of these names."""
  with tf.Graph().as_default() as graph:
    images = tf.compat.v1.placeholder(tf.float32, [None, 4], name='inputs')
    parts = [tf.nn.relu(images, name=name) for name in order]
    parts = [
      tf.nn.softmax(part, name=f'{name}/after')
      for part, name in zip(parts, order, strict=True)
    ]
    other = tf.nn.relu6(images, name='other')
    weights = [tf.constant([1.0] * 4, name=f'weight_{each}') for each in '12']
    scaled = [parts[0] * weights[0], parts[1] * weights[1]]
    tf.add_n([*scaled, other], name='logits')
  return graph.as_graph_def()


def _many() -> graph_lib.Graph:
  """A graph of tf2onnx with many nodes, of which one is not used."""
  names = [f'node_{number}' for number in range(30)]
  nodes = [
    helper.make_node('Relu', [before], [name], name=name)
    for before, name in zip(['images', *names], [*names, 'unused'], strict=True)
  ]
  graph = helper.make_graph(
    nodes,
    'graph',
    *(
      [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1])]
      for name in ('images', names[-1])
    ),
  )
  return graph_lib.GraphUtil.create_graph_from_onnx_graph(graph)


def _names(definition: tf.compat.v1.GraphDef) -> list[str]:
  return [node.name for node in definition.node]


def _values(definition: tf.compat.v1.GraphDef) -> np.ndarray:
  images = np.linspace(-2, 9, 8, dtype=np.float32).reshape(2, 4)
  with tf.Graph().as_default() as graph:
    tf.import_graph_def(definition, name='')
  with tf.compat.v1.Session(graph=graph) as session:
    return session.run(_ENDS[1], {_ENDS[0]: images})


def test_the_first_of_nodes_that_compute_the_same_stays():
  definition = _twice(('b', 'a'))
  merged = onnx_translated._merge(definition)
  left_out = set(_names(definition)) - set(_names(merged))
  assert left_out == {'a', 'a/after'}
  np.testing.assert_array_equal(_values(merged), _values(definition))


def test_what_is_given_stays_as_it_is():
  definition = _twice(('b', 'a'))
  before = definition.SerializeToString(deterministic=True)
  onnx_translated._merge(definition)
  assert definition.SerializeToString(deterministic=True) == before


def test_nodes_stay_in_their_order_when_others_are_left_out():
  orders = []
  for _ in range(20):
    with onnx_translated._steady():
      graph = _many()
      before = [node.name for node in graph.get_nodes()]
      graph.delete_unused_nodes(graph.outputs)
      orders.append([node.name for node in graph.get_nodes()])
    assert set(before) - set(orders[-1]) == {'unused'}
    assert orders[-1] == [name for name in before if name != 'unused']
  assert orders == [orders[0]] * 20


def test_names_do_not_tell_what_was_translated_before():
  models = [
    onnx_translated.translate(_frozen().definition, _ENDS, 18, True)
    for _ in range(2)
  ]
  first, second = (
    model.SerializeToString(deterministic=True) for model in models
  )
  assert first == second


@pytest.mark.parametrize('is_nchw', [False, True])
def test_it_is_what_tf2onnx_makes_with_all_its_copies(is_nchw):
  network = _frozen()
  translated = onnx_translated.translate(network.definition, _ENDS, 18, is_nchw)
  expected, _ = convert.from_graph_def(
    network.definition,
    input_names=[_ENDS[0]],
    output_names=[_ENDS[1]],
    opset=18,
    inputs_as_nchw=[_ENDS[0]] if is_nchw else None,
  )
  for field in ('initializer', 'node'):
    parts = [
      sorted(
        (getattr(each, 'op_type', ''), _content(each))
        for each in getattr(model.graph, field)
      )
      for model in (translated, expected)
    ]
    assert parts[0] == parts[1]
    assert parts[0]
  assert translated.opset_import == expected.opset_import


def _content(message) -> bytes:
  """All of a node or weight but the names, in which tf2onnx counts."""
  copy = type(message)()
  copy.CopyFrom(message)
  for field in ('name', 'input', 'output'):
    if field in copy.DESCRIPTOR.fields_by_name:
      copy.ClearField(field)
  return copy.SerializeToString(deterministic=True)


def test_tf2onnx_is_left_as_it_was():
  update = graph_lib.Node.update_proto
  onnx_translated.translate(_twice(('b', 'a')), _ENDS, 18, False)
  assert graph_lib.Node.update_proto is update
  with pytest.raises(ValueError, match='Opset 99'):
    onnx_translated.translate(_twice(('b', 'a')), _ENDS, 99, False)
  assert graph_lib.Node.update_proto is update


def test_no_weight_is_copied_between_the_steps(monkeypatch):
  copied = []
  update = graph_lib.Node.update_proto

  def noted(node, *args):
    copied.append(node.type)
    update(node, *args)

  monkeypatch.setattr(graph_lib.Node, 'update_proto', noted)
  onnx_translated.translate(_frozen().definition, _ENDS, 18, False)
  assert 'Conv' in copied
  assert 'Const' not in copied
