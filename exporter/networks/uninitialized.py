"""Variables of a network that have no values until they are loaded.

TensorFlow gives each variable ops that set its first value and ask whether it
has one. They take a quarter of the time to build a network, and nothing here
needs them: the values come from a checkpoint.
"""

from collections.abc import Iterator
import contextlib
from typing import Any

import tensorflow as tf
from tensorflow.python.ops import resource_variable_ops

_v1 = tf.compat.v1


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
