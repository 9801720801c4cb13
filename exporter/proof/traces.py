"""Reads the traces of a TF2 SavedModel: what each one calls, with which inputs.

A trace is a function that TensorFlow was given for some types of arguments. The
traces of an artifact compute nothing; they call one of a few functions, the
bodies, with the variables and some constants as further inputs.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import functools

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import function_pb2
from tensorflow.core.framework import node_def_pb2
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_object_graph_pb2
from tensorflow.python.saved_model import nested_structure_coder

from exporter.proof import session

_CALL = 'StatefulPartitionedCall'
_Shape = tuple[int | None, ...]


@dataclasses.dataclass(frozen=True)
class Variable:
  """A variable that is an input of a function."""

  name: str


_Input = str | float | Variable  # A str is the name of an argument.


@dataclasses.dataclass(frozen=True)
class Trace:
  """A trace: the body that it calls, and what it hands on and returns."""

  body: str  # The name of the function that computes.
  inputs: tuple[_Input, ...]  # What the body is called with.
  outputs: tuple[int, ...]  # Which outputs of the body it returns, in order.
  keys: tuple[str, ...]  # The names of these outputs; '' for an unnamed one.
  flags: tuple[bool, ...]  # The Python booleans that it was traced for.
  shapes: Mapping[
    str, _Shape
  ]  # Declared shapes of inputs and outputs, by name.

  @property
  def variables(self) -> tuple[str, ...]:
    """The names of the variables among the inputs of the body, in order."""
    return tuple(i.name for i in self.inputs if isinstance(i, Variable))


def _constant(node: node_def_pb2.NodeDef) -> float:
  return float(tf.make_ndarray(node.attr['value'].tensor))


def _resolve(
  call: node_def_pb2.NodeDef,
  nodes: Mapping[str, node_def_pb2.NodeDef],
  arguments: Mapping[str, _Input],
) -> tuple[_Input, ...]:
  """Finds out what each input of a call is."""
  inputs: list[_Input] = []
  for tensor in call.input:
    name = tensor.split(':')[0]
    if name in arguments:
      inputs.append(arguments[name])
    elif nodes[name].op == 'Const':
      inputs.append(_constant(nodes[name]))
    else:
      raise ValueError(f'{call.name} takes {tensor}, which is no argument')
  return tuple(inputs)


def _calls(nodes: Sequence[node_def_pb2.NodeDef]) -> bool:
  return any(node.op == _CALL for node in nodes)


class Traces:
  """Reads the object graph and the functions of one SavedModel."""

  def __init__(self, meta: meta_graph_pb2.MetaGraphDef):
    self._meta = meta
    self._objects = meta.object_graph_def
    self._traces: dict[str, Trace] = {}
    self.functions = {
      f.signature.name: f for f in meta.graph_def.library.function
    }
    # The names of all variables, by the number of their object.
    self.variables = {
      number: node.variable.name
      for number, node in enumerate(self._objects.nodes)
      if node.WhichOneof('kind') == 'variable'
    }
    # The same names, by the variable's node in the graph for serving.
    self.handles = {
      node.name: node.name.partition('/')[2]  # From model_NUMBER/NAME.
      for node in meta.graph_def.node
      if node.op == 'VarHandleOp'
    }

  def declared(self) -> Iterator[tuple[str, tuple]]:
    """The shape and the type that Python's loader expects, by variable."""
    for number, name in self.variables.items():
      variable = self._node(number).variable
      shape = tuple(tf.TensorShape(variable.shape).as_list())
      dtype = np.dtype(tf.dtypes.as_dtype(variable.dtype).as_numpy_dtype)
      yield name, (shape, dtype)

  def _node(self, number: int) -> saved_object_graph_pb2.SavedObject:
    return self._objects.nodes[number]

  def children(
    self, *path: str
  ) -> dict[str, saved_object_graph_pb2.SavedObject]:
    """The attributes, by name, of the object at a path from the root."""
    node = self._node(0)
    for name in path:
      node = self._child(node, name)
    return {c.local_name: self._node(c.node_id) for c in node.children}

  def _child(
    self, node: saved_object_graph_pb2.SavedObject, name: str
  ) -> saved_object_graph_pb2.SavedObject:
    numbers = [c.node_id for c in node.children if c.local_name == name]
    if not numbers:
      raise ValueError(f'the model has no attribute {name}')
    return self._node(numbers[0])

  def listed(self, name: str) -> list[str]:
    """The names of the variables in a list that is an attribute of the root."""
    return [node.variable.name for node in self.children(name).values()]

  def of(self, *path: str) -> Iterator[Trace]:
    """Yields the traces of the function at a path from the root."""
    *parents, name = path
    node = self.children(*parents)
    if name not in node:
      raise ValueError(f'the model has no attribute {name}')
    names = list(node[name].function.concrete_functions)
    bare = node[name].bare_concrete_function.concrete_function_name
    for function in names or [bare]:
      yield self._trace(function)

  def _trace(self, name: str) -> Trace:
    """The trace of this name, which is read when it is first asked for."""
    if name not in self._traces:
      self._traces[name] = self._read(name)
    return self._traces[name]

  def _read(self, name: str) -> Trace:
    described = self._objects.concrete_functions[name]
    decode = nested_structure_coder.decode_proto
    (arguments, keywords) = decode(described.canonicalized_input_signature)
    returned = decode(described.output_signature)
    values = [*arguments, *keywords.values()]
    tensors = [v for v in values if isinstance(v, tf.TensorSpec)]
    outputs = returned if isinstance(returned, dict) else {'': returned}
    bound = [Variable(self.variables[n]) for n in described.bound_inputs]
    function = self.functions[name]
    names = [argument.name for argument in function.signature.input_arg]
    sources = dict(
      zip(names, [*(t.name for t in tensors), *bound], strict=True)
    )
    body, inputs, numbers = self.follow(function, sources)
    specs = {**{t.name: t for t in tensors}, **outputs}
    return Trace(
      body,
      inputs,
      numbers,
      tuple(sorted(outputs)),
      tuple(v for v in values if isinstance(v, bool)),
      {key: session.shape(spec.shape) for key, spec in specs.items()},
    )

  @functools.cached_property
  def served(self) -> dict[str, Trace]:
    """The traces that the graph for serving calls, by signature."""
    nodes = {node.name: node for node in self._meta.graph_def.node}
    handles = {node: Variable(name) for node, name in self.handles.items()}
    return {
      name: self._served(signature, nodes, handles)
      for name, signature in self._meta.signature_def.items()
      if not name.startswith('__')
    }

  def _served(
    self,
    signature: meta_graph_pb2.SignatureDef,
    nodes: Mapping[str, node_def_pb2.NodeDef],
    handles: Mapping[str, Variable],
  ) -> Trace:
    inputs = {i.name.split(':')[0]: key for key, i in signature.inputs.items()}
    (key, output), *others = signature.outputs.items()
    name, _, number = output.name.partition(':')
    function = self.functions[nodes[name].attr['f'].func.name]
    if others or number != '0' or len(function.signature.output_arg) != 1:
      raise ValueError(f'{name} does not return one output')
    sources = _resolve(nodes[name], nodes, {**inputs, **handles})
    arguments = [argument.name for argument in function.signature.input_arg]
    body, resolved, numbers = self.follow(
      function, dict(zip(arguments, sources, strict=True))
    )
    tensors = {**signature.inputs, **signature.outputs}
    shapes = {
      key: session.shape(info.tensor_shape) for key, info in tensors.items()
    }
    return Trace(body, resolved, numbers, (key,), (), shapes)

  def follow(
    self,
    function: function_pb2.FunctionDef,
    arguments: Mapping[str, _Input],
  ) -> tuple[str, tuple[_Input, ...], tuple[int, ...]]:
    """Finds the body that a function calls.

    Args:
      function: The function. If it calls no other, it is a body itself.
      arguments: What the function is called with, by the argument's name.

    Returns:
      The name of the body, its inputs, and which of its outputs are returned.

    Raises:
      ValueError: The function does anything but hand on and return, or does not
        make sure that the body updates its variables.
    """
    order = [output.name for output in function.signature.output_arg]
    if not _calls(function.node_def):
      inputs = tuple(arguments[a.name] for a in function.signature.input_arg)
      return function.signature.name, inputs, tuple(range(len(order)))
    nodes = {node.name: node for node in function.node_def}
    (call,) = (node for node in nodes.values() if node.op == _CALL)
    body = self.functions[call.attr['f'].func.name]
    is_run = call.name in function.control_ret.values()
    if body.control_ret and not is_run:
      raise ValueError(f'{function.signature.name} need not update anything')
    returned = [function.ret[output].split(':') for output in order]
    if any(name != call.name for name, *_ in returned):
      raise ValueError(f'{function.signature.name} returns something else')
    numbers = tuple(int(number) for *_, number in returned)
    return body.signature.name, _resolve(call, nodes, arguments), numbers
