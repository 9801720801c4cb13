"""Catalogues and publisher pages: complete, in order, with working links."""

import re

import pytest

from exporter.cards import catalogue
import model_specs
from model_specs import versions
from model_specs.families import mobilenet_v1
from model_specs.families import mobilenet_v2
from tests.cards import card_rules

_TITLE = re.compile(r'^# (\d+)\. \[(\S+)\]\((\S+)\)$', re.MULTILINE)


@pytest.fixture(name='page', scope='module')
def fixture_page():
  return catalogue.render(mobilenet_v2.FAMILY, 3, 'cards')


def test_all_44_modules_are_numbered_and_sorted(page):
  titles = _TITLE.findall(page)
  names = [name for _, name, _ in titles]
  assert [int(number) for number, _, _ in titles] == list(range(1, 45))
  assert names == sorted(names)
  assert names[0] == 'imagenet-mobilenet_v2_035_128-classification@v3'
  assert names[-1] == 'imagenet-mobilenet_v2_140_224-feature_vector@v3'


def test_titles_link_to_the_cards(page):
  for _, name, url in _TITLE.findall(page):
    _, model, task = name.removesuffix('@v3').split('-')
    assert url == f'cards/google/imagenet/{model}/{task}/3.md'


def test_each_module_has_the_sections_of_its_card(page):
  for part in page.split('\n---------\n')[1:]:
    headings = re.findall('^## (.+)$', part, re.MULTILINE)
    assert headings[0] == 'hub.Module for TF1'
    for name in ('Overview', 'Training', 'Usage', 'Fine-tuning', 'Changelog'):
      assert headings.count(name) == 1


def test_an_index_with_figures_comes_first(page):
  index = page.split('\n---------\n')[0]
  assert index.startswith('All 44 MobileNet V2 modules of version 3')
  assert (
    '| [9. imagenet-mobilenet_v2_035_96-classification@v3]'
    '(#9-imagenet-mobilenet_v2_035_96-classificationv3) '
    '| 96 | 11 | 1.66 | 45.5 | 70.4 |'
  ) in index


def test_links_within_the_page_resolve(page):
  anchors = {
    f'#{number}-{name.replace("@", "")}'
    for number, name, _ in _TITLE.findall(page)
  }
  links = set(re.findall(r'\]\((#[^)]+)\)', page))
  assert links == anchors


def test_a_rule_is_not_the_underline_of_a_heading(page):
  lines = page.splitlines()
  rules = [i for i, line in enumerate(lines) if line.startswith('---')]
  assert len(rules) == 44
  assert all(lines[i - 1] == '' for i in rules)


@pytest.mark.parametrize('number', versions.CURRENT)
def test_another_family(number):
  page = catalogue.render(mobilenet_v1.FAMILY, number, 'c')
  titles = _TITLE.findall(page)
  assert len(titles) == 32
  assert all('mobilenet_v1' in name for _, name, _ in titles)
  assert all(url.startswith('c/google/imagenet/') for _, _, url in titles)


def test_the_publisher_page_is_valid():
  page = catalogue.publisher_page('google', model_specs.find())
  assert card_rules.violations('google/google.md', page) == []
  assert page.startswith('# Publisher google\n')


def test_the_publisher_page_links_every_card():
  handles = model_specs.find()
  page = catalogue.publisher_page('google', handles)
  links = re.findall(r'\]\(([^)]+)\)', page)
  assert sorted(f'google/{url}' for url in links) == sorted(
    f'{handle}.md' for handle in handles
  )


def test_the_publisher_page_has_a_table_for_each_family():
  page = catalogue.publisher_page('me', model_specs.find(publisher='me'))
  assert re.findall('^## (.+)$', page, re.MULTILINE) == [
    'Models',
    *dict.fromkeys(model.family.title for model in model_specs.MODELS),
  ]
  assert page.count('\n| `') == len(model_specs.MODELS)
  assert '| `mobilenet_v2_140_224` | 224 | 582 | 6.06 | 75.0 | 92.5 |' in page
