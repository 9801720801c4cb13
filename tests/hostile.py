"""Programs that somebody made who means no good."""

import pathlib
from typing import Any

import tensorflow as tf

_STRING = tf.string.as_datatype_enum


def write_a_file(nodes: Any, target: pathlib.Path) -> None:
  """Adds nodes that write a file, in a function or a graph."""
  for name, text in (('where', str(target)), ('what', 'written')):
    node = nodes.add(name=name, op='Const')
    node.attr['dtype'].type = _STRING
    node.attr['value'].tensor.dtype = _STRING
    node.attr['value'].tensor.tensor_shape.SetInParent()
    node.attr['value'].tensor.string_val.append(text.encode())
  nodes.add(name='evil', op='WriteFile', input=['where', 'what'])
