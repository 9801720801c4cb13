"""Loads values into the variables of a network, and frees their memory."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from exporter.networks import blueprint

_v1 = tf.compat.v1
_SCOPE = 'load'


class Loader:
  """Loads values into the variables of a graph, and frees their memory."""

  def __init__(self, variables: Sequence[blueprint.Variable]):
    """Adds what it needs to the present graph.

    Args:
      variables: All of the graph's.
    """
    self._values = {
      variable.name: f'{_SCOPE}/value_{number}:0'
      for number, variable in enumerate(variables)
    }
    numbers = range(len(variables))
    definition = _v1.GraphDef()
    # Without it the whole graph would be taken for one of an old TensorFlow.
    definition.versions.producer = tf.version.GRAPH_DEF_VERSION
    for number, variable in zip(numbers, variables, strict=True):
      value = definition.node.add(name=f'value_{number}', op='Placeholder')
      assign = definition.node.add(
        name=f'assign_{number}',
        op='AssignVariableOp',
        input=[f'handle_{number}', value.name],
      )
      for node in (value, assign):
        node.attr['dtype'].type = variable.dtype
      destroy = definition.node.add(
        name=f'destroy_{number}',
        op='DestroyResourceOp',
        input=[f'handle_{number}'],
      )
      destroy.attr['ignore_lookup_error'].b = True
    for name, ops in (('all', 'assign'), ('none', 'destroy')):
      inputs = [f'^{ops}_{number}' for number in numbers]
      definition.node.add(name=name, op='NoOp', input=inputs)
    graph = _v1.get_default_graph()
    handles = {
      f'handle_{number}': graph.get_tensor_by_name(variable.handle)
      for number, variable in enumerate(variables)
    }
    tf.import_graph_def(definition, input_map=handles, name=_SCOPE)

  def load(self, session: Any, tensors: Mapping[str, np.ndarray]) -> None:
    """Sets every variable to its tensor, by name."""
    values = {tensor: tensors[name] for name, tensor in self._values.items()}
    session.run(f'{_SCOPE}/all', values)

  def unload(self, session: Any) -> None:
    """Frees the memory of every variable."""
    session.run(f'{_SCOPE}/none')
