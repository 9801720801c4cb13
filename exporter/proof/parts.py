"""The graphs that a session imports, and those that fill and read variables."""

from collections.abc import Mapping
import dataclasses

import numpy as np
import tensorflow as tf

_FLOAT = tf.float32.as_datatype_enum
_STRING = tf.string.as_datatype_enum
FILE, RESTORE = 'restore/file', 'restore/all'


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


def restoring(handles: Mapping[str, str]) -> Part:
  """A graph that sets variables, given the handles by key in the file."""
  keys = list(handles)
  graph = tf.compat.v1.GraphDef()
  graph.node.add(name=FILE, op='Placeholder').attr['dtype'].type = _STRING
  inputs = [
    FILE,
    _add_strings(graph, 'restore/keys', keys),
    _add_strings(graph, 'restore/slices', [''] * len(keys)),
  ]
  values = graph.node.add(name='restore/values', op='RestoreV2', input=inputs)
  values.attr['dtypes'].list.type.extend([_FLOAT] * len(keys))
  for number in range(len(keys)):
    assign = graph.node.add(name=f'restore/{number}', op='AssignVariableOp')
    assign.input.extend([f'handle_{number}', f'{values.name}:{number}'])
    assign.attr['dtype'].type = _FLOAT
  graph.node.add(
    name=RESTORE,
    op='NoOp',
    input=[f'^restore/{number}' for number in range(len(keys))],
  )
  return Part(graph, '', _numbered(handles))


def reading(handles: Mapping[str, str]) -> Part:
  """A graph that reads variables, given the handles by name."""
  graph = tf.compat.v1.GraphDef()
  for number, name in enumerate(handles):
    node = graph.node.add(
      name=name, op='ReadVariableOp', input=[f'handle_{number}']
    )
    node.attr['dtype'].type = _FLOAT
  return Part(graph, 'value', _numbered(handles))
