"""Cards and pages of own models say what is true of them, and no more."""

import pathlib
import re

import pytest

from exporter import formats as formats_lib
from exporter.artifacts import litert_metadata
from exporter.cards import card
from exporter.cards import catalogue
from exporter.cards import tree
from exporter.cli import entry
from exporter.cli import tables
from exporter.storage import manifest
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import each
from tests import some_manifest
from tests import some_spec_file
from tests.cards import card_rules

_MODELS = {
  'plain': some_spec_file.model(),
  'labels': some_spec_file.model(labels=['a', 'b'], background=True),
  'full': some_spec_file.model(
    labels=['a', 'b', 'c'],
    license='MIT',
    license_url='https://acme.example/mit',
    description='Finds flowers.',
    dataset_title='Three Flowers',
    top1_percent=93.5,
    top5_percent=99.0,
    measured_on='300 photographs',
  ),
  'bare': some_spec_file.model(num_classes=None),
  'resnet': some_spec_file.model(network='resnet_v1_50', multiplier=None),
}
_HANDLES = [handle for model in _MODELS.values() for handle in model.handles()]
_UNTRUE = re.compile('imagenet|google/|1001|authors of|None', re.IGNORECASE)
_CLASSIFIER = _MODELS['full'].handles()[1]


def _text(
  handle: model_specs.Handle, export_manifest: manifest.Manifest | None = None
) -> str:
  """The card as it is written."""
  return card.model_card(handle, export_manifest).to_markdown()


def _flat(text: str) -> str:
  return ' '.join(text.split())


@pytest.mark.parametrize('has_manifest', [False, True])
@each.over('handle', _HANDLES)
def test_a_card_has_the_form_and_says_nothing_untrue(handle, has_manifest):
  export_manifest = some_manifest.make(handle) if has_manifest else None
  text = _text(handle, export_manifest)
  complaints = card_rules.violations(f'{handle}.md', text)
  # tfhub.dev knows no dataset of this name.
  assert all('flowers' in complaint for complaint in complaints)
  assert not _UNTRUE.findall(text.replace('[None, ', ''))


def test_what_the_owner_says_stands_on_the_card():
  text = _flat(_text(_CLASSIFIER, some_manifest.make(_CLASSIFIER)))
  for part in (
    'Finds flowers.',
    'by the classes of Three Flowers',
    '| Top-5 accuracy | 99.0 % |',
    'Measured by `acme`, on 300 photographs',
    'They are the classes of Three Flowers.',
    '[MIT](https://acme.example/mit)',
    '<!-- license: mit -->',
    'k=3)',
  ):
    assert part in text


def test_what_nobody_said_is_said_so():
  handle = _MODELS['plain'].handles()[1]
  text = _flat(_text(handle))
  for part in (
    '`acme` states no licence',
    'No figures were published',
    'Nobody named the 3 classes',
    'by the classes of flowers',
  ):
    assert part in text
  assert '<!-- license' not in text


def test_the_background_is_said():
  handle = _MODELS['labels'].handles()[1]
  assert 'Index 0, background, is the background.' in _flat(_text(handle))


def test_a_model_without_classifier_mentions_none():
  (*_, handle) = _MODELS['bare'].handles()
  text = _flat(_text(handle))
  assert 'there is no classifier with it' in text
  assert 'classification/' not in text


@pytest.mark.parametrize(
  ('license_', 'tag', 'shown'),
  [
    ('LicenseRef-Acme', 'custom', 'LicenseRef-Acme'),
    ('as --> agreed', 'custom', 'as --&gt; agreed'),
    ('MIT', 'mit', 'MIT'),
    ('MIT\u0663', 'custom', 'MIT\u0663'),
  ],
)
def test_the_tag_of_a_licence(license_, tag, shown):
  (*_, handle) = some_spec_file.model(license=license_).handles()
  text = _text(handle)
  assert f'<!-- license: {tag} -->' in text
  assert f'published under {shown}.' in _flat(text)


@pytest.mark.parametrize('name', ['plain', 'resnet'])
def test_the_card_of_a_converted_file(name):
  handle = _MODELS[name].handles()[1]
  conversion = formats.convert(handle, kinds.get('litert.float32'))
  export_manifest = some_manifest.make(conversion)
  text = _flat(formats_lib.describe(conversion, export_manifest).to_markdown())
  assert '`acme` states no licence' in text
  assert 'None' not in text
  colours = 'multiplies them by 255' if name == 'resnet' else 'to the [-1, 1]'
  assert colours in text
  assert litert_metadata._metadata(conversion)


@each.over('handle', _HANDLES)
def test_info_says_where_it_is_from(handle):
  text = tables.describe(handle)
  assert 'models.toml' in text
  assert 'None' not in text


def test_the_page_of_a_publisher_links_its_cards():
  birds = some_spec_file.model(dataset='birds')
  handles = (*_MODELS['plain'].handles(), *birds.handles())
  page = catalogue.publisher_page('acme', handles)
  assert card_rules.violations('acme/acme.md', page) == []
  links = re.findall(r'\]\(([^)]+)\)', page)
  assert sorted(f'acme/{url}' for url in links) == sorted(
    f'{handle}.md' for handle in handles
  )
  assert '| `flowers/small` |' in page
  assert '| `birds/small` |' in page
  assert not _UNTRUE.findall(page)


def test_cards_of_all_publishers_are_written(tmp_path):
  path = some_spec_file.write(tmp_path)
  folder = tmp_path / 'model_cards'
  argv = ['slimhub', 'cards', f'--spec_file={path}', f'--output_dir={folder}']
  assert entry.main(entry.parse(argv)) == 0
  pages = {p.relative_to(folder) for p in folder.rglob('acme/**/*.md')}
  expected = {f'{handle}.md' for handle in _MODELS['plain'].handles()}
  assert pages == set(map(pathlib.Path, {*expected, 'acme/acme.md'}))
  assert (folder / 'google/google.md').exists()
  registry = model_specs.PUBLISHED.joined([some_spec_file.model()])
  assert tree.write_tree(folder, registry=registry) == []
