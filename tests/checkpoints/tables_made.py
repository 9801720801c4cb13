"""Checkpoints that no TensorFlow would write, though their checksums are right.

Each is a table of TensorFlow's: see exporter/checkpoints/index.py.
"""

from collections.abc import Iterable
import pathlib
import struct

from tensorflow.core.protobuf import tensor_bundle_pb2
from tensorflow.core.util import saved_tensor_slice_pb2

from exporter.checkpoints import prefixes

FLOAT = 1
_POLYNOMIAL = 0x82F63B78  # Of CRC-32C.


def _checksum(data: bytes) -> bytes:
  """The CRC-32C of data, masked as tables have it."""
  crc = 0xFFFFFFFF
  for byte in data:
    crc ^= byte
    for _ in range(8):
      crc = (crc >> 1) ^ (_POLYNOMIAL if crc & 1 else 0)
  crc ^= 0xFFFFFFFF
  masked = ((crc >> 15) | (crc << 17)) + 0xA282EAD8
  return struct.pack('<I', masked & 0xFFFFFFFF)


def _varint(value: int) -> bytes:
  data = b''
  while value > 0x7F:
    data += bytes([value & 0x7F | 0x80])
    value >>= 7
  return data + bytes([value])


def _block(pairs: Iterable[tuple[bytes, bytes]], restart: int) -> bytes:
  data = b''.join(
    b'\0' + _varint(len(key)) + _varint(len(value)) + key + value
    for key, value in pairs
  )
  return data + struct.pack('<2I', restart, 1)


def table(
  pairs: list[tuple[bytes, bytes]], restart: int = 0, compression: int = 0
) -> bytes:
  """A table of one block of keys and values."""
  data = b''

  def put(block: bytes, kind: int = 0) -> bytes:
    nonlocal data
    handle = _varint(len(data)) + _varint(len(block))
    block += bytes([kind])
    data += block + _checksum(block)
    return handle

  handle = put(_block(pairs, restart), compression)
  meta = put(_block([], 0))
  footer = meta + put(_block([(b'\xff', handle)], 0))
  return data + footer.ljust(40, b'\0') + prefixes.MAGIC


def entry(
  shape: Iterable[int] = (1,), dtype: int = FLOAT, **fields
) -> tensor_bundle_pb2.BundleEntryProto:
  """What an index says of one tensor, by default of one number."""
  proto = tensor_bundle_pb2.BundleEntryProto(
    **{'dtype': dtype, 'size': 4, **fields}
  )
  for size in shape:
    proto.shape.dim.add(size=size)
  return proto


def write_index(
  prefix: pathlib.Path,
  entries: dict[str, tensor_bundle_pb2.BundleEntryProto],
  **how: int,
) -> pathlib.Path:
  """Writes a checkpoint of V2 format that has a number of data."""
  header = tensor_bundle_pb2.BundleHeaderProto(num_shards=1)
  header.version.producer = 1
  pairs = [(b'', header.SerializeToString())]
  pairs += [(k.encode(), e.SerializeToString()) for k, e in entries.items()]
  prefix.with_name(f'{prefix.name}.index').write_bytes(table(pairs, **how))
  data = prefix.with_name(f'{prefix.name}.data-00000-of-00001')
  data.write_bytes(bytes(4))
  return prefix


def write_old(
  path: pathlib.Path, shape: Iterable[int] = (1,), dtype: int = FLOAT
) -> pathlib.Path:
  """Writes a checkpoint of V1 format whose tensor has no values."""
  saved = saved_tensor_slice_pb2.SavedTensorSlices()
  saved.meta.versions.producer = 1
  about = saved.meta.tensor.add(name='a', type=dtype)
  part = about.slice.add()
  for size in shape:
    about.shape.dim.add(size=size)
    part.extent.add()
  path.write_bytes(table([(b'', saved.SerializeToString())]))
  return path
