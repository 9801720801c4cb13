"""Tells which artifacts have the same program, except for shapes and values."""

import hashlib
import pathlib
import re

from google.protobuf import message
from tensorflow.core.framework import tensor_shape_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter import artifacts

# The names of functions and variables hold a number that differs between
# models.
_NUMBER = re.compile(rb'__inference_\w+?_(\d{10})\b')
_SHAPE = tensor_shape_pb2.TensorShapeProto.DESCRIPTOR


def _forget_shapes(parent: message.Message) -> None:
  for field, value in parent.ListFields():
    if field.message_type is _SHAPE:
      parent.ClearField(field.name)
    elif isinstance(value, message.Message):
      _forget_shapes(value)
    elif field.message_type:
      items = value.values() if hasattr(value, 'values') else value
      for item in items:
        if isinstance(item, message.Message):
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
