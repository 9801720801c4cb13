"""Keeps graphs loadable in every TensorFlow from 1.15 on.

Newer releases write ops and attributes that older ones refuse, although the
graph means the same without them. `rewrite` removes them, and `check` makes
sure that nothing is left that TensorFlow 1.15 does not know.
"""

from collections.abc import MutableSequence
import functools
from importlib import resources
import itertools
from typing import TypeAlias

import tensorflow as tf
from tensorflow.core.framework import function_pb2
from tensorflow.core.framework import node_def_pb2
from tensorflow.python.framework import op_def_registry

from exporter import errors

Body: TypeAlias = 'tf.compat.v1.GraphDef | function_pb2.FunctionDef'

# Ops that can be removed: they have no outputs, and do nothing that matters to
# an old release.
_IDENTITIES = ('DisableCopyOnRead',)
_INTERNAL_ATTRIBUTES = (
  '_class',
  '_has_manual_control_dependencies',
  '_output_shapes',
)
_NEW_ATTRIBUTES = {'VarHandleOp': ('debug_name',)}


@functools.cache
def _known_ops() -> dict[str, frozenset[str]]:
  """The attributes of every op that TensorFlow 1.15 has, by op."""
  text = (
    resources.files('exporter.artifacts').joinpath('tf1_ops.tsv').read_text()
  )
  rows = (line.split('\t') for line in text.splitlines()[1:])
  return {op: frozenset(attributes) for op, *attributes in rows}


def _nodes(body: Body) -> MutableSequence[node_def_pb2.NodeDef]:
  return body.node if hasattr(body, 'node') else body.node_def


def _strip(node: node_def_pb2.NodeDef) -> None:
  """Removes attributes that are new, internal, or at their default value."""
  definition = op_def_registry.get(node.op)
  defaults = {a.name: a for a in definition.attr} if definition else {}
  for name in list(node.attr):
    default = defaults.get(name)
    is_default = (
      default is not None
      and default.HasField('default_value')
      and default.default_value == node.attr[name]
    )
    is_new = name in _NEW_ATTRIBUTES.get(node.op, ())
    if is_default or is_new or name in _INTERNAL_ATTRIBUTES:
      del node.attr[name]


def rewrite(body: Body) -> None:
  """Removes, in place, what old releases refuse and nothing needs."""
  nodes = _nodes(body)
  dropped = {f'^{n.name}' for n in nodes if n.op in _IDENTITIES}
  for number in reversed(range(len(nodes))):
    if nodes[number].op in _IDENTITIES:
      del nodes[number]
  for node in nodes:
    _strip(node)
    inputs = [name for name in node.input if name not in dropped]
    del node.input[:]
    node.input.extend(inputs)
  if isinstance(body, function_pb2.FunctionDef):
    _drop_control_outputs(body, {name[1:] for name in dropped})


def _drop_control_outputs(
  function: function_pb2.FunctionDef, dropped: set[str]
) -> None:
  gone = [k for k, node in function.control_ret.items() if node in dropped]
  for name in gone:
    del function.control_ret[name]
    function.signature.control_output.remove(name)


def check(graph: tf.compat.v1.GraphDef, name: str) -> None:
  """Raises a PortabilityError that names all that TensorFlow 1.15 refuses."""
  known_ops = _known_ops()
  bodies: list[Body] = [graph, *graph.library.function]
  refused = set()
  for node in itertools.chain.from_iterable(map(_nodes, bodies)):
    if node.op not in known_ops:
      refused.add(f'op {node.op}')
      continue
    refused |= {
      f'attribute {attribute} of op {node.op}'
      for attribute in node.attr
      if not attribute.startswith('_') and attribute not in known_ops[node.op]
    }
  if refused:
    raise errors.PortabilityError(
      f'{name} holds what TensorFlow 1.15 does not know: '
      + ', '.join(sorted(refused))
      + '; teach exporter/artifacts/portable.py to rewrite it'
    )
