"""A folder of pictures -> bytes of one size, to measure ranges on."""

import hashlib
import pathlib

import numpy as np
import tensorflow as tf

from exporter import errors

_SUFFIXES = ('.bmp', '.gif', '.jpeg', '.jpg', '.png')
_MOST = 256  # More take longer and change nothing.


def _read(path: pathlib.Path, size: int) -> np.ndarray:
  try:
    picture = tf.io.decode_image(
      path.read_bytes(), channels=3, expand_animations=False
    )
  except tf.errors.InvalidArgumentError as error:
    raise errors.PictureError(
      f'{path} cannot be decoded, expected a picture; remove it from the folder'
    ) from error
  resized = tf.image.resize(picture, [size, size], antialias=True)
  return np.round(resized.numpy()).clip(0, 255).astype(np.uint8)


def read(folder: pathlib.Path, size: int) -> np.ndarray:
  """The first pictures of a folder by name, each resized to a square.

  Raises:
    PictureError: There are none, or one cannot be decoded.
  """
  found = sorted(p for p in folder.glob('*') if p.suffix.lower() in _SUFFIXES)
  if not found:
    raise errors.PictureError(
      f'{folder} holds no picture, expected files that end in '
      f'{", ".join(_SUFFIXES)}; name a folder of some hundred that look like '
      'those the model will see: --representative_images=DIR'
    )
  return np.stack([_read(path, size) for path in found[:_MOST]])


def digest(pictures: np.ndarray) -> str:
  """SHA-256 of the bytes."""
  return hashlib.sha256(pictures.tobytes()).hexdigest()
