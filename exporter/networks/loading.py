"""Variables of a network that have no values until they are loaded.

TensorFlow gives each variable ops that set its first value and ask whether it
has one. They take a quarter of the time to build a network, and nothing here
needs them: the values come from a checkpoint.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import resource_variable_ops

_v1 = tf.compat.v1
_SCOPE = 'load'


def _only_shaped(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
  """Gets a variable whose first value is a shape alone."""
  kwargs['initializer'] = lambda shape, dtype, partition_info: tf.TensorShape(
    shape
  )
  return getter(name, *args, **kwargs)


def _create(unused_default: Any, **asked: Any) -> Any:
  """Creates a variable without a value, in the collections that it asks for."""
  variable = resource_variable_ops.UninitializedVariable(
    trainable=asked['trainable'],
    name=asked['name'],
    shape=asked['initial_value'](),
    dtype=asked['dtype'],
  )
  keys = {*(asked['collections'] or ())}
  if asked['trainable']:
    keys.add(_v1.GraphKeys.TRAINABLE_VARIABLES)
  # It has put itself among all variables already.
  for key in sorted(keys - {_v1.GraphKeys.GLOBAL_VARIABLES}):
    _v1.add_to_collection(key, variable)
  return variable


@contextlib.contextmanager
def without_values() -> Iterator[None]:
  """Whatever gets a variable in the context gets one that has no value."""
  with (
    tf.variable_creator_scope(_create),
    _v1.variable_scope('', use_resource=True, custom_getter=_only_shaped),
  ):
    yield


class Loader:
  """Loads values into the variables of a graph, and frees their memory."""

  def __init__(self, variables: Sequence[tf.Variable]):
    """Adds what it needs to the graph of the variables.

    Args:
      variables: All of the present graph's.
    """
    self._values = {
      variable.op.name: f'{_SCOPE}/value_{number}:0'
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
        node.attr['dtype'].type = variable.dtype.as_datatype_enum
      destroy = definition.node.add(
        name=f'destroy_{number}',
        op='DestroyResourceOp',
        input=[f'handle_{number}'],
      )
      destroy.attr['ignore_lookup_error'].b = True
    for name, ops in (('all', 'assign'), ('none', 'destroy')):
      inputs = [f'^{ops}_{number}' for number in numbers]
      definition.node.add(name=name, op='NoOp', input=inputs)
    handles = {f'handle_{n}': v.handle for n, v in enumerate(variables)}
    tf.import_graph_def(definition, input_map=handles, name=_SCOPE)

  def load(self, session: Any, tensors: Mapping[str, np.ndarray]) -> None:
    """Sets every variable to its tensor, by name."""
    values = {tensor: tensors[name] for name, tensor in self._values.items()}
    session.run(f'{_SCOPE}/all', values)

  def unload(self, session: Any) -> None:
    """Frees the memory of every variable."""
    session.run(f'{_SCOPE}/none')
