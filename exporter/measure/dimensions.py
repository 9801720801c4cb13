"""How many pixels a picture has, as its head says, before it is decoded.

A file of a megabyte may say that it has a billion pixels, and decoders believe
it.
"""

from collections.abc import Iterator
import struct

import tensorflow as tf

_PNG, _JPEG, _BMP = b'\x89PNG\r\n\x1a\n', b'\xff\xd8\xff', b'BM'
_GIFS = (b'GIF87a', b'GIF89a')
_GIF_END, _GIF_FRAME = 0x3B, 0x2C


class UnknownPictureError(ValueError):
  """Bytes are no picture of a kind that is read, or are cut off."""


def _colours(flags: int) -> int:
  """The bytes of the table of colours that some flags of a GIF announce."""
  return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _skipped(data: bytes, at: int) -> int:
  """The place behind the blocks of a GIF that begin at a place."""
  while size := data[at]:
    at += 1 + size
  return at + 1


def _gif_frames(data: bytes) -> Iterator[int]:
  """The pixels of the canvas, then those of each frame: all are decoded."""
  width, height, flags = struct.unpack_from('<HHB', data, 6)
  yield width * height
  at = 13 + _colours(flags)
  while at < len(data) and data[at] != _GIF_END:
    if data[at] == _GIF_FRAME:
      width, height, flags = struct.unpack_from('<HHB', data, at + 5)
      yield width * height
      at += 10 + _colours(flags) + 1
    else:
      at += 2
    at = _skipped(data, at)


def _is_grey(data: bytes) -> bool:
  """Whether the table of colours of a BMP of 8 bits is of shades of grey.

  TensorFlow takes the numbers of colours for those.
  """
  (header,) = struct.unpack_from('<I', data, 14)
  table = data[14 + header : 14 + header + 4 * 256]
  blue, green, red = (table[at::4] for at in range(3))
  return blue == green == red == bytes(range(len(blue)))


def _count(data: bytes) -> int:
  if data.startswith(_PNG):
    width, height = struct.unpack_from('>II', data, 16)
    return width * height
  if data.startswith(_GIFS):
    return sum(_gif_frames(data))
  if data.startswith(_BMP):
    width, height, _, bits = struct.unpack_from('<iiHH', data, 18)
    if bits < 8 or (bits == 8 and not _is_grey(data)):
      raise UnknownPictureError(
        f'a BMP of {bits} bits a pixel with a table of colours'
      )
    return abs(width * height)
  if data.startswith(_JPEG):
    height, width, _ = tf.io.extract_jpeg_shape(data).numpy().tolist()
    return height * width
  raise UnknownPictureError


def pixels(data: bytes) -> int:
  """The pixels that decoding a picture would make.

  Raises:
    UnknownPictureError: It is no BMP, GIF, JPEG or PNG, or its head is cut off.
  """
  try:
    return _count(data)
  except (IndexError, struct.error, tf.errors.InvalidArgumentError) as error:
    raise UnknownPictureError from error
