"""Checks the index of a checkpoint before TensorFlow reads it.

TensorFlow ends the whole process over a shape that no tensor can have. An index
is a table of sorted keys and values, which are stored in blocks. One more block
holds the places of those, and the last bytes of the file hold its own place.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import math
import pathlib
import struct

from google.protobuf import message
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import tensor_bundle_pb2

from exporter.checkpoints import prefixes
from model_specs import outside

MAX_BYTES = 2**26  # The index of the largest network has 200,000.
_MAX_KEY = 2**14
_MAX_RANK = 254
MAX_VALUES = 2**48  # Of one tensor.
_FOOTER = 48
_TRAILER = 5  # Behind each block: a byte for compression, here none, and a CRC.
# The types from here on are references to the others.
_REFERENCES = 100
_TYPES = {value for value in types_pb2.DataType.values() if value < _REFERENCES}

Entries = Mapping[str, tensor_bundle_pb2.BundleEntryProto]


class DamagedError(Exception):
  """Says what is wrong with an index."""


def _varint(data: bytes, at: int) -> tuple[int, int]:
  """A number of variable length in a table, and where it ends."""
  value = 0
  for shift in range(0, 35, 7):
    byte = data[at] if at < len(data) else 0x80
    value |= (byte & 0x7F) << shift
    at += 1
    if byte < 0x80:
      return value, at
  raise DamagedError('a number in it does not end')


def _block(data: bytes, at: int, size: int) -> bytes:
  if at + size + _TRAILER > len(data):
    raise DamagedError('it is cut, or names places outside of itself')
  if data[at + size]:
    raise DamagedError('a block of it is compressed, expected a plain one')
  return data[at : at + size]


def _pairs(block: bytes) -> Iterator[tuple[bytes, bytes]]:
  """The keys and values of a block.

  Some are restarts, from which TensorFlow begins to read. If one lay elsewhere,
  TensorFlow would read other keys than these.
  """
  if len(block) < 4:
    raise DamagedError('a block of it is too short')
  (count,) = struct.unpack('<I', block[-4:])
  end = len(block) - 4 - 4 * count
  if end < 0:
    raise DamagedError('a block of it is too short')
  restarts = struct.unpack(f'<{count}I', block[end:-4])
  starts, key, at = set(), b'', 0
  while at < end:
    start = at
    shared, at = _varint(block, at)
    rest, at = _varint(block, at)
    size, at = _varint(block, at)
    if shared > len(key) or shared + rest > _MAX_KEY or at + rest + size > end:
      raise DamagedError('a key of it does not end')
    if not shared:
      starts.add(start)
    key = key[:shared] + block[at : at + rest]
    at += rest + size
    yield key, block[at - size : at]
  if starts and (restarts[:1] != (0,) or not starts.issuperset(restarts)):
    raise DamagedError('it names places where no key begins')


def _table(data: bytes) -> Iterator[tuple[bytes, bytes]]:
  footer = data[-_FOOTER:]
  if len(footer) < _FOOTER or not footer.endswith(prefixes.MAGIC):
    raise DamagedError('it does not end as an index does')
  _, at = _varint(footer, 0)
  _, at = _varint(footer, at)
  place, at = _varint(footer, at)
  size, _ = _varint(footer, at)
  last = None
  for _, handle in _pairs(_block(data, place, size)):
    place, at = _varint(handle, 0)
    size, _ = _varint(handle, at)
    for key, value in _pairs(_block(data, place, size)):
      if last is not None and key <= last:
        raise DamagedError('its keys are not in order')
      last = key
      yield key, value


def _check_slices(
  name: str, entry: tensor_bundle_pb2.BundleEntryProto, shape: tuple[int, ...]
) -> None:
  """Raises a DamagedError for a part that lies outside of its tensor."""
  for part in entry.slices:
    extents = [
      (extent.start, extent.length if extent.HasField('length') else None)
      for extent in part.extent
    ]
    if len(extents) != len(shape) or not all(
      start == 0 if length is None else 0 <= start <= start + length <= size
      for (start, length), size in zip(extents, shape, strict=True)
    ):
      raise DamagedError(f'{name} has a part outside of its shape')


def _check(name: str, entry: tensor_bundle_pb2.BundleEntryProto) -> None:
  """Raises a DamagedError for an entry that no tensor can have."""
  shape = shape_of(entry)
  if entry.dtype not in _TYPES or not entry.dtype:
    raise DamagedError(f'{name} has the unknown dtype {entry.dtype}')
  if len(shape) > _MAX_RANK or entry.shape.unknown_rank:
    raise DamagedError(f'{name} has {len(shape)} dimensions')
  if any(size < 0 for size in shape):
    raise DamagedError(f'{name} has the shape {list(shape)}')
  # TensorFlow multiplies the sizes in their order, so that a 0 at the end does
  # not keep the product from becoming too large.
  if math.prod(filter(None, shape)) > MAX_VALUES:
    raise DamagedError(f'{name} has the shape {list(shape)}')
  _check_slices(name, entry, shape)


def shape_of(entry: tensor_bundle_pb2.BundleEntryProto) -> tuple[int, ...]:
  """The shape of a tensor in an index."""
  return tuple(dim.size for dim in entry.shape.dim)


def parse(data: bytes) -> tuple[Entries, int]:
  """Parses and checks an index.

  Args:
    data: The content of the file.

  Returns:
    What it says of each tensor, by name, and the number of files with data. A
    part of a tensor that was saved in parts has an entry and a name as well.

  Raises:
    DamagedError: TensorFlow could not read it, or would not survive it.
  """
  header = tensor_bundle_pb2.BundleHeaderProto()
  entries = {}
  try:
    for key, value in _table(data):
      if not key:
        header.ParseFromString(value)
        continue
      name = key.decode('utf-8', 'backslashreplace')
      entry = tensor_bundle_pb2.BundleEntryProto.FromString(value)
      _check(name, entry)
      entries[name] = entry
  except message.DecodeError as error:
    raise DamagedError('an entry of it cannot be parsed') from error
  return entries, header.num_shards


def check_index(path: pathlib.Path) -> None:
  """Checks an index that TensorFlow is about to read.

  Raises:
    ValueError: TensorFlow could not read it, or would not survive it.
    OSError: It cannot be read.
  """
  try:
    parse(outside.read_file(path, MAX_BYTES))
  except DamagedError as error:
    raise ValueError(f'{path.name} is damaged: {error}') from error
