"""The objects as they are described, and as the checkpoint repeats them."""

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2
from tensorflow.python.saved_model import nested_structure_coder

from exporter.artifacts import graph
from exporter.artifacts import tf2_objects

_KERNEL = graph.Variable('a/weights', (3, 2), True)
_MEAN = graph.Variable('a/moving_mean', (2,), False)
_decode = nested_structure_coder.decode_proto


@pytest.fixture
def objects():
  return tf2_objects.ObjectGraph()


def _children(node):
  return {child.local_name: child.node_id for child in node.children}


def test_the_root_comes_first(objects):
  (root,) = objects.proto.nodes
  assert root.user_object.identifier == '_generic_user_object'


def test_variables_are_described(objects):
  numbers = [objects.add_variable(v) for v in (_KERNEL, _MEAN)]
  assert numbers == [1, 2]
  kernel, mean = (objects.proto.nodes[n].variable for n in numbers)
  assert (kernel.name, kernel.trainable) == ('a/weights', True)
  assert (mean.name, mean.trainable) == ('a/moving_mean', False)
  assert tf.TensorShape(kernel.shape) == [3, 2]
  assert kernel.dtype == tf.float32.as_datatype_enum


def test_lists_keep_their_order(objects):
  numbers = [objects.add_variable(v) for v in (_KERNEL, _MEAN)]
  node = objects.proto.nodes[objects.add_list(numbers[::-1])]
  assert _children(node) == {'0': 2, '1': 1}
  assert node.user_object.identifier == 'trackable_list_wrapper'


def test_attributes_are_the_roots_unless_told_otherwise(objects):
  number = objects.add_variable(_KERNEL)
  items = objects.add_list([])
  objects.attach({'kernel': number})
  objects.attach({'kernel': number}, items)
  assert _children(objects.proto.nodes[0]) == {'kernel': number}
  assert _children(objects.proto.nodes[items]) == {'kernel': number}


def test_signatures_are_a_map(objects):
  trace = objects.add_signature('trace', ['inputs'])
  node = objects.proto.nodes[objects.add_signatures({'serve': trace})]
  assert node.user_object.identifier == 'signature_map'
  assert _children(node) == {'serve': trace}
  bare = objects.proto.nodes[trace].bare_concrete_function
  assert bare.concrete_function_name == 'trace'
  assert list(bare.argument_keywords) == ['inputs']


@pytest.mark.parametrize(
  ('keywords', 'allowed'), [(['inputs'], 1), (['a', 'b'], 0)]
)
def test_a_single_argument_needs_no_keyword(objects, keywords, allowed):
  node = objects.proto.nodes[objects.add_signature('trace', keywords)]
  positional = node.bare_concrete_function.allowed_positional_arguments
  assert positional == allowed


@pytest.mark.parametrize(
  ('arguments', 'defaults'),
  [
    ({'inputs': ..., 'training': False, 'rate': 0.5}, (False, 0.5)),
    ({'inputs': ...}, None),
    ({}, None),
  ],
)
def test_a_function_says_its_arguments_and_defaults(
  objects, arguments, defaults
):
  number = objects.add_function(arguments, ['one', 'two'])
  function = objects.proto.nodes[number].function
  assert list(function.concrete_functions) == ['one', 'two']
  spec = _decode(function.function_spec.fullargspec)
  assert list(spec.args) == list(arguments)
  assert spec.defaults == defaults


def test_a_trace_is_bound_to_variables_in_the_order_given(objects):
  objects.add_variable(_KERNEL)
  objects.add_variable(_MEAN)
  image = tf.TensorSpec([None], name='inputs')
  objects.describe_trace(
    'trace', [_MEAN.name, _KERNEL.name], ((image, True), {}), {'a': image}
  )
  trace = objects.proto.concrete_functions['trace']
  assert list(trace.bound_inputs) == [2, 1]
  signature = _decode(trace.canonicalized_input_signature)
  assert signature == ((image, True), {})
  assert _decode(trace.output_signature) == {'a': image}


def test_the_checkpoint_repeats_the_objects(objects):
  number = objects.add_variable(_KERNEL)
  objects.attach({'variables': objects.add_list([number])})
  object_graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(
    objects.checkpoint()
  )
  assert [_children(n) for n in object_graph.nodes] == [
    _children(n) for n in objects.proto.nodes
  ]
  (attribute,) = object_graph.nodes[number].attributes
  assert attribute.name == 'VARIABLE_VALUE'
  assert attribute.full_name == 'a/weights'
  assert attribute.checkpoint_key == tf2_objects.checkpoint_key('a/weights')
  assert attribute.checkpoint_key == 'a/weights/.ATTRIBUTES/VARIABLE_VALUE'
