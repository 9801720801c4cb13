"""That nothing reaches a file which TensorFlow 1.15 would refuse."""

import pytest
import tensorflow as tf
from tensorflow.core.framework import function_pb2

from exporter import errors
from exporter.artifacts import portable
from tests import artifacts_made as artifacts


@pytest.fixture(scope='module')
def library(tmp_path_factory):
  """The functions of a small module, as tf.saved_model.save writes them."""
  module = tf.Module()
  module.scale = tf.Variable(2.0)
  module.double = tf.function(
    lambda x: x * module.scale, input_signature=[tf.TensorSpec([], tf.float32)]
  )
  folder = tmp_path_factory.mktemp('saved')
  tf.saved_model.save(module, str(folder))
  (meta,) = artifacts.read(folder).meta_graphs
  return meta.graph_def.library.function


def _saver(library):
  """The function that saves; TensorFlow gave it the op that 1.15 lacks."""
  (saver,) = (
    function
    for function in library
    if any(node.op == 'DisableCopyOnRead' for node in function.node_def)
  )
  copy = function_pb2.FunctionDef()
  copy.CopyFrom(saver)
  return copy


def _graph(*nodes):
  return tf.compat.v1.GraphDef(node=nodes)


def _node(op, name='node', **attributes):
  node = tf.compat.v1.NodeDef(op=op, name=name)
  for key, value in attributes.items():
    node.attr[key].CopyFrom(value)
  return node


def _attribute(**kwargs):
  return tf.compat.v1.AttrValue(**kwargs)


def test_disable_copy_on_read_goes_with_all_that_names_it(library):
  function = _saver(library)
  dropped = {n.name for n in function.node_def if n.op == 'DisableCopyOnRead'}
  kept_names = [n.name for n in function.node_def if n.name not in dropped]
  outputs = dict(function.control_ret)
  assert dropped & set(outputs.values())
  portable.rewrite(function)
  assert [node.name for node in function.node_def] == kept_names
  expected = {k: v for k, v in outputs.items() if v not in dropped}
  assert dict(function.control_ret) == expected
  assert set(function.signature.control_output) == set(expected)
  inputs = {name for node in function.node_def for name in node.input}
  assert not {f'^{name}' for name in dropped} & inputs


def test_what_is_rewritten_still_passes_the_check(library):
  function = _saver(library)
  graph = tf.compat.v1.GraphDef()
  graph.library.function.append(function)
  with pytest.raises(errors.PortabilityError, match='op DisableCopyOnRead'):
    portable.check(graph, 'it')
  portable.rewrite(graph.library.function[0])
  portable.check(graph, 'it')


def test_control_inputs_on_what_goes_are_dropped_and_others_kept():
  graph = _graph(
    _node('VarHandleOp', 'variable'),
    _node('DisableCopyOnRead', 'gone'),
    _node('NoOp', 'kept'),
  )
  graph.node.add(
    op='Identity', name='end', input=['variable', '^gone', '^kept']
  )
  portable.rewrite(graph)
  assert [node.name for node in graph.node] == ['variable', 'kept', 'end']
  assert list(graph.node[-1].input) == ['variable', '^kept']


@pytest.mark.parametrize(
  ('op', 'attribute', 'value'),
  [
    ('VarHandleOp', 'debug_name', _attribute(s=b'name')),
    ('Conv2D', 'data_format', _attribute(s=b'NHWC')),
    ('FusedBatchNormV3', 'exponential_avg_factor', _attribute(f=1.0)),
    ('Relu6', '_output_shapes', _attribute(list={})),
    ('Relu6', '_class', _attribute(list={'s': [b'loc:@x']})),
    ('Unheard', '_output_shapes', _attribute(list={})),
  ],
)
def test_attributes_that_say_nothing_go(op, attribute, value):
  graph = _graph(_node(op, **{attribute: value}))
  portable.rewrite(graph)
  assert not graph.node[0].attr


@pytest.mark.parametrize(
  ('op', 'attribute', 'value'),
  [
    ('VarHandleOp', 'shared_name', _attribute(s=b'name')),
    ('Conv2D', 'data_format', _attribute(s=b'NCHW')),
    ('FusedBatchNormV3', 'exponential_avg_factor', _attribute(f=0.5)),
    ('Relu6', 'T', _attribute(type=tf.half.as_datatype_enum)),
    ('StatefulPartitionedCall', '_gradient_op_type', _attribute(s=b'x')),
  ],
)
def test_attributes_that_say_something_stay(op, attribute, value):
  graph = _graph(_node(op, **{attribute: value}))
  portable.rewrite(graph)
  assert graph.node[0].attr[attribute] == value


def test_all_that_is_refused_is_named_also_inside_functions():
  unknown = _attribute(i=1)
  graph = _graph(
    _node('XlaSparseDenseMatmul'), _node('Relu6', 'a', novelty=unknown)
  )
  function = graph.library.function.add()
  function.node_def.append(_node('Unheard', 'b'))
  function.node_def.append(_node('VarHandleOp', 'c', debug_name=unknown))
  with pytest.raises(errors.PortabilityError) as caught:
    portable.check(graph, 'google/imagenet/x/1')
  message = str(caught.value)
  assert message.startswith('google/imagenet/x/1 holds what TensorFlow 1.15')
  assert 'exporter/artifacts/portable.py' in message
  for part in (
    'op XlaSparseDenseMatmul',
    'attribute novelty of op Relu6',
    'op Unheard',
    'attribute debug_name of op VarHandleOp',
  ):
    assert part in message


def test_internal_attributes_are_not_refused():
  portable.check(_graph(_node('Relu6', _internal=_attribute(i=1))), 'it')


@pytest.mark.parametrize('number', [3, 5])
def test_artifacts_hold_nothing_new(number):
  name = f'{artifacts.V2}/classification/{number}'
  for meta in artifacts.read(artifacts.folder(name)).meta_graphs:
    portable.check(meta.graph_def, name)
