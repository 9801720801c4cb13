"""Turns graphs into FunctionDefs: bodies that compute, and their wrappers."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import functools

import tensorflow as tf
from tensorflow.core.framework import function_pb2
from tensorflow.core.framework import node_def_pb2
from tensorflow.core.framework import op_def_pb2
from tensorflow.python.framework import op_def_registry

from exporter.artifacts import graph as graph_lib
from exporter.artifacts import shapes

_CALL = 'call'
_UPDATES = 'updates'


@dataclasses.dataclass(frozen=True)
class Argument:
  """An argument of a function: a float tensor or the handle of a variable."""

  name: str
  shape: tuple[int | None, ...]
  is_variable: bool = False

  @functools.cached_property
  def definition(self) -> op_def_pb2.OpDef.ArgDef:
    """What the signature of a function says of it."""
    dtype = tf.resource if self.is_variable else tf.float32
    defined = op_def_pb2.OpDef.ArgDef(
      name=self.name, type=dtype.as_datatype_enum
    )
    if self.is_variable:
      data = defined.handle_data.add(dtype=tf.float32.as_datatype_enum)
      shapes.fill(data.shape, self.shape)
    return defined

  @property
  def passed(self) -> tuple[int | None, ...]:
    """The shape of what is passed; the handle of a variable is a scalar."""
    return () if self.is_variable else self.shape


def _output_names(node: node_def_pb2.NodeDef) -> list[str]:
  """The names by which the nodes of a function refer to a node's outputs."""
  names = []
  for output in op_def_registry.get(node.op).output_arg:
    count = node.attr[output.number_attr].i if output.number_attr else 1
    names += [f'{node.name}:{output.name}:{i}' for i in range(count)]
  return names


class _References:
  """Translates names of tensors from a graph to those in a function.

  A graph says `node:1`, a function says `node:output_name:0`.
  """

  def __init__(
    self, nodes: Sequence[node_def_pb2.NodeDef], arguments: Mapping[str, str]
  ):
    self._arguments = arguments
    self._outputs = {node.name: node for node in nodes}

  def __call__(self, tensor: str) -> str:
    if tensor.startswith('^'):
      return tensor
    name, _, index = tensor.partition(':')
    if name in self._arguments:
      return self._arguments[name]
    return _output_names(self._outputs[name])[int(index or 0)]


def _declare(
  name: str, arguments: Sequence[Argument], num_outputs: int
) -> function_pb2.FunctionDef:
  """A function with a signature and no nodes."""
  function = function_pb2.FunctionDef()
  function.signature.name = name
  function.signature.is_stateful = True
  function.signature.input_arg.extend(a.definition for a in arguments)
  passed = function.attr['_input_shapes'].list.shape
  for argument in arguments:
    shapes.fill(passed.add(), argument.passed)
  for number in range(num_outputs):
    function.signature.output_arg.add(
      name=f'output_{number}', type=tf.float32.as_datatype_enum
    )
  return function


def _always_run(function: function_pb2.FunctionDef, node: str) -> None:
  """Makes a function run a node even if no output needs it."""
  function.signature.control_output.append(node)
  function.control_ret[node] = node


def body(
  name: str,
  graph: tf.compat.v1.GraphDef,
  arguments: Mapping[str, Argument],
  outputs: Sequence[str],
  updates: Sequence[str] = (),
) -> function_pb2.FunctionDef:
  """Turns a graph into a function.

  Args:
    name: The name of the function.
    graph: The nodes.
    arguments: The arguments, by the node of the graph that each replaces.
    outputs: The tensors to return.
    updates: Ops that run whenever the function is called.

  Returns:
    The function, with arguments and outputs in the order given.
  """
  function = _declare(name, tuple(arguments.values()), len(outputs))
  nodes = [node for node in graph.node if node.name not in arguments]
  refer = _References(nodes, {n: a.name for n, a in arguments.items()})
  for node in nodes:
    copy = function.node_def.add()
    copy.CopyFrom(node)
    del copy.input[:]
    copy.input.extend(refer(tensor) for tensor in node.input)
  if updates:
    function.node_def.add(
      name=_UPDATES, op='NoOp', input=[f'^{update}' for update in updates]
    )
    _always_run(function, _UPDATES)
  for number, tensor in enumerate(outputs):
    function.ret[f'output_{number}'] = refer(tensor)
  return function


def call_node(
  name: str,
  function: op_def_pb2.OpDef,
  inputs: Sequence[str],
  *,
  updates: bool,
) -> node_def_pb2.NodeDef:
  """A node that calls a function, which updates variables or reads them."""
  node = node_def_pb2.NodeDef(
    name=name, op='StatefulPartitionedCall', input=inputs
  )
  node.attr['f'].func.name = function.name
  # Without any name here, TensorFlow 1.15 finds no gradient. The loader
  # replaces the name.
  node.attr['_gradient_op_type'].s = b'PartitionedCall-0'
  node.attr['Tin'].list.type.extend(a.type for a in function.input_arg)
  node.attr['Tout'].list.type.extend(a.type for a in function.output_arg)
  if not updates:
    node.attr['_read_only_resource_inputs'].list.i.extend(
      number
      for number, argument in enumerate(function.input_arg)
      if argument.type == tf.resource.as_datatype_enum
    )
  return node


def wrapper(
  name: str,
  inner: function_pb2.FunctionDef,
  arguments: Sequence[Argument],
  outputs: Sequence[int],
  constants: Mapping[str, float],
) -> function_pb2.FunctionDef:
  """A function that calls another one and returns some of its outputs.

  Args:
    name: The name of the wrapper.
    inner: The function to call. It gets the wrapper's arguments by their names.
    arguments: The arguments of the wrapper; `inner` need not take all of them.
    outputs: Which outputs of `inner` to return, by number.
    constants: The values of those arguments of `inner` that the wrapper does
      not take.

  Returns:
    The wrapper.
  """
  function = _declare(name, arguments, len(outputs))
  for constant, value in constants.items():
    node = function.node_def.add(name=constant, op='Const')
    node.attr['dtype'].type = tf.float32.as_datatype_enum
    node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(value, tf.float32))
  inputs = [
    f'{a.name}:output:0' if a.name in constants else a.name
    for a in inner.signature.input_arg
  ]
  updates = bool(inner.signature.control_output)
  function.node_def.append(
    call_node(_CALL, inner.signature, inputs, updates=updates)
  )
  # The call always runs, also where nothing is updated: TensorFlow 2.4 inlines
  # no function whose stateful nodes need not run, and then cannot freeze it.
  _always_run(function, _CALL)
  for number, output in enumerate(outputs):
    function.ret[f'output_{number}'] = f'{_CALL}:output:{output}'
  return function


def variable_arguments(
  variables: Sequence[graph_lib.Variable],
) -> dict[str, Argument]:
  """One argument for each variable, by the variable's name."""
  return {
    variable.name: Argument(f'variable_{number}', variable.shape, True)
    for number, variable in enumerate(variables)
  }
