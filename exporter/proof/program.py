"""Tells which artifacts have the same program, except for shapes and values."""

import functools
import hashlib
import pathlib
import re

from google.protobuf import descriptor
from google.protobuf import message
from tensorflow.core.framework import attr_value_pb2
from tensorflow.core.framework import tensor_shape_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter import artifacts

# The names of functions and variables hold a number that differs between
# models.
_NUMBER = re.compile(rb'__inference_\w+?_(\d{10})\b')
_SHAPE = tensor_shape_pb2.TensorShapeProto.DESCRIPTOR
# What most attributes of a node are. None of them is a shape or holds one.
_SHAPELESS = ('b', 'f', 'i', 's', 'type')


@functools.cache
def _shaped() -> frozenset[descriptor.Descriptor]:
  """Every kind of message in a SavedModel that is a shape or may hold one."""
  users: dict[descriptor.Descriptor, set] = {}
  waiting = [saved_model_pb2.SavedModel.DESCRIPTOR]
  seen = set(waiting)
  while waiting:
    user = waiting.pop()
    used = {field.message_type for field in user.fields} - {None}
    for kind in used:
      users.setdefault(kind, set()).add(user)
    waiting += used - seen
    seen |= used
  shaped, found = set(), {_SHAPE}
  while found:
    shaped |= found
    found = {user for kind in found for user in users.get(kind, ())}
    found -= shaped
  return frozenset(shaped)


def _forget_shapes(parent: message.Message) -> None:
  if (
    isinstance(parent, attr_value_pb2.AttrValue)
    and parent.WhichOneof('value') in _SHAPELESS
  ):
    return
  for field, value in parent.ListFields():
    kind = field.message_type
    if kind is _SHAPE:
      parent.ClearField(field.name)
    elif isinstance(value, message.Message):
      _forget_shapes(value)
    elif kind in _shaped():
      is_map = kind.GetOptions().map_entry
      for item in value.values() if is_map else value:
        _forget_shapes(item)


def digest(folder: pathlib.Path) -> str:
  """A hash of an artifact's saved_model.pb, without the shapes in it.

  It is equal for two sizes or multipliers of a network. It differs as soon as a
  node, an input, a name, a trainable flag or a signature does.
  """
  model = saved_model_pb2.SavedModel.FromString(
    (folder / 'saved_model.pb').read_bytes()
  )
  for meta in model.meta_graphs:
    meta.collection_def.pop(artifacts.ATTACHMENTS, None)
  _forget_shapes(model)
  data = model.SerializeToString(deterministic=True)
  if numbered := _NUMBER.search(data):
    data = data.replace(b'_' + numbered[1], b'')
  return hashlib.sha256(data).hexdigest()
