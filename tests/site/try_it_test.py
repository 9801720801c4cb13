"""Models that run in their pages: the same numbers, and nothing leaves them."""

import dataclasses
import pathlib
import shutil

from axe_playwright_python import sync_playwright as axe
import numpy as np
from PIL import Image
import pytest

from exporter import formats as formats_lib
from exporter import pipeline
from exporter.checkpoints import synthetic
from exporter.site import build
from exporter.site import entries
from exporter.site import model_page
from exporter.site import page as page_lib
from exporter.site import tree
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import labels
from tests import browser as browser_lib
from tests import shared
from tests import some_manifest
from tests.site import reader

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/5'
)
_CONVERSION = formats.convert(_HANDLE, kinds.get('tfjs.float32'))
_PAGE = f'{_HANDLE}.html'
_CAMERA = (
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
)


def _export(folder: pathlib.Path) -> None:
  pipeline.export_models(
    _HANDLE,
    output_dir=folder,
    weights='synthetic',
    formats=('tf2', 'tfjs.float32'),
  )


def _exports() -> pathlib.Path:
  return shared.once('try_it_exports', _export)


def _pages(collection: entries.Collection) -> dict[str, str]:
  """The part of the model's page that is tested, and a first page."""
  (entry,) = (e for e in collection.entries if _HANDLE in e.handles)
  page = entries.page(_HANDLE)
  part = model_page._try_it(_HANDLE, entry, collection, page)
  texts = {page_lib.HOME: '# Home\n'}
  return {**texts, page: page_lib.join('# MobileNet V1', part)}


def _build(folder: pathlib.Path) -> None:
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(tree, 'pages', _pages)
    patch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
    build.write_site(folder / 'sub' / 'site', _exports())


@pytest.fixture(name='site', scope='module')
def _site() -> pathlib.Path:
  return shared.once('try_it_site', _build) / 'sub' / 'site'


@pytest.fixture(name='browser', scope='module')
def _browser():
  with browser_lib.launch(*_CAMERA) as browser:
    yield browser


@pytest.fixture(name='read')
def _read(browser, site):
  with (
    browser_lib.serve(site.parent.parent) as root,
    reader.readers(browser, f'{root}/sub/site/') as read,
  ):
    yield read


def _start(page):
  page.get_by_role('button', name='Load the model').click()
  page.locator('.try-it-classes li').nth(4).wait_for()
  return page


def _logits(page, pictures: np.ndarray) -> np.ndarray:
  """What the page computes of pictures."""
  return np.array(
    [
      page.evaluate(
        """async (picture) => {
          const [{model}] = slimhubTryIt.shown;
          return [...(await model.run(Uint8Array.from(picture))).logits];
        }""",
        picture.ravel().tolist(),
      )
      for picture in pictures
    ]
  )


@pytest.mark.parametrize(
  ('root', 'backend'), [('http', 'wasm'), ('file', 'cpu')]
)
def test_a_page_computes_what_python_does(read, site, root, backend):
  window = read() if root == 'http' else read(f'{site.as_uri()}/')
  page = window.open(_PAGE)
  if root == 'file':
    window.context.set_offline(True)
  _start(page)
  says = page.locator('.try-it-check').inner_text()
  assert says.startswith('The same numbers as the proof: your browser has')
  assert '1001 logits' in says
  status = page.get_by_role('status').inner_text()
  assert f'in this browser ({backend})' in status
  pictures = synthetic.synthetic_pictures(2, _HANDLE.spec.size)
  artifact = places.place(_exports(), _HANDLE).artifact
  run = formats_lib.load(_HANDLE, artifact)
  expected = run(pictures / np.float32(255))
  apart = np.abs(_logits(page, pictures) - expected) / np.std(expected)
  assert apart.max() < 1e-4


def test_the_first_five_classes_are_named_with_their_shares(read):
  page = _start(read().open(_PAGE))
  untrained = 'Its weights are synthetic: what it says means nothing.'
  assert untrained in page.locator('.try-it').inner_text()
  names = page.locator('.try-it-name').all_inner_texts()
  assert len(names) == 5
  assert set(names) <= set(labels.of(_HANDLE))
  shares = [
    float(text.removesuffix(' %'))
    for text in page.locator('.try-it-share').all_inner_texts()
  ]
  assert shares == sorted(shares, reverse=True)
  assert 0 < sum(shares) <= 100
  picture = page.get_by_role('img', name='What the model sees: Sample picture')
  assert picture.is_visible()


