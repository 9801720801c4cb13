"""The graphs that a session imports, and those that fill and read variables."""

from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses

import numpy as np
import tensorflow as tf

from exporter.proof import dice

_FLOAT = tf.float32.as_datatype_enum
_STRING = tf.string.as_datatype_enum
# The scopes of the graphs that set all variables, and those that training sets.
RESTORE, RENEW = 'restore', 'renew'


@dataclasses.dataclass(frozen=True)
class Part:
  """A graph that a session imports.

  Attributes:
    definition: The graph.
    scope: The scope to import the nodes into; empty for none.
    inputs: The tensors of the session that replace inputs of the graph, by the
      names of the inputs.
  """

  definition: tf.compat.v1.GraphDef
  scope: str
  inputs: Mapping[str, str] = dataclasses.field(default_factory=dict)


def _add_strings(
  graph: tf.compat.v1.GraphDef, name: str, values: list[str]
) -> str:
  value = tf.make_tensor_proto(np.array(values, object), tf.string)
  node = graph.node.add(name=name, op='Const')
  node.attr['dtype'].type = _STRING
  node.attr['value'].tensor.CopyFrom(value)
  return name


def _numbered(handles: Mapping[str, str]) -> dict[str, str]:
  """The handles by the names, `handle_N`, that the graphs built here use."""
  return {f'handle_{i}': handle for i, handle in enumerate(handles.values())}


def ends(scope: str) -> tuple[str, str]:
  """The op of `restoring` that sets, and the tensor that takes the prefix."""
  return f'{scope}/all', f'{scope}/file:0'


def restoring(handles: Mapping[str, str], scope: str = RESTORE) -> Part:
  """A graph that sets variables, given the handles by key in the file."""
  keys = list(handles)
  graph = tf.compat.v1.GraphDef()
  graph.node.add(name='file', op='Placeholder').attr['dtype'].type = _STRING
  assigned = [f'assign_{number}' for number in range(len(keys))]
  if keys:  # TensorFlow refuses to read nothing.
    inputs = [
      'file',
      _add_strings(graph, 'keys', keys),
      _add_strings(graph, 'slices', [''] * len(keys)),
    ]
    values = graph.node.add(name='values', op='RestoreV2', input=inputs)
    values.attr['dtypes'].list.type.extend([_FLOAT] * len(keys))
  for number, name in enumerate(assigned):
    assign = graph.node.add(name=name, op='AssignVariableOp')
    assign.input.extend([f'handle_{number}', f'values:{number}'])
    assign.attr['dtype'].type = _FLOAT
  graph.node.add(name='all', op='NoOp', input=[f'^{n}' for n in assigned])
  return Part(graph, scope, _numbered(handles))


def reading(handles: Mapping[str, str]) -> Part:
  """A graph that reads variables, given the handles by name."""
  graph = tf.compat.v1.GraphDef()
  for number, name in enumerate(handles):
    node = graph.node.add(
      name=name, op='ReadVariableOp', input=[f'handle_{number}']
    )
    node.attr['dtype'].type = _FLOAT
  return Part(graph, 'value', _numbered(handles))


def declared(part: Part) -> Iterator[tuple[str, tf.TensorShape]]:
  """The shape of each input of a graph, by the name of its tensor."""
  for node in part.definition.node:
    if node.op == 'Placeholder' and 'shape' in node.attr:
      name = f'{part.scope}/{node.name}' if part.scope else node.name
      yield f'{name}:0', tf.TensorShape(node.attr['shape'].shape)


def comparable(part: Part) -> Part:
  """A copy of a graph that draws fixed numbers, and takes images of any size.

  A session holds each artifact to the shapes that its graphs declare.
  """
  changed = tf.compat.v1.GraphDef()
  changed.CopyFrom(part.definition)
  for node in changed.node:
    if node.op == 'Placeholder':
      node.attr.pop('shape', None)
  for function in changed.library.function:
    function.attr.pop('_input_shapes', None)
  dice.fix(changed)
  return dataclasses.replace(part, definition=changed)
