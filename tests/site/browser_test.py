"""The site as its readers have it: in Chromium, on desks and on phones."""

import pathlib
import re
from urllib import request

from playwright import sync_api
import pytest

import model_specs
from tests import browser as browser_lib
from tests.site import reader
from tests.site import some_site

_HANDLE = f'{some_site.LITERT.origin}.html'
_PAGES = (
  'index.html',
  'choice.html',
  'catalogue.html',
  'clients.html',
  'families/mobilenet_v2.html',
  'guides/deploy.html',
  _HANDLE,
  'google/imagenet/mobilenet_v1_025_128/classification/5.litert/float32.html',
)
# Pages that people look at -> what their pictures are called.
_PICTURES = {
  'index.html': 'home',
  'choice.html': 'choice',
  'families/mobilenet_v2.html': 'family',
  _HANDLE: 'handle',
}


@pytest.fixture(name='site', scope='module')
def _site(tmp_path_factory) -> pathlib.Path:
  return some_site.built(tmp_path_factory)


@pytest.fixture(name='browser', scope='module')
def _browser():
  with browser_lib.launch() as browser:
    yield browser


@pytest.fixture(name='url', scope='module')
def _url(tmp_path_factory):
  """The site in a sub-path."""
  site = some_site.built(tmp_path_factory)
  path = f'{site.parent.name}/{site.name}'
  with browser_lib.serve(site.parent.parent, path) as root:
    yield f'{root}/{path}/'


@pytest.fixture(name='read')
def _read(browser, url):
  with reader.readers(browser, url) as read:
    yield read


def test_the_chart_has_a_mark_for_every_model_and_leads_to_it(read):
  page = read().open()
  marks = page.locator('.chart-wide .chart-link')
  # Of most models for 8 bits nobody published how accurate they are.
  ranked = [m for m in model_specs.MODELS if m.figures.top1_percent]
  assert marks.count() == len(ranked)
  mark = page.locator('.chart-wide').get_by_role(
    'link', name='MobileNet V2 1.4, 224 px: top-1 75.0 %, 582 million MACs'
  )
  mark.hover()
  assert page.locator('.chart-details').first.inner_text() == (
    'MobileNet V2 1.4, 224 px\ntop-1 75.0 %, 582 million MACs'
  )
  mark.click()
  assert page.url.endswith('mobilenet_v2_140_224/classification/5.html')


def test_the_chart_can_be_skipped_and_its_marks_reached_by_keys(read):
  page = read().open()
  page.locator('.chart-skip').focus()
  page.keyboard.press('Tab')
  assert page.locator('.chart-details').first.is_visible()
  page.keyboard.press('Enter')
  page.wait_for_url('**/classification/5.html')


def _search(page: sync_api.Page, words: str) -> None:
  """Types words once the search, which answers each letter, is ready."""
  page.get_by_role('textbox', name='Search').click()
  ready = page.locator('.md-search-result__meta')
  sync_api.expect(ready).to_have_text(
    'Type to start searching', timeout=browser_lib.PATIENCE
  )
  page.keyboard.type(words)


@pytest.mark.parametrize('root', ['http', 'file'])
def test_search_finds_a_handle_also_without_a_server(read, site, url, root):
  page = read(url if root == 'http' else f'{site.as_uri()}/').open()
  _search(page, 'mobilenet_v2_035_160')
  first = page.locator('.md-search-result__link').first
  # Before, it lists what matches the letters that were typed by then.
  sync_api.expect(first).to_have_attribute(
    'href', re.compile('/mobilenet_v2_035_160/'), timeout=browser_lib.PATIENCE
  )
  first.click()
  assert '/mobilenet_v2_035_160/' in page.url


def test_search_finds_something_by_a_first_letter(read):
  page = read().open()
  _search(page, 'm')
  page.locator('.md-search-result__link').first.wait_for()


def test_search_finds_what_a_guide_says(read):
  page = read().open()
  _search(page, 'representative_images')
  page.locator('.md-search-result__link[href*=guides]').first.wait_for()


def test_what_is_copied_is_what_stands_there(read):
  window = read(permissions=['clipboard-read', 'clipboard-write'])
  page = window.open(_HANDLE)
  page.locator('.highlight').first.hover()
  page.get_by_role('button', name='Copy').first.click()
  page.get_by_text('Copied to clipboard').wait_for()
  copied = page.evaluate('navigator.clipboard.readText()')
  assert copied.strip() == str(some_site.LITERT.origin)


def test_a_handle_leads_to_its_versions_task_and_neighbours(read):
  page = read().open(_HANDLE)
  versions = page.get_by_role('navigation', name='Versions')
  versions.get_by_text('Version 3').click()
  assert page.url.endswith('/classification/3.html')
  page.get_by_role('navigation', name='Tasks').get_by_text('feature').click()
  assert page.url.endswith('/feature_vector/3.html')
  page.get_by_role('link', name='MobileNet V1 0.5, 128 px').click()
  assert page.url.endswith('mobilenet_v1_050_128/feature_vector/3.html')


