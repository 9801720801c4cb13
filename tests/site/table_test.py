"""The table of all models, as its readers have it in Chromium."""

import pytest

from exporter.site import choice
import model_specs
from tests import browser as browser_lib
from tests import some_speed
from tests.site import reader
from tests.site import some_site

_ALL = 2 * len(model_specs.MODELS)  # Each comes for two tasks.


@pytest.fixture(name='browser', scope='module')
def _browser():
  with browser_lib.launch() as browser:
    yield browser


@pytest.fixture(name='url', scope='module')
def _url(tmp_path_factory):
  """The site in a sub-path."""
  site = some_site.built(tmp_path_factory)
  with browser_lib.serve(site.parent.parent) as root:
    yield f'{root}/{site.parent.name}/{site.name}/'


@pytest.fixture(name='read')
def _read(browser, url):
  with reader.readers(browser, url) as read:
    yield read


def test_the_table_sorts_both_ways_and_a_reload_keeps_it(read):
  window = read()
  page = window.open()
  head = page.locator('.models th[data-key=top1]')
  for order in ('descending', 'ascending', 'descending'):
    window.sort('top1')
    assert head.get_attribute('aria-sort') == order
  accuracies = window.column('top1')
  assert accuracies == sorted(accuracies, reverse=True)
  best = max(model_specs.MODELS, key=choice.top1)
  assert window.names()[:2] == [best.name] * 2
  assert page.url.endswith('?sort=top1&order=down')
  page.reload()
  assert window.column('top1') == accuracies


def test_what_is_not_known_comes_last_in_any_order(read):
  window = read()
  window.open()
  unknown = {m.name for m in model_specs.MODELS if not m.figures.pixel1_ms}
  for _ in range(2):
    window.sort('pixel1')
    assert set(window.names()[-2 * len(unknown) :]) == unknown


def test_text_sorts_too_by_the_keyboard(read):
  window = read()
  page = window.open()
  page.locator('.models th[data-key=name] button').focus()
  page.keyboard.press('Enter')
  assert window.names() == sorted(window.names())


def test_filters_narrow_and_their_address_shows_the_same(read):
  window = read()
  page = window.open()
  page.locator('select[name=family]').select_option('MobileNet V2')
  page.locator('select[name=task]').select_option('classification')
  page.get_by_label('MACs at most, M').fill('100')
  page.get_by_label('Top-1 at least, %').fill('60')
  shown = window.names()
  figures = {m.name: m.figures for m in model_specs.MODELS}
  assert sorted(shown) == sorted(
    name
    for name, f in figures.items()
    if name.startswith('mobilenet_v2')
    and (f.macs_millions or 0) <= 100
    and (f.top1_percent or 0) >= 60
  )
  assert page.get_by_role('status').inner_text() == f'{len(shown)} of {_ALL}'
  other_window = read()
  other_window.page.goto(page.url)
  assert other_window.names() == shown
  assert (
    other_window.page.get_by_label('MACs at most, M').input_value() == '100'
  )
  page.locator('.filters').get_by_role('button', name='Clear').click()
  assert len(window.names()) == _ALL
  assert '?' not in page.url


@pytest.mark.parametrize(
  ('query', 'count'),
  [
    ('formats=litert', 116),
    ('name=MobileNet V2', 44),
    ('name=resnet 50', 4),
    ('name=google/imagenet/mobilenet_v2_100_224', 2),
    ('multiplier=1.4', 2),
    ('size=96', 8),
    ('name=RESNET_v1', 6),
    ('max_params=0.5&task=feature_vector', 13),
    ('family=nonsense', _ALL),
    ('max_macs=1', 0),
  ],
)
def test_every_filter_of_an_address_is_obeyed(read, query, count):
  window = read()
  window.open(f'index.html?{query}')
  assert len(window.names()) == count


def test_sizes_and_times_of_exports_stand_in_the_table(read):
  window = read()
  window.open()
  on_shelf = some_speed.make()[0]
  assert window.column('latency') == [on_shelf.median_ms]
  assert len(window.column('megabytes')) == 2  # For two tasks.


def test_a_feature_vector_lacks_the_parameters_of_the_last_layer(read):
  window = read()
  window.open('index.html?name=mobilenet_v2_035_96')
  assert sorted(window.column('params')) == [0.38, 1.66]


def test_the_most_accurate_stand_first_at_one_click(read):
  window = read()
  page = window.open()
  page.locator('.models th[data-key=top1] button').click()
  accuracies = window.column('top1')
  assert accuracies == sorted(accuracies, reverse=True)
  page.locator('.models th[data-key=macs] button').click()
  costs = window.column('macs')
  assert costs == sorted(costs)


def test_a_budget_leads_to_the_models_that_it_allows(read):
  window = read()
  page = window.open('choice.html')
  page.get_by_label('MACs at most, M').fill('50')
  page.get_by_role('button', name='Show the best').click()
  page.wait_for_url('**/index.html?**')
  assert window.names()[0] == 'mobilenet_v3_small_075_224'
  assert max(window.column('macs')) <= 50


def test_without_scripts_all_models_are_there(read):
  window = read(java_script_enabled=False)
  page = window.open()
  assert len(window.names()) == _ALL
  assert not page.locator('.models .filters').is_visible()
  page.locator('.models tbody a').first.click()
  assert page.locator('h1').inner_text().startswith('MobileNet V2 0.35, 96 px')
