"""Pictures are cropped and resized as TF-Slim's evaluation does.

The same is computed here without TensorFlow, from what its operations of
version 1 are defined to do.
"""

import numpy as np
from PIL import Image
import pytest

from exporter import errors
from exporter.measure import crops
import model_specs


def _line(length: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Where each new pixel lies between two old ones, without half pixels."""
  at = np.arange(size, dtype=np.float32) * np.float32(length / size)
  low = np.floor(at).astype(int)
  return low, np.minimum(low + 1, length - 1), at - low


def _bilinear(picture: np.ndarray, height: int, width: int) -> np.ndarray:
  top, bottom, down = _line(picture.shape[0], height)
  left, right, across = _line(picture.shape[1], width)
  across = across[np.newaxis, :, np.newaxis]
  down = down[:, np.newaxis, np.newaxis]
  rows = [
    picture[row][:, left] * (1 - across) + picture[row][:, right] * across
    for row in (top, bottom)
  ]
  return rows[0] * (1 - down) + rows[1] * down


def _central(picture: np.ndarray, size: int) -> np.ndarray:
  height, width = picture.shape[:2]
  top, left = (int((side - side * 0.875) / 2) for side in (height, width))
  part = picture[top : height - top, left : width - left] / 255
  return _bilinear(part, size, size)


def _aspect(picture: np.ndarray, size: int) -> np.ndarray:
  height, width = picture.shape[:2]
  scale = round(size * 256 / 224) / min(height, width)
  resized = _bilinear(picture, round(height * scale), round(width * scale))
  top, left = ((side - size) // 2 for side in resized.shape[:2])
  return resized[top : top + size, left : left + size] / 255


def _crop(picture: np.ndarray, size: int) -> np.ndarray:
  height, width = picture.shape[:2]
  top, left = ((side - size) // 2 for side in (height, width))
  return picture[top : top + size, left : left + size] / 255


@pytest.mark.parametrize('shape', [(50, 71), (200, 131), (32, 32)])
@pytest.mark.parametrize(
  ('how', 'expected'),
  [
    (crops.CENTRAL, _central),
    (crops.ASPECT, _aspect),
    (crops.CROP, _crop),
  ],
)
def test_each_pixel_is_as_defined(tmp_path, shape, how, expected):
  random = np.random.RandomState(1)
  picture = random.randint(0, 256, [*shape, 3]).astype(np.uint8)
  path = tmp_path / 'a.png'
  Image.fromarray(picture).save(path)
  crop = crops.read(path, 32, how)
  assert crop.dtype == np.float32
  assert crop.shape == (32, 32, 3)
  wanted = expected(picture.astype(np.float32), 32)
  np.testing.assert_allclose(crop, wanted, atol=1e-4)


@pytest.mark.parametrize(
  ('name', 'way'),
  [
    ('mobilenet_v2_100_224', crops.CENTRAL),
    ('inception_v3', crops.CENTRAL),
    ('resnet_v2_50', crops.CENTRAL),
    ('resnet_v1_50', crops.ASPECT),
    ('vgg_16', crops.ASPECT),
    ('inception_v4', crops.CENTRAL),
  ],
)
def test_the_way_is_that_of_the_training(name, way):
  assert crops.way(model_specs.get_model(name)) == way


@pytest.mark.parametrize('network', ['cifarnet', 'lenet'])
def test_networks_for_small_pictures_see_them_as_they_are(network):
  assert crops.way(model_specs.NETWORKS[network]) == crops.CROP


def test_a_smaller_picture_gets_a_black_border(tmp_path):
  Image.new('RGB', (2, 4), (51, 51, 51)).save(tmp_path / 'a.png')
  crop = crops.read(tmp_path / 'a.png', 4, crops.CROP)
  expected = np.zeros([4, 4, 3])
  expected[:, 1:3] = 0.2
  np.testing.assert_allclose(crop, expected, atol=1e-6)


def test_one_channel_is_how_bright_the_pixels_are(tmp_path):
  picture = np.full([4, 4, 3], (255, 0, 0), np.uint8)
  picture[0] = 102
  Image.fromarray(picture).save(tmp_path / 'a.png')
  crop = crops.read(tmp_path / 'a.png', 4, crops.CROP, channels=1)
  assert crop.dtype == np.float32
  expected = np.full([4, 4, 1], 0.299)
  expected[0] = 0.4
  np.testing.assert_allclose(crop, expected, atol=1e-6)


def test_grey_pictures_have_three_colours(tmp_path):
  Image.new('L', (40, 40), 51).save(tmp_path / 'a.png')
  crop = crops.read(tmp_path / 'a.png', 8, crops.CENTRAL)
  np.testing.assert_allclose(crop, np.full([8, 8, 3], 0.2), atol=1e-6)


def test_what_is_no_picture_is_named(tmp_path):
  (tmp_path / 'a.png').write_text('none')
  with pytest.raises(errors.PictureError, match=r'a\.png cannot be decoded'):
    crops.read(tmp_path / 'a.png', 8, crops.CENTRAL)


def test_a_narrow_picture_is_not_made_larger_than_memory(tmp_path):
  Image.new('RGB', (9000, 1)).save(tmp_path / 'line.png')
  says = r'line\.png: 1 x 9000 pixels become 256 x 2304000 .* cut the picture'
  with pytest.raises(errors.PictureError, match=says):
    crops.read(tmp_path / 'line.png', 224, crops.ASPECT)
  assert crops.read(tmp_path / 'line.png', 8, crops.CENTRAL).shape == (8, 8, 3)
