"""Programs that somebody made who means no good."""

import pathlib
from typing import Any

import tensorflow as tf

IN_A_FUNCTION, IN_A_GRAPH = ':output:0', ':0'
_STRING = tf.string.as_datatype_enum


def write_a_file(nodes: Any, target: pathlib.Path, end: str) -> None:
  """Adds nodes that write a file.

  Args:
    nodes: Those of a function or of a graph.
    target: The file.
    end: What the name of a tensor ends in there.
  """
  for name, text in (('where', str(target)), ('what', 'written')):
    node = nodes.add(name=name, op='Const')
    node.attr['dtype'].type = _STRING
    node.attr['value'].tensor.dtype = _STRING
    node.attr['value'].tensor.tensor_shape.SetInParent()
    node.attr['value'].tensor.string_val.append(text.encode())
  inputs = [f'where{end}', f'what{end}']
  nodes.add(name='evil', op='WriteFile', input=inputs)
