"""Functions made of graphs: what they take, return and update."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.artifacts import graph as graph_lib
from exporter.artifacts import tf2_functions

_v1 = tf.compat.v1
_X = tf2_functions.Argument('x', (None,))
_VARIABLE = tf2_functions.Argument('variable_0', (), is_variable=True)


def _graph():
  """A graph that multiplies by a variable, and the op that adds 1 to it."""
  graph = tf.Graph()
  with graph.as_default():
    x = _v1.placeholder(tf.float32, [None], 'x')
    variable = _v1.get_variable('count', [], use_resource=True)
    product = tf.multiply(x, variable.read_value(), 'product')
    tf.unique_with_counts(x, name='unique')
    tf.split(product, 2, name='split')
    with tf.control_dependencies([product]):
      variable.assign_add(1.0, name='update')
  update = next(
    op.name for op in graph.get_operations() if op.type == 'AssignAddVariableOp'
  )
  return graph.as_graph_def(), update


def _body(outputs, update=False):
  definition, name = _graph()
  updates = [name] if update else []
  pruned = graph_lib.prune(definition, [*outputs, *updates, 'x', 'count'])
  arguments = {'x': _X, 'count': _VARIABLE}
  return tf2_functions.body('body', pruned, arguments, outputs, updates)


def _run(library, function, *inputs, state=3.0):
  """What a function returns, and the variable afterwards."""
  graph = tf.Graph()
  with graph.as_default(), _v1.Session() as session:
    variable = _v1.get_variable(
      'v', initializer=np.float32(state), use_resource=True
    )
    session.run(variable.initializer)
    definition = _v1.GraphDef()
    definition.library.function.extend(library)
    names = [f'in_{i}' for i in range(len(inputs))]
    for name in (*names, 'handle'):
      node = definition.node.add(name=name, op='Placeholder')
      dtype = tf.resource if name == 'handle' else tf.float32
      node.attr['dtype'].type = dtype.as_datatype_enum
    call = tf2_functions.call_node(
      'call', function.signature, [*names, 'handle'], updates=True
    )
    definition.node.append(call)
    tensors = {
      **{n: tf.constant(v) for n, v in zip(names, inputs, strict=True)},
      'handle': variable.handle,
    }
    (operation,) = tf.import_graph_def(
      definition, tensors, return_elements=['call'], name=''
    )
    values = session.run(list(operation.outputs))
    return values, session.run(variable)


_INPUT = np.array([1.0, 2.0, 1.0, 5.0], np.float32)


def test_outputs_come_in_the_order_asked_for():
  body = _body(['unique:2', 'product:0', 'split:1', 'split:0'])
  body.signature.output_arg[0].type = tf.int32.as_datatype_enum
  values, _ = _run([body], body, _INPUT)
  counts, product, second, first = values
  np.testing.assert_array_equal(counts, [2, 1, 1])
  np.testing.assert_array_equal(product, 3 * _INPUT)
  np.testing.assert_array_equal(second, 3 * _INPUT[2:])
  np.testing.assert_array_equal(first, 3 * _INPUT[:2])


@pytest.mark.parametrize(('update', 'after'), [(False, 3.0), (True, 4.0)])
def test_updates_run_though_no_output_needs_them(update, after):
  body = _body(['product:0'], update)
  values, state = _run([body], body, _INPUT)
  np.testing.assert_array_equal(values[0], 3 * _INPUT)
  assert state == after
  assert list(body.signature.control_output) == (['updates'] if update else [])


def test_arguments_say_what_they_are():
  body = _body(['product:0'])
  x, variable = body.signature.input_arg
  assert (x.name, x.type) == ('x', tf.float32.as_datatype_enum)
  assert (variable.name, variable.type) == (
    'variable_0',
    tf.resource.as_datatype_enum,
  )
  (data,) = variable.handle_data
  assert data.dtype == tf.float32.as_datatype_enum
  assert tf.TensorShape(data.shape) == []
  shapes = body.attr['_input_shapes'].list.shape
  assert [tf.TensorShape(s).as_list() for s in shapes] == [[None], []]


def test_arguments_take_the_place_of_their_nodes():
  body = _body(['product:0'])
  nodes = {node.name: node for node in body.node_def}
  assert not {'x', 'count'} & nodes.keys()
  assert nodes['product'].input[0] == 'x'


def test_control_inputs_stay():
  body = _body(['product:0'], update=True)
  inputs = {name for node in body.node_def for name in node.input}
  assert '^product' in inputs


def _wrap(inner, arguments, outputs, constants):
  wrapper = tf2_functions.wrapper('thin', inner, arguments, outputs, constants)
  return _run([inner, wrapper], wrapper, *[_INPUT] * (len(arguments) - 1))


@pytest.mark.parametrize('outputs', [[0], [1], [1, 0]])
def test_a_wrapper_returns_some_of_the_outputs(outputs):
  inner = _body(['product:0', 'split:0'])
  values, _ = _wrap(inner, [_X, _VARIABLE], outputs, {})
  expected = [3 * _INPUT, 3 * _INPUT[:2]]
  for value, output in zip(values, outputs, strict=True):
    np.testing.assert_array_equal(value, expected[output])


def test_a_wrapper_fills_in_constants():
  values, _ = _wrap(_body(['product:0']), [_VARIABLE], [0], {'x': 7.0})
  assert values == [21.0]


def test_a_wrapper_may_take_more_than_it_hands_on():
  more = tf2_functions.Argument('more', (None,))
  inner = _body(['product:0'])
  values, _ = _wrap(inner, [more, _X, _VARIABLE], [0], {})
  np.testing.assert_array_equal(values[0], 3 * _INPUT)


@pytest.mark.parametrize(('update', 'after'), [(False, 3.0), (True, 4.0)])
def test_a_wrapper_runs_the_updates_of_what_it_calls(update, after):
  inner = _body(['product:0'], update)
  _, state = _wrap(inner, [_X, _VARIABLE], [0], {})
  assert state == after
  wrapper = tf2_functions.wrapper('thin', inner, [_X, _VARIABLE], [0], {})
  control = list(wrapper.signature.control_output)
  assert control == list(wrapper.control_ret) == ['call']


@pytest.mark.parametrize(('update', 'read_only'), [(False, [1]), (True, [])])
def test_variables_are_read_only_unless_updated(update, read_only):
  inner = _body(['product:0'], update)
  wrapper = tf2_functions.wrapper('thin', inner, [_X, _VARIABLE], [0], {})
  (call,) = wrapper.node_def
  assert call.attr['_read_only_resource_inputs'].list.i == read_only


def test_calls_bear_what_tensorflow_1_asks_for_gradients():
  node = tf2_functions.call_node(
    'call', _body(['product:0']).signature, ['x', 'v'], updates=False
  )
  assert node.op == 'StatefulPartitionedCall'
  assert node.attr['_gradient_op_type'].s
  assert node.attr['f'].func.name == 'body'


def test_each_variable_is_an_argument():
  variables = [
    graph_lib.Variable('a/weights', (3, 2), True),
    graph_lib.Variable('a/moving_mean', (2,), False),
  ]
  assert tf2_functions.variable_arguments(variables) == {
    'a/weights': tf2_functions.Argument('variable_0', (3, 2), True),
    'a/moving_mean': tf2_functions.Argument('variable_1', (2,), True),
  }
