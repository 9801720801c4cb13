"""The attachment's bytes, decoded by hand from the wire format."""

import subprocess
import sys

import pytest

from exporter.artifacts import attachments
from tests import source_tree


def _varint(data, at):
  value, shift = 0, 0
  while True:
    value |= (data[at] & 0x7F) << shift
    at, shift = at + 1, shift + 7
    if not data[at - 1] & 0x80:
      return value, at


def _decode(data):
  """Field number -> value of a message with no repeated fields."""
  fields, at = {}, 0
  while at < len(data):
    tag, at = _varint(data, at)
    value, at = _varint(data, at)
    if tag & 7 == 2:  # Not the value, but how many bytes it has.
      value, at = data[at : at + value], at + value
    fields[tag >> 3] = value
  return fields


@pytest.mark.parametrize(
  ('height', 'width'), [(96, 96), (128, 128), (224, 224), (331, 299)]
)
def test_the_size_is_where_hub_looks_for_it(height, width):
  attachment = _decode(attachments.image_size(height, width))
  assert attachment[1] == b'image_module_info'
  info = _decode(attachment[2])
  assert _decode(info[1]) == {1: height, 2: width}
  assert set(attachment) == {1, 2}
  assert set(info) == {1}


def test_the_collection_is_what_hub_calls_it():
  assert attachments.ATTACHMENTS == 'hub_module_attachments'


def test_nobody_elses_declarations_are_disturbed():
  # As a tensorflow_hub that still has these messages declares them.
  code = """
from google.protobuf import descriptor_pb2, descriptor_pool
file = descriptor_pb2.FileDescriptorProto(
  name='tensorflow_hub/image_module_info.proto', package='tensorflow_hub')
file.message_type.add(name='ImageSize')
file.message_type.add(name='ImageModuleInfo')
descriptor_pool.Default().Add(file)
descriptor_pool.Default().FindMessageTypeByName('tensorflow_hub.ImageSize')
from exporter.artifacts import attachments
assert attachments.image_size(1, 2)
"""
  subprocess.run([sys.executable, '-c', code], cwd=source_tree.ROOT, check=True)
