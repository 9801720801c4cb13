"""The graph of a handle: the contract's names on the network's own numbers."""

import collections

import numpy as np
import pytest
import tensorflow as tf

from exporter.artifacts import graph as graph_lib
from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts

V1, V2, TINY = artifacts.V1, artifacts.V2, artifacts.TINY


def _names(graph):
  return {node.name for node in graph.definition.node}


def _ops(graph):
  return collections.Counter(node.op for node in graph.definition.node)


def _definition(**inputs):
  """A graph of nodes that are each given as NAME=(op, inputs)."""
  definition = tf.compat.v1.GraphDef()
  for name, (op, names) in inputs.items():
    definition.node.add(name=name, op=op, input=names)
  return definition


@pytest.mark.parametrize(
  ('name', 'op'), [('a:0', 'a'), ('a', 'a'), ('^a', 'a'), ('a/b:12', 'a/b')]
)
def test_the_op_of_any_spelling(name, op):
  assert graph_lib.op_name(name) == op


def test_what_the_targets_need_is_kept_in_order():
  definition = _definition(
    a=('NoOp', []),
    b=('NoOp', ['a:0']),
    c=('NoOp', []),
    d=('NoOp', ['^c', 'b']),
    e=('NoOp', ['d']),
  )
  assert graph_lib.reachable(graph_lib.inputs_of(definition), ['b:0', 'c']) == {
    'a',
    'b',
    'c',
  }
  pruned = graph_lib.prune(definition, ['d'])
  assert [node.name for node in pruned.node] == ['a', 'b', 'c', 'd']
  assert len(definition.node) == 5


@pytest.mark.parametrize(
  ('name', 'variables', 'trainable', 'losses', 'updates'),
  [
    (f'{V1}/feature_vector/3', 135, 81, 14, 54),
    (f'{V1}/classification/3', 137, 83, 15, 54),
    (f'{V2}/feature_vector/5', 260, 156, 35, 104),
    (f'{V2}/classification/5', 262, 158, 36, 104),
  ],
)
def test_counts(name, variables, trainable, losses, updates):
  inference, training = artifacts.graphs(name)
  for graph in (inference, training):
    assert len(graph.variables) == variables
    assert sum(v.trainable for v in graph.variables) == trainable
    assert len(graph.losses) == losses
  assert (inference.is_training, training.is_training) == (False, True)
  assert len(inference.updates) == 0
  assert len(training.updates) == updates


@pytest.mark.parametrize('model', [V1, V2, TINY])
@pytest.mark.parametrize('task', ['classification', 'feature_vector'])
def test_every_name_is_in_the_graph(model, task):
  for graph in artifacts.graphs(f'{model}/{task}/3'):
    assert {graph_lib.op_name(t) for t in graph.targets} <= _names(graph)
    assert {v.name for v in graph.variables} <= _names(graph)


def test_features_need_no_classifier():
  for graph in artifacts.graphs(f'{V2}/feature_vector/3'):
    assert graph.logits is None
    assert graph.default == graph.features
    strangers = {n for n in _names(graph) if '/Logits/Conv2d_1c' in n}
    assert not strangers
    assert 'MobilenetV2/Logits' not in graph.endpoints
    assert not any('/Logits/' in v.name for v in graph.variables)


def test_a_classifier_has_logits_and_features():
  for graph in artifacts.graphs(f'{V2}/classification/3'):
    assert graph.default == graph.logits == 'hub_output/classification:0'
    assert graph.features == 'hub_output/feature_vector/SpatialSqueeze:0'
    assert 'MobilenetV2/Logits' in graph.endpoints


@pytest.mark.parametrize(
  ('name', 'shape'),
  [
    (f'{V1}/classification/1', [None, 128, 128, 3]),
    (f'{V1}/classification/3', [None, None, None, 3]),
    (f'{V2}/classification/1', [None, 96, 96, 3]),
    (f'{V2}/classification/5', [None, 96, 96, 3]),
    ('mobilenet_v2_035_128/classification/5', [None, 128, 128, 3]),
  ],
)
def test_the_handle_decides_the_input(name, shape):
  for graph in artifacts.graphs(name):
    assert graph_lib.input_shape(graph) == shape


