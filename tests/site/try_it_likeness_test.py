"""Pages of feature vectors: two pictures, and how alike they are."""

import pathlib

import numpy as np
from PIL import Image
import pytest

from exporter import formats
from exporter.checkpoints import synthetic
from exporter.storage import places
from tests import browser as browser_lib
from tests.site import in_page
from tests.site import reader

_PAGE = f'{in_page.FEATURES}.html'
# What a page sees of its two pictures, as bytes, and what it says of them.
_SEEN = """() => {
  const canvases = document.querySelectorAll('.try-it-picture canvas');
  return [...canvases].map((canvas) => {
    const {width, height} = canvas;
    const context = canvas.getContext('2d');
    return [...context.getImageData(0, 0, width, height).data];
  });
}"""
_DROP = """([selector, name, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(bytes)], name));
  const event = new DragEvent('drop', {dataTransfer: files, bubbles: true});
  document.querySelector(selector).dispatchEvent(event);
}"""


@pytest.fixture(name='site', scope='module')
def _site() -> pathlib.Path:
  return in_page.site()


@pytest.fixture(name='browser', scope='module')
def _browser():
  with browser_lib.launch() as browser:
    yield browser


@pytest.fixture(name='read')
def _read(browser, site):
  with (
    browser_lib.serve(site.parent.parent) as root,
    reader.readers(browser, f'{root}/sub/site/') as read,
  ):
    yield read


@pytest.fixture(name='pictures')
def _pictures(tmp_path) -> list[pathlib.Path]:
  """Two files, of noise and of a ramp."""
  ramp = np.linspace(0, 255, 300, dtype=np.uint8)
  ramps = np.broadcast_to(ramp[None, :, None], [200, 300, 3])
  (noise,) = synthetic.synthetic_pictures(1, 400)
  paths = [tmp_path / 'noise.png', tmp_path / 'ramp.png']
  for path, picture in zip(paths, (noise, ramps), strict=True):
    Image.fromarray(picture).save(path)
  return paths


def _start(page):
  page.get_by_role('button', name='Load the model').click()
  _says(page, 'Sample and Sample, mirrored: alike to')
  return page


def _says(page, text: str) -> str:
  status = page.get_by_role('status').filter(has_text=text)
  status.wait_for()
  return status.inner_text()


def _expected(page) -> float:
  """How alike the pictures that a page sees are, as Python computes it."""
  size = in_page.FEATURES.spec.size
  pixels = np.array(page.evaluate(_SEEN), np.uint8).reshape([2, size, size, 4])
  artifact = places.place(in_page.exports(), in_page.FEATURES).artifact
  images = pixels[..., :3] / np.float32(255)
  first, second = formats.load(in_page.FEATURES, artifact)(images)
  return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def _shown(page) -> float:
  text = page.locator('.try-it-alike').inner_text()
  return float(text.removeprefix('Alike to '))


@pytest.mark.parametrize(
  ('root', 'backend'), [('http', 'wasm'), ('file', 'cpu')]
)
def test_a_page_computes_what_python_does(read, site, root, backend, pictures):
  window = read() if root == 'http' else read(f'{site.as_uri()}/')
  page = window.open(_PAGE)
  if root == 'file':
    window.context.set_offline(True)
  _start(page)
  proof = page.locator('.try-it-check').inner_text()
  assert proof.startswith('The same numbers as the proof: your browser has')
  assert '256 features' in proof
  of_samples = _shown(page)
  assert of_samples == pytest.approx(_expected(page), abs=6e-4)
  for which, path in zip(('first', 'second'), pictures, strict=True):
    page.get_by_label(f'Choose the {which} picture').set_input_files(path)
    _says(page, path.name)
  text = _says(page, 'noise.png and ramp.png: alike to')
  assert f'in this browser ({backend})' in text
  assert _shown(page) == pytest.approx(_expected(page), abs=6e-4)
  assert _shown(page) < of_samples


def test_a_picture_is_as_itself(read):
  page = _start(read().open(_PAGE))
  second = page.get_by_role('group', name='The second picture')
  second.get_by_role('button', name='Sample', exact=True).click()
  _says(page, 'Sample and Sample: alike to 1.000')


def test_a_picture_that_is_dropped_goes_where_it_is_dropped(read, pictures):
  page = _start(read().open(_PAGE))
  for place, path in enumerate(pictures, 1):
    dropped = [
      f'fieldset:nth-of-type({place}) .try-it-drop',
      path.name,
      [*path.read_bytes()],
    ]
    page.evaluate(_DROP, dropped)
    _says(page, path.name)
  _says(page, 'noise.png and ramp.png: alike to')
  dropped = ['.try-it-alike', 'notes.txt', [*b'no picture']]
  page.evaluate(_DROP, dropped)
  _says(page, 'That failed: notes.txt is no picture that this browser reads')
  assert _shown(page) == pytest.approx(_expected(page), abs=6e-4)


def test_keys_are_enough(read):
  page = read().open(_PAGE)
  page.get_by_role('button', name='Load the model').focus()
  page.keyboard.press('Enter')
  _says(page, 'Sample and Sample, mirrored: alike to')
  focused = page.locator(':focus')
  focused.wait_for()
  assert focused.inner_text() == 'Sample'
  page.keyboard.press('Tab')
  assert page.locator(':focus').inner_text() == 'Sample, mirrored'
  page.keyboard.press('Space')
  _says(page, 'Sample, mirrored and Sample, mirrored: alike to 1.000')


@pytest.mark.parametrize(('name', 'settings'), reader.LOOKS.items())
def test_all_readers_can_use_it(read, name, settings):
  page = _start(read(**settings).open(_PAGE))
  reader.look(page, f'likeness{name}')