def test_a_picture_of_ones_own_is_classified_and_no_other_file(read, tmp_path):
  page = _start(read().open(_PAGE))
  picture = synthetic.synthetic_pictures(3, 400)[2]
  Image.fromarray(picture).save(tmp_path / 'cat.png')
  (tmp_path / 'notes.txt').write_text('no picture')
  choose, status = page.get_by_label('Choose'), page.get_by_role('status')
  choose.set_input_files(tmp_path / 'cat.png')
  status.filter(has_text='cat.png:').wait_for()
  assert page.get_by_role('img', name='What the model sees: cat.png').count()
  choose.set_input_files(tmp_path / 'notes.txt')
  says = 'That failed: notes.txt is no picture that this browser reads'
  status.filter(has_text=says).wait_for()


def test_the_camera_is_watched_until_it_is_stopped(read):
  page = _start(read(permissions=['camera']).open(_PAGE))
  camera = page.get_by_role('button', name='Camera')
  camera.click()
  page.get_by_role('status').filter(has_text='Camera:').wait_for()
  assert camera.get_attribute('aria-pressed') == 'true'
  camera.click()
  assert camera.get_attribute('aria-pressed') == 'false'
  assert page.evaluate('slimhubTryIt.shown[0].video') is None


def test_keys_are_enough(read):
  page = read().open(_PAGE)
  page.get_by_role('button', name='Load the model').focus()
  page.keyboard.press('Enter')
  page.locator('.try-it-classes li').nth(4).wait_for()
  focused = page.locator(':focus')
  focused.wait_for()
  assert focused.inner_text() == 'Sample picture'


def test_numbers_that_are_not_those_of_the_proof_are_called_so(read, site):
  window = read()
  script = '**/float32.in_page/1.js'

  def spoil(route) -> None:
    text = (site / f'{_CONVERSION.stem}.in_page' / '1.js').read_text()
    middle = len(text) // 2 // 4 * 4
    route.fulfill(body=f'{text[:middle]}{"A" * 4000}{text[middle + 4000 :]}')

  window.context.route(script, spoil)
  page = _start(window.open(_PAGE))
  says = page.locator('.try-it-check')
  assert says.inner_text().startswith('Not the numbers of the proof: 1001')
  assert 'try-it-wrong' in says.get_attribute('class')


@pytest.mark.parametrize(
  ('picture', 'settings'),
  [
    ('try_it', {}),
    ('try_it_dark', {'color_scheme': 'dark'}),
    ('try_it_phone', {'viewport': reader.PHONE, 'color_scheme': 'dark'}),
  ],
)
def test_all_readers_can_use_it(read, picture, settings):
  page = _start(read(**settings).open(_PAGE))
  result = axe.Axe().run(page.locator('.try-it').page)
  assert not [
    f'{violation["id"]}: {node["html"][:90]}'
    for violation in result.response['violations']
    for node in violation['nodes']
  ]
  width = page.evaluate('document.documentElement.scrollWidth')
  assert width <= page.viewport_size['width']
  path = browser_lib.SCREENSHOTS / f'{picture}.png'
  page.screenshot(path=path, full_page=True)
  assert path.stat().st_size > 10_000


def test_without_an_export_there_is_nothing_of_it(tmp_path):
  collection = entries.Collection(entries.collect({}))
  (entry,) = (e for e in collection.entries if _HANDLE in e.handles)
  page = entries.page(_HANDLE)
  assert not model_page._try_it(_HANDLE, entry, collection, page)
  read = build._read(_exports(), tmp_path, has_downloads=False)
  assert not read.in_page


def test_vectors_of_other_weights_are_not_compared(tmp_path):
  exports = _exports()
  read = build._read(exports, tmp_path / 'whole')
  assert read.in_page.keys() == {str(_CONVERSION)}
  about = tmp_path / 'whole' / read.in_page[str(_CONVERSION)].about
  assert '"vector": {"picture"' in about.read_text()
  copy = pathlib.Path(shutil.copytree(exports, tmp_path / 'copy'))
  file = places.place(copy, _HANDLE).manifest
  made = some_manifest.read(file)
  others = dataclasses.replace(made.weights, sha256='ab' * 32)
  file.write_text(dataclasses.replace(made, weights=others).to_json())
  build._read(copy, tmp_path / 'other')
  about = tmp_path / 'other' / read.in_page[str(_CONVERSION)].about
  assert '"vector": null' in about.read_text()