@pytest.mark.parametrize(
  ('number', 'momentum'), [(1, 0.997), (3, 0.99), (5, 0.99)]
)
def test_the_version_decides_the_momentum(number, momentum):
  _, training = artifacts.graphs(f'{TINY}/classification/{number}')
  (node,) = (
    n
    for n in training.definition.node
    if n.name == 'hub_input/default_momentum'
  )
  value = tf.make_ndarray(node.attr['value'].tensor)
  assert value == np.float32(momentum)


def test_one_handles_graph_does_not_change_anothers():
  first, _ = artifacts.graphs(f'{V1}/classification/1')
  artifacts.graphs(f'{V1}/classification/3')
  assert graph_lib.input_shape(first) == [None, 128, 128, 3]
  second, _ = artifacts.graphs(f'{V1}/classification/1')
  assert first.definition == second.definition


def test_static_shapes_follow_the_input():
  graph, _ = artifacts.graphs(f'{V2}/feature_vector/5')
  shapes = graph.shapes
  assert shapes[graph.features] == [None, 1280]
  assert shapes[graph.endpoints['MobilenetV2/layer_1']] == [None, 48, 48, 16]
  assert shapes[graph.losses[0]] == []


def test_training_takes_no_old_statistics():
  # TensorFlow 1.15 refuses anything but empty inputs there.
  _, training = artifacts.graphs(f'{V2}/classification/3')
  nodes = {node.name: node for node in training.definition.node}
  norms = [n for n in nodes.values() if n.op == 'FusedBatchNormV3']
  assert len(norms) == 52
  for norm in norms:
    for name in norm.input[3:]:
      value = nodes[graph_lib.op_name(name)].attr['value'].tensor
      assert tf.make_ndarray(value).size == 0


@pytest.mark.parametrize('model', [V1, V2])
def test_each_variable_is_read_once(model):
  for graph in artifacts.graphs(f'{model}/classification/3'):
    assert _ops(graph)['ReadVariableOp'] == len(graph.variables)


def test_equal_constants_are_one_node():
  _, training = artifacts.graphs(f'{V2}/classification/3')
  contents = [
    n.attr['value'].tensor.SerializeToString(deterministic=True)
    for n in training.definition.node
    if n.op == 'Const' and not n.name.startswith('hub_input/')
  ]
  assert len(contents) == len(set(contents))


def test_sharing_keeps_what_differs():
  definition = _definition(
    a=('Const', []),
    b=('Const', []),
    c=('Const', []),
    x=('Sub', ['a', 'b']),
    y=('Sub', ['b', 'a']),
    z=('Sub', ['a', 'c']),
    w=('Mul', ['a', 'b']),
    v=('Mul', ['a', 'b']),
  )
  for name, value in (('a', 1.0), ('b', 1.0), ('c', 2.0)):
    (node,) = (n for n in definition.node if n.name == name)
    node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(value))
  graph_lib._share(definition)
  assert {n.name: list(n.input) for n in definition.node} == {
    'a': [],
    'c': [],
    'x': ['a', 'a'],
    'z': ['a', 'c'],
    'w': ['a', 'a'],
    'v': ['a', 'a'],
  }


@pytest.mark.parametrize('training', [False, True])
def test_the_graph_computes_what_the_source_does(training):
  name = f'{TINY}/feature_vector/3'
  source = artifacts.sources(artifacts.handle(name).spec)[training]
  graph = artifacts.graphs(name)[training]
  source.load(artifacts.tensors(name))
  images = synthetic.synthetic_images(2, 48, 40)
  expected = source.run(source.features, images)
  with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    tf.import_graph_def(graph.definition, name='')
    for variable in graph.variables:
      handle = f'{variable.name}:0'
      tensor = session.graph.get_tensor_by_name(handle)
      value = artifacts.tensors(name)[variable.name]
      session.run(tf.raw_ops.AssignVariableOp(resource=tensor, value=value))
    features = session.run(graph.features, {f'{graph_lib.IMAGES}:0': images})
  np.testing.assert_allclose(features, expected, rtol=1e-5, atol=1e-6)
