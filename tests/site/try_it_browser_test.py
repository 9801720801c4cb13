"""Models that run in their pages: the same numbers, and nothing leaves them."""

import json
import pathlib

import numpy as np
from PIL import Image
import pytest

from exporter import formats
from exporter.checkpoints import synthetic
from exporter.storage import places
from model_specs import labels
from tests import browser as browser_lib
from tests import hub_server
from tests.site import in_page
from tests.site import reader

_PAGE = f'{in_page.HANDLE}.html'
_CAMERA = (
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
)


@pytest.fixture(name='site', scope='module')
def _site() -> pathlib.Path:
  return in_page.site()


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
          return [...(await model.run(Uint8Array.from(picture))).numbers];
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
  pictures = synthetic.synthetic_pictures(2, in_page.HANDLE.spec.size)
  artifact = places.place(in_page.exports(), in_page.HANDLE).artifact
  run = formats.load(in_page.HANDLE, artifact)
  expected = run(pictures / np.float32(255))
  apart = np.abs(_logits(page, pictures) - expected) / np.std(expected)
  assert apart.max() < 1e-4


def test_a_hub_lets_its_pages_run_their_models(browser, site):
  exports = in_page.exports()
  with (
    hub_server.serve(exports, f'--site_dir={site}') as hub,
    reader.readers(browser, f'{hub.url}/') as read,
  ):
    page = _start(read().open(_PAGE))
    assert '(wasm)' in page.get_by_role('status').inner_text()
    assert page.locator('.try-it-check').inner_text().startswith('The same')


@pytest.mark.parametrize(
  ('wasm', 'backend'), [("'wasm-unsafe-eval'", 'wasm'), ('', 'cpu')]
)
def test_the_scripts_of_the_site_itself_are_enough(
  browser, site, wasm, backend
):
  policy = (
    f"default-src 'self'; script-src 'self' 'unsafe-inline' {wasm}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:"
  )

  def guard(route) -> None:
    answer = route.fetch()
    headers = {**answer.headers, 'content-security-policy': policy}
    route.fulfill(response=answer, headers=headers)

  with browser_lib.serve(site.parent.parent) as root:
    window = reader.Reader(browser, f'{root}/sub/site/')
    window.context.route('**/*.html', guard)
    page = _start(window.open(_PAGE))
    assert f'({backend})' in page.get_by_role('status').inner_text()
    assert page.locator('.try-it-check').inner_text().startswith('The same')
    # TensorFlow.js says so where it may run no WebAssembly.
    assert bool(window.problems) == (backend == 'cpu'), window.problems
    window.context.close()


def test_the_first_five_classes_are_named_with_their_shares(read):
  page = _start(read().open(_PAGE))
  untrained = 'Its weights are synthetic: what it says means nothing.'
  assert untrained in page.locator('.try-it').inner_text()
  names = page.locator('.try-it-name').all_inner_texts()
  assert len(names) == 5
  assert set(names) <= set(labels.of(in_page.HANDLE))
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
  seen = page.get_by_role('img', name='What the model sees: cat.png')
  classes = page.get_by_role('list', name='Most probable classes')
  assert seen.count()
  assert classes.get_by_role('listitem').count() == 5
  choose.set_input_files(tmp_path / 'notes.txt')
  says = 'That failed: notes.txt is no picture that this browser reads'
  status.filter(has_text=says).wait_for()
  assert not seen.count()
  assert not classes.get_by_role('listitem').count()


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
    text = (site / f'{in_page.CONVERSION.stem}.in_page' / '1.js').read_text()
    middle = len(text) // 2 // 4 * 4
    route.fulfill(body=f'{text[:middle]}{"A" * 4000}{text[middle + 4000 :]}')

  window.context.route(script, spoil)
  page = _start(window.open(_PAGE))
  says = page.locator('.try-it-check')
  assert says.inner_text().startswith('Not the numbers of the proof: 1001')
  assert 'try-it-wrong' in says.get_attribute('class')


def test_a_class_is_shown_as_it_is_called_and_does_nothing(read, site):
  window = read()
  name = '<img src=x onerror=alert(1)>'

  def rename(route) -> None:
    text = (
      site / f'{in_page.CONVERSION.stem}.in_page' / 'about.js'
    ).read_text()
    for label in set(labels.of(in_page.HANDLE)):
      text = text.replace(json.dumps(label), json.dumps(name))
    route.fulfill(body=text)

  window.context.route('**/about.js', rename)
  page = _start(window.open(_PAGE))
  assert page.locator('.try-it-name').all_inner_texts() == [name] * 5
  assert not page.locator('.try-it-classes img').count()


@pytest.mark.parametrize(('name', 'settings'), reader.LOOKS.items())
def test_all_readers_can_use_it(read, name, settings):
  page = _start(read(**settings).open(_PAGE))
  reader.look(page, f'try_it{name}')
