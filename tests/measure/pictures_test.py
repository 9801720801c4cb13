"""Pictures to measure ranges on: read, or one error that says what to do."""

import os

import numpy as np
from PIL import Image
import pytest

from exporter import errors
from exporter.measure import pictures


def _save(path, color, size=(20, 10)):
  Image.new('RGB', size, color).save(path)


def test_pictures_come_by_name_and_in_one_size(tmp_path):
  _save(tmp_path / 'b.png', (0, 255, 0))
  _save(tmp_path / 'a.JPG', (255, 0, 0))
  (tmp_path / 'notes.txt').write_text('no picture')
  images = pictures.read_pictures(tmp_path, 8)
  assert images.shape == (2, 8, 8, 3)
  assert images.dtype == np.uint8
  assert images[0, 4, 4, 0] > 250
  assert tuple(images[1, 4, 4]) == (0, 255, 0)


def test_grey_ones_and_those_with_alpha_have_three_colors(tmp_path):
  Image.new('L', (9, 9), 100).save(tmp_path / 'grey.png')
  Image.new('RGBA', (9, 9), (100, 100, 100, 7)).save(tmp_path / 'alpha.png')
  assert np.all(pictures.read_pictures(tmp_path, 4) == 100)


def test_one_channel_is_how_bright_the_pixels_are(tmp_path):
  Image.new('L', (9, 9), 100).save(tmp_path / 'a.png')
  _save(tmp_path / 'b.png', (0, 0, 255))
  images = pictures.read_pictures(tmp_path, 4, channels=1)
  assert images.shape == (2, 4, 4, 1)
  assert np.all(images[0] == 100)
  assert np.all(images[1] == 29)


def test_of_a_large_folder_some_are_read_from_all_over_it(
  tmp_path, monkeypatch
):
  monkeypatch.setattr(pictures, '_MOST', 3)
  for number in range(7):
    _save(tmp_path / f'{number}.png', (number, 0, 0))
  images = pictures.read_pictures(tmp_path, 4)
  assert images[:, 0, 0, 0].tolist() == [0, 2, 4]


@pytest.mark.parametrize('exists', [True, False])
def test_no_picture_is_an_error(tmp_path, exists):
  folder = tmp_path if exists else tmp_path / 'none'
  with pytest.raises(errors.PictureError, match='holds no picture'):
    pictures.read_pictures(folder, 8)


@pytest.mark.parametrize('name', ['b.webp', 'c.TIFF'])
def test_pictures_that_would_be_left_out_are_named(tmp_path, name):
  _save(tmp_path / 'a.png', (0, 0, 0))
  (tmp_path / f'.{name}').touch()
  assert len(pictures.read_pictures(tmp_path, 8)) == 1
  (tmp_path / name).touch()
  with pytest.raises(errors.PictureError, match=f'left out, .*: {name}; conv'):
    pictures.read_pictures(tmp_path, 8)


def test_what_is_no_picture_is_named(tmp_path):
  (tmp_path / 'torn.png').write_bytes(b'\x89PNG')
  with pytest.raises(errors.PictureError, match=r'torn\.png cannot be decoded'):
    pictures.read_pictures(tmp_path, 8)


def test_a_picture_is_no_larger_than_memory(tmp_path):
  Image.new('1', (16000, 16000)).save(tmp_path / 'bomb.png')
  message = r'bomb\.png has 256,000,000 pixels, expected at most 67,108,864'
  with pytest.raises(errors.PictureError, match=message):
    pictures.decode(tmp_path / 'bomb.png')


def test_what_never_ends_is_no_picture(tmp_path):
  os.mkfifo(tmp_path / 'pipe.png')
  with pytest.raises(errors.PictureError, match=r'pipe\.png .* a named pipe'):
    pictures.read_pictures(tmp_path, 8)
  with (tmp_path / 'large.png').open('wb') as file:
    file.truncate(2**30)
  with pytest.raises(errors.PictureError, match='at most 268,435,456'):
    pictures.decode(tmp_path / 'large.png')


def test_the_digest_is_that_of_the_pixels(tmp_path):
  _save(tmp_path / 'a.png', (1, 2, 3))
  first = pictures.pictures_digest(pictures.read_pictures(tmp_path, 8))
  assert first == pictures.pictures_digest(pictures.read_pictures(tmp_path, 8))
  _save(tmp_path / 'a.png', (1, 2, 4))
  assert first != pictures.pictures_digest(pictures.read_pictures(tmp_path, 8))
