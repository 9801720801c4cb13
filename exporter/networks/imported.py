"""Graphs that are imported to be run, and not to be built on."""

from typing import Any

import tensorflow as tf


class ImportedGraph(tf.Graph):
  """A graph whose operations stand as they are in the graph definition.

  For those who build on an imported graph, TensorFlow applies devices, control
  dependencies and control flow that surround the import to each operation.
  Nothing surrounds it here, and to find that out takes longer than the import.
  """

  def _add_new_tf_operations(self, *unused: Any, **unused_too: Any) -> list:
    """Wraps new operations; returns none, as none is to be looked at."""
    for operation in self.new_operations():
      self._create_op_from_tf_operation(operation, compute_device=False)
    return []