def test_the_code_of_one_way_to_use_it_is_shown_at_a_time(read):
  page = read().open(_HANDLE)
  code = page.locator('.tabbed-content')
  assert 'TFSMLayer' in code.inner_text()
  page.locator('.tabbed-labels').get_by_text('LiteRT').click()
  code.get_by_text('get_signature_runner').wait_for()
  shown = code.inner_text()
  assert 'get_signature_runner' in shown
  assert 'TFSMLayer' not in shown


def test_a_download_arrives(read):
  page = read().open(_HANDLE)
  with page.expect_download() as started:
    page.get_by_role('link', name='5.tar.gz').click()
  assert started.value.suggested_filename == '5.tar.gz'
  assert pathlib.Path(started.value.path()).stat().st_size > 100


@pytest.mark.parametrize(
  'missing', ['nothing.html', 'google/imagenet/mobilenet_v9/classification/1']
)
def test_an_address_that_is_not_there_leads_back(browser, url, missing):
  window = reader.Reader(browser, url)
  page = window.open(missing)
  assert page.get_by_role('heading').inner_text() == 'There is no such page'
  name = 'mobilenet_v9' if '/' in missing else 'nothing'
  search = page.get_by_role('link', name=f'Search for {name}')
  search.wait_for()
  assert missing in page.locator('#address').inner_text()
  _audit(page)
  hrefs = page.get_by_role('link').evaluate_all('all => all.map(a => a.href)')
  assert hrefs == [
    f'{url}index.html',
    f'{url}choice.html',
    f'{url}index.html?q={name}',
  ]
  # A browser notes each answer of 404; nothing else was wrong.
  assert all('404' in problem for problem in window.problems)
  search.click()
  page.wait_for_url(f'{url}index.html*')
  typed = page.get_by_role('textbox', name='Search')
  page.wait_for_function('e => e.value', arg=typed.element_handle())
  assert typed.input_value() == name
  window.context.close()


def _keep(page: sync_api.Page, name: str, look: str = '') -> None:
  """Keeps a picture of a page, if people look at that."""
  if name in _PICTURES:
    picture = f'{_PICTURES[name]}{look}'
    path = browser_lib.SCREENSHOTS / f'{picture}.png'
    page.screenshot(path=path, full_page=picture == 'home')
    assert path.stat().st_size > 10_000


@pytest.mark.parametrize('name', _PAGES)
def test_a_page_passes_an_audit_for_all_readers(read, name):
  page = read().open(name)
  assert re.search(r' - slimhub$', page.title())
  _audit(page)
  _keep(page, name)


@pytest.mark.parametrize('name', ['index.html', _HANDLE])
def test_colours_can_be_told_apart_in_the_dark(read, name):
  page = read(color_scheme='dark').open(name)
  _audit(page, 'color-contrast')
  _keep(page, name, '_dark')


def _audit(page: sync_api.Page, *rules: str) -> None:
  bars = page.locator('nav.md-code__nav:not([role])')
  bars.first.wait_for(state='detached')  # The theme's script is through.
  reader.audit(page, *rules)


def test_dark_is_dark_and_can_be_chosen(read):
  page = read(color_scheme='light').open()
  body = page.locator('body')
  light = body.evaluate('e => getComputedStyle(e).backgroundColor')
  page.get_by_role('button', name='Always light').or_(
    page.locator('label[title="Always light"]')
  ).first.click()
  page.locator('label[title="Always dark"]').click()
  page.wait_for_function('document.body.dataset.mdColorScheme === "slate"')
  assert body.evaluate('e => getComputedStyle(e).backgroundColor') != light


@pytest.mark.parametrize('name', _PAGES)
def test_on_a_phone_nothing_but_tables_moves_sideways(read, name):
  page = read(viewport=reader.PHONE, has_touch=True).open(name)
  width = page.evaluate('document.documentElement.scrollWidth')
  assert width <= reader.PHONE['width']
  texts = page.locator('.md-content :is(p, li, h1, h2, dd)')
  wide = texts.evaluate_all(
    """(all, width) => all.filter((each) =>
         each.getBoundingClientRect().right > width + 1
         && !each.closest('table, .chart-details')
       ).map((each) => each.textContent)""",
    reader.PHONE['width'],
  )
  assert not wide
  _keep(page, name, '_phone')


def test_every_page_is_served(site, url):
  for path in site.rglob('*.html'):
    name = path.relative_to(site).as_posix()
    asked = request.Request(url + name, method='HEAD')
    with request.urlopen(asked) as answer:
      assert answer.status == 200, name
