"""A folder of pictures -> bytes of one size, to measure ranges on."""

import hashlib
import pathlib

import numpy as np
import tensorflow as tf

from exporter import errors

SUFFIXES = ('.bmp', '.gif', '.jpeg', '.jpg', '.png')
_MOST = 256  # More take longer and change nothing.


def find(folder: pathlib.Path) -> list[pathlib.Path]:
  """The pictures in a folder, by their names' ends, sorted."""
  return sorted(p for p in folder.glob('*') if p.suffix.lower() in SUFFIXES)


def decode(path: pathlib.Path) -> tf.Tensor:
  """A picture's bytes: height, width, three colours.

  Raises:
    PictureError: It cannot be decoded.
  """
  try:
    return tf.io.decode_image(
      path.read_bytes(), channels=3, expand_animations=False
    )
  except tf.errors.InvalidArgumentError as error:
    raise errors.PictureError(
      f'{path} cannot be decoded, expected a picture; remove it from the folder'
    ) from error


def _read(path: pathlib.Path, size: int) -> np.ndarray:
  picture = decode(path)
  resized = tf.image.resize(picture, [size, size], antialias=True)
  return np.round(resized.numpy()).clip(0, 255).astype(np.uint8)


def read_pictures(folder: pathlib.Path, size: int) -> np.ndarray:
  """The first pictures of a folder by name, each resized to a square.

  Raises:
    PictureError: There are none, or one cannot be decoded.
  """
  found = find(folder)
  if not found:
    raise errors.PictureError(
      f'{folder} holds no picture, expected files that end in '
      f'{", ".join(SUFFIXES)}; name a folder of some hundred that look like '
      'those the model will see: --representative_images=DIR'
    )
  return np.stack([_read(path, size) for path in found[:_MOST]])


def pictures_digest(pictures: np.ndarray) -> str:
  """SHA-256 of the bytes."""
  return hashlib.sha256(pictures.tobytes()).hexdigest()
