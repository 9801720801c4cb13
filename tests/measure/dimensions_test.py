"""The pixels of a picture are those that decoding it makes."""

import io
import struct

from PIL import Image
import pytest

from exporter.measure import dimensions


def _picture(form: str, size: tuple[int, int] = (7, 5)) -> bytes:
  file = io.BytesIO()
  Image.new('RGB', size, (9, 99, 199)).save(file, form)
  return file.getvalue()


@pytest.mark.parametrize('form', ['BMP', 'JPEG', 'PNG'])
def test_a_picture_is_as_large_as_it_is(form):
  assert dimensions.pixels(_picture(form)) == 35


@pytest.mark.parametrize(
  ('mode', 'bits'), [('P', 8), ('1', 1)], ids=['of 256 colours', 'of two']
)
def test_a_bmp_with_a_table_of_colours_is_none_that_is_read(mode, bits):
  file = io.BytesIO()
  Image.linear_gradient('L').convert('RGB').convert(mode).save(file, 'BMP')
  says = f'a BMP of {bits} bits a pixel with a table of colours'
  with pytest.raises(dimensions.UnknownPictureError, match=says):
    dimensions.pixels(file.getvalue())


def test_a_grey_bmp_is_read():
  file = io.BytesIO()
  Image.linear_gradient('L').save(file, 'BMP')
  assert dimensions.pixels(file.getvalue()) == 256 * 256


def test_a_gif_has_its_canvas_and_its_frames():
  file = io.BytesIO()
  frames = [Image.new('P', (7, 5), n) for n in range(3)]
  frames[0].save(file, 'GIF', save_all=True, append_images=frames[1:])
  assert dimensions.pixels(_picture('GIF')) == 70
  assert 35 < dimensions.pixels(file.getvalue()) <= 4 * 35


def test_a_head_is_believed():
  png, gif = _picture('PNG'), _picture('GIF')
  png = png[:16] + struct.pack('>II', 2**31 - 1, 2**31 - 1) + png[24:]
  frame = gif.index(b',')
  gif = gif[: frame + 5] + struct.pack('<HH', 65535, 65535) + gif[frame + 9 :]
  assert dimensions.pixels(png) == (2**31 - 1) ** 2
  assert dimensions.pixels(gif) == 35 + 65535**2


@pytest.mark.parametrize('form', ['BMP', 'GIF', 'JPEG', 'PNG'])
def test_what_is_cut_off_is_no_picture(form):
  for length in range(11):
    with pytest.raises(dimensions.UnknownPictureError):
      dimensions.pixels(_picture(form)[:length])


@pytest.mark.parametrize('form', ['TIFF', 'WEBP'])
def test_no_others_are_read(form):
  with pytest.raises(dimensions.UnknownPictureError):
    dimensions.pixels(_picture(form))
