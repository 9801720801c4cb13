"""Old links lead to the page of the model, in a browser, from any folder."""

import pathlib
import posixpath
import re

from playwright import sync_api
import pytest

import model_specs
from model_specs import aliases
from model_specs import formats
from tests import browser as browser_lib
from tests.site import reader
from tests.site import some_site

_V2 = 'google/imagenet/mobilenet_v2_100_224'
_KAGGLE = 'google/mobilenet-v2/tensorFlow2/100-224-feature-vector'
_LONG = (
  'models/google/mobilenet-v2/frameworks/TensorFlow2/variations/'
  '100-224-feature-vector/versions/2'
)


@pytest.fixture(name='site', scope='module')
def _site(tmp_path_factory) -> pathlib.Path:
  return some_site.built(tmp_path_factory)


def _leads_to(site: pathlib.Path, path: str) -> str:
  """The page that another one leads on to."""
  text = (site / path).read_text('utf-8')
  refresh = re.search(r'content="0; url=([^"]+)"', text)
  assert refresh, path
  assert f'rel="canonical" href="{refresh[1]}"' in text
  assert f'<a href="{refresh[1]}">' in text
  target = posixpath.normpath(
    posixpath.join(posixpath.dirname(path), refresh[1])
  )
  assert (site / target).is_file(), f'{path} leads to {target}'
  return target


def test_every_alias_of_every_version_leads_to_a_page(site):
  counted = 0
  for handle in model_specs.find('*/*/*'):
    for name in aliases.of(handle):
      target = _leads_to(site, f'{name}/index.html')
      assert target.startswith(f'{handle.folder}/')
      counted += 1
  assert counted > 700


def test_files_are_led_to_where_they_were_exported(site):
  (name,) = aliases.of(some_site.LITERT)
  target = _leads_to(site, f'{name}/index.html')
  assert target == f'{some_site.LITERT.stem}.html'
  (unexported,) = formats.select([some_site.LITERT.origin], ['litert.int8'])
  assert not (site / aliases.of(unexported)[0]).exists()


@pytest.mark.parametrize(
  ('path', 'target'),
  [
    (f'{_KAGGLE}/2/index.html', 'feature_vector/5'),
    (f'{_KAGGLE}/1/index.html', 'feature_vector/5'),
    (f'{_KAGGLE}/index.html', 'feature_vector/5'),
    (f'models/{_KAGGLE}/index.html', 'feature_vector/5'),
    (f'{_LONG}/index.html', 'feature_vector/5'),
    (f'{_KAGGLE.replace("w2", "w1")}/index.html', 'feature_vector/3'),
    (f'{_KAGGLE.replace("w2", "w1")}/2/index.html', 'feature_vector/3'),
    (f'{_V2}/feature_vector/4.html', 'feature_vector/5'),
    (f'{_V2}/classification/1.html', 'classification/3'),
    (
      'google/tf2-preview/mobilenet_v2/classification/4/index.html',
      'classification/5',
    ),
  ],
)
def test_versions_without_a_page_lead_to_the_newest_of_their_format(
  site, path, target
):
  assert _leads_to(site, path) == f'{_V2}/{target}.html'


def test_a_page_of_its_own_is_never_replaced(site):
  for handle in model_specs.find():
    assert 'refresh' not in (site / f'{handle}.html').read_text('utf-8')


def test_old_links_and_searches_end_at_the_model(tmp_path_factory, site):
  with (
    browser_lib.launch() as browser,
    browser_lib.serve(site.parent.parent) as root,
    reader.readers(browser, f'{root}/{site.parent.name}/{site.name}/') as read,
  ):
    page = read().open(f'models/{_KAGGLE}/2')
    page.wait_for_url(f'**/{_V2}/feature_vector/5.html')
    assert page.get_by_role('heading', name='Also known as').is_visible()
    for words in (
      _KAGGLE,
      'tf2-preview/mobilenet_v2',
      '100-224-feature-vector',
      f'https://www.kaggle.com/models/{_KAGGLE}/2',
      'mobilenet_v2_1.0_224',
    ):
      page = read().open()
      page.get_by_role('textbox', name='Search').click()
      page.keyboard.insert_text(words)  # Such names are pasted.
      first = page.locator('.md-search-result__link').first
      sync_api.expect(first).to_have_attribute(
        'href', re.compile('/mobilenet_v2_100_224/'), timeout=180_000
      )
