"""Builds the attachment that tells users of hub.Module the expected image size.

tensorflow_hub dropped its protocol buffers together with hub.Module. They are
declared again here, under the names that its old releases look for.
"""

import functools

from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message
from google.protobuf import message_factory

ATTACHMENTS = 'hub_module_attachments'
_KEY = 'image_module_info'
_PACKAGE = 'tensorflow_hub'
_Field = descriptor_pb2.FieldDescriptorProto
# The fields of each message, in the order of their numbers: name, type, and the
# name of the type if it is a message.
_MESSAGES = {
  'ImageSize': (
    ('height', _Field.TYPE_INT32, None),
    ('width', _Field.TYPE_INT32, None),
  ),
  'ImageModuleInfo': (
    ('default_image_size', _Field.TYPE_MESSAGE, '.tensorflow_hub.ImageSize'),
  ),
  'ModuleAttachment': (
    ('key', _Field.TYPE_STRING, None),
    ('value', _Field.TYPE_BYTES, None),
  ),
}


@functools.cache
def _messages() -> dict[str, type[message.Message]]:
  # The messages are declared in a pool of their own, as an installed
  # tensorflow_hub may declare the same names.
  pool = descriptor_pool.DescriptorPool()
  file = descriptor_pb2.FileDescriptorProto(
    name='slimhub_attachments.proto',
    package=_PACKAGE,
    syntax='proto3',
  )
  for name, fields in _MESSAGES.items():
    declared = file.message_type.add(name=name)
    for number, (field, kind, type_name) in enumerate(fields, start=1):
      declared.field.add(
        name=field,
        number=number,
        type=kind,
        type_name=type_name,
        label=_Field.LABEL_OPTIONAL,
      )
  pool.Add(file)
  return {
    name: message_factory.GetMessageClass(
      pool.FindMessageTypeByName(f'{_PACKAGE}.{name}')
    )
    for name in _MESSAGES
  }


def image_size(height: int, width: int) -> bytes:
  """The serialized attachment for one default image size."""
  messages = _messages()
  info = messages['ImageModuleInfo']()
  info.default_image_size.height = height
  info.default_image_size.width = width
  attachment = messages['ModuleAttachment'](
    key=_KEY, value=info.SerializeToString(deterministic=True)
  )
  return attachment.SerializeToString(deterministic=True)
