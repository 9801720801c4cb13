"""Reads a folder of pictures, to measure the ranges of 8-bit numbers on."""

from collections.abc import Sequence
import hashlib
import pathlib

import numpy as np
import tensorflow as tf

from exporter import errors
from exporter.measure import dimensions
from model_specs import outside

SUFFIXES = ('.bmp', '.gif', '.jpeg', '.jpg', '.png')
# How names of pictures end that are not read. They are refused: to pass over
# them would give figures, or ranges, of a part of what was meant.
OTHERS = frozenset(
  ('.avif', '.heic', '.heif', '.jfif', '.jp2', '.tif', '.tiff', '.webp')
)
MOST_NAMED = 5  # How many files an error names.
_MOST = 256  # More pictures take longer and make no difference.
MOST_PIXELS = 2**26  # 8192 x 8192, for which resizing takes a gigabyte.
_MOST_BYTES = 2**28
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # Of red, green and blue.


def find(folder: pathlib.Path) -> list[pathlib.Path]:
  """The files in a folder whose names end as those of pictures, sorted.

  Those whose names begin with a dot are not meant: macOS leaves a `._a.jpg`
  beside each picture on other file systems.
  """
  return sorted(
    path
    for path in folder.glob('*')
    if path.suffix.lower() in SUFFIXES and not path.name.startswith('.')
  )


def refuse(
  folder: pathlib.Path, left_out: Sequence[str], where: str = ''
) -> None:
  """Raises a PictureError if pictures in a folder would not be read.

  Args:
    folder: The folder.
    left_out: Their names.
    where: Says in the message where pictures are expected.
  """
  if left_out:
    raise errors.PictureError(
      f'{folder} holds pictures that would be left out, expected files that '
      f'end in {", ".join(SUFFIXES)}{where}: {", ".join(left_out[:MOST_NAMED])}'
      f'{" and more" if len(left_out) > MOST_NAMED else ""}; convert or move '
      'them'
    )


def decode(path: pathlib.Path) -> tf.Tensor:
  """Decodes a picture to bytes of shape [height, width, 3].

  Raises:
    PictureError: The file cannot be decoded, or is too large.
  """
  try:
    data = outside.read_file(path, _MOST_BYTES)
    count = dimensions.pixels(data)
    if count <= MOST_PIXELS:
      return tf.io.decode_image(data, channels=3, expand_animations=False)
  except OSError as error:
    raise errors.PictureError(
      f'{path} cannot be read: {error.strerror}'
    ) from error
  except (
    dimensions.UnknownPictureError,
    tf.errors.InvalidArgumentError,
  ) as error:
    is_told = isinstance(error, dimensions.UnknownPictureError) and str(error)
    found = f'{path} is {error}' if is_told else f'{path} cannot be decoded'
    raise errors.PictureError(
      f'{found}; expected a picture: BMP, GIF, JPEG or PNG; convert it, or '
      'remove it from the folder'
    ) from error
  raise errors.PictureError(
    f'{path} has {count:,} pixels, expected at most {MOST_PIXELS:,}; make it '
    'smaller'
  )


def grey(picture: np.ndarray) -> np.ndarray:
  """How bright the pixels of a picture are, as one channel."""
  return picture @ _LUMA[:, np.newaxis]


def _read(path: pathlib.Path, size: int, channels: int) -> np.ndarray:
  resized = tf.image.resize(decode(path), [size, size], antialias=True).numpy()
  picture = grey(resized) if channels == 1 else resized
  return np.round(picture).clip(0, 255).astype(np.uint8)


def read_pictures(
  folder: pathlib.Path, size: int, channels: int = 3
) -> np.ndarray:
  """Reads pictures of a folder, each resized to a square.

  Of very many, some are read that are spread evenly over all names, which may
  begin with what the pictures show.

  Args:
    folder: The folder.
    size: Height and width of the squares, in pixels.
    channels: 3, or 1 for how bright each pixel is.

  Returns:
    Bytes of shape [pictures, size, size, channels].

  Raises:
    PictureError: There are no pictures, one cannot be decoded, or some are of
      formats that are not read.
  """
  paths = find(folder)
  others = [p.name for p in folder.glob('*') if p.suffix.lower() in OTHERS]
  refuse(folder, sorted(name for name in others if name[0] != '.'))
  if not paths:
    raise errors.PictureError(
      f'{folder} holds no picture, expected files that end in '
      f'{", ".join(SUFFIXES)}, not in folders within it; name a folder of some '
      'hundred that look like those the model will see: '
      '--representative_images=DIR'
    )
  count = min(len(paths), _MOST)
  chosen = [paths[number * len(paths) // count] for number in range(count)]
  return np.stack([_read(path, size, channels) for path in chosen])


def pictures_digest(pictures: np.ndarray) -> str:
  """A SHA-256 that identifies pictures by their bytes."""
  return hashlib.sha256(pictures.tobytes()).hexdigest()
