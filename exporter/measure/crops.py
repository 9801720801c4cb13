"""Prepares pictures as TF-Slim does to evaluate its networks.

There are three ways. Most networks see the central 87.5 % of height and width,
resized. Networks that were trained on colours minus their mean see the central
square of a picture whose shorter side was resized. Both ways resize by the
bilinear rule of TensorFlow 1, which does not centre pixels. Networks for small
pictures of one size see them unresized, cropped or padded to that size.
"""

import math
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow.python.util import deprecation

from exporter import errors
from exporter.measure import pictures
import model_specs

CENTRAL = 'central crop of 87.5 %, bilinear'
ASPECT = 'shorter side to 256/224 of the size, bilinear, central crop'
CROP = 'central crop, with black around smaller pictures'
_FRACTION = 0.875
_WHITE = 255.0


def way(model: model_specs.ModelSpec) -> str:
  """The way in which TF-Slim evaluates a model: CENTRAL, ASPECT or CROP."""
  if model.family.is_cropped:
    return CROP
  has_mean = isinstance(model.family.preprocessing.offset, tuple)
  return ASPECT if has_mean else CENTRAL


def _resize(picture: tf.Tensor, height: int, width: int) -> tf.Tensor:
  # TensorFlow calls it deprecated, and TF-Slim evaluated with no other.
  with deprecation.silence():
    resized = tf.compat.v1.image.resize_bilinear(
      picture[tf.newaxis], [height, width], align_corners=False
    )
  return resized[0]


def _central(picture: tf.Tensor, size: int) -> tf.Tensor:
  colours = tf.image.convert_image_dtype(picture, tf.float32)
  return _resize(tf.image.central_crop(colours, _FRACTION), size, size)


def _aspect(picture: tf.Tensor, size: int) -> tf.Tensor:
  height, width = picture.shape[:2]
  scale = round(size / _FRACTION) / min(height, width)
  sides = [int(np.rint(side * scale)) for side in (height, width)]
  if math.prod(sides) > pictures.MOST_PIXELS:  # The picture is very narrow.
    raise errors.PictureError(
      f'{height} x {width} pixels become {sides[0]} x {sides[1]} where the '
      f'shorter side is {min(sides)}, expected at most '
      f'{pictures.MOST_PIXELS:,} together; cut the picture'
    )
  resized = _resize(picture, *sides)
  top, left = ((side - size) // 2 for side in sides)
  return resized[top : top + size, left : left + size] / _WHITE


def _crop(picture: tf.Tensor, size: int) -> tf.Tensor:
  cropped = tf.image.resize_with_crop_or_pad(picture, size, size)
  return tf.cast(cropped, tf.float32) / _WHITE


_CROPS = {CENTRAL: _central, ASPECT: _aspect, CROP: _crop}


def read(
  path: pathlib.Path, size: int, how: str, channels: int = 3
) -> np.ndarray:
  """Reads a picture as a square of colours in [0, 1].

  Args:
    path: The file.
    size: Height and width of the square, in pixels.
    how: CENTRAL, ASPECT or CROP.
    channels: 3, or 1 for how bright each pixel is.

  Returns:
    An array of float32 and of shape [size, size, channels].

  Raises:
    PictureError: The file cannot be decoded, or is too large.
  """
  picture = pictures.decode(path)
  try:
    square = _CROPS[how](picture, size).numpy()
  except errors.PictureError as error:
    raise errors.PictureError(f'{path}: {error}') from error
  return pictures.grey(square) if channels == 1 else square
