"""Cards: valid for every handle, true to the spec, plain to read."""

import ast
import re

import pytest

from exporter import errors
from exporter.cards import card
from exporter.storage import manifest
import model_specs
from tests import each
from tests import some_manifest
from tests.cards import card_rules

HANDLES = model_specs.find('*/*/*')
every_handle = each.over('handle', HANDLES)

_PUBLISHED = ('Overview', 'Training', 'Usage', 'Fine-tuning', 'Changelog')
_LINK = re.compile(r'\]\(([^)\s]+)\)')


def _text(
  handle: model_specs.Handle, export_manifest: manifest.Manifest | None = None
) -> str:
  """The card as it is written."""
  return card.model_card(handle, export_manifest).to_markdown()


def _get(name: str) -> model_specs.Handle:
  return model_specs.get(f'google/imagenet/{name}')


def _headings(text: str) -> list[str]:
  return re.findall(r'^## (.+)$', text, re.MULTILINE)


def _flat(text: str) -> str:
  """The text without line breaks, where sentences can be looked for."""
  return ' '.join(text.replace('\n>', '\n').split())


def _section(text: str, title: str) -> str:
  _, _, rest = text.partition(f'\n## {title}\n')
  return rest.partition('\n## ')[0]


def _blocks(text: str) -> list[str]:
  return re.findall(r'^```python\n(.*?)^```$', text, re.MULTILINE | re.DOTALL)


def test_there_are_cards_for_all_that_was_published():
  assert len(HANDLES) == sum(
    2 * len(model.family.versions) for model in model_specs.MODELS
  )


@every_handle
def test_valid_by_the_rules(handle):
  path = f'{handle}.md'
  export_manifest = some_manifest.make(handle)
  assert card_rules.violations(path, _text(handle)) == []
  assert card_rules.violations(path, _text(handle, export_manifest)) == []


@pytest.mark.parametrize('kind', ['ema', 'raw', 'synthetic'])
def test_valid_with_all_weights(kind):
  handle = _get('mobilenet_v2_035_96/classification/5')
  text = _text(handle, some_manifest.make(handle, kind))
  assert card_rules.violations(f'{handle}.md', text) == []


@every_handle
def test_the_order_of_the_published_sections(handle):
  headings = _headings(_text(handle))
  title = {'hub': 'hub.Module for TF1', 'saved_model_2': 'TF2 SavedModel'}
  assert headings[0] == title[handle.version.format]
  published = [name for name in headings if name in _PUBLISHED]
  is_first = handle.number == handle.spec.family.versions[0]
  assert published == list(_PUBLISHED[: 4 if is_first else 5])


@every_handle
def test_every_card_has_what_users_miss(handle):
  headings = _headings(_text(handle, some_manifest.make(handle)))
  assert len(set(headings)) == len(headings)
  assert set(headings) >= {
    'Figures',
    'Labels',
    'Endpoints',
    'Verification',
    'Checksums',
    'Licence',
  }


@every_handle
def test_metadata_come_from_the_spec(handle):
  text = _text(handle)
  task = handle.task.replace('_', '-')
  architecture = handle.spec.family.architecture
  assert ('<!-- network-architecture: ' in text) == bool(architecture)
  tagged = [f'<!-- network-architecture: {architecture} -->']
  for line in (
    f'<!-- asset-path: {handle}.tar.gz -->',
    f'<!-- task: image-{task} -->',
    f'<!-- format: {handle.version.format} -->',
    *(tagged if architecture else []),
    f'<!-- dataset: {handle.spec.dataset} -->',
    '<!-- license: apache-2.0 -->',
  ):
    assert f'\n{line}\n' in text


@every_handle
def test_facts_come_from_the_spec(handle):
  text = _text(handle)
  spec, flat = handle.spec, _flat(text)
  size = f'{spec.size} x {spec.size} pixels'
  if spec.multiplier is None:
    assert 'multiplier' not in flat.partition('## Verification')[0]
  else:
    assert f'depth multiplier of {spec.multiplier}' in flat
  assert spec.checkpoint in _section(text, 'Training')
  assert spec.family.paper.url in _section(text, 'Overview')
  assert f' {handle.num_outputs}' in _section(text, 'Usage')
  assert f'{spec.num_classes} classes' in _flat(_section(text, 'Labels'))
  policy = 'The default size is' if handle.variable_size else 'is fixed to'
  assert f'{policy} {size}' in flat
  for note in spec.family.notes:
    assert note in flat


@every_handle
def test_figures_come_from_the_spec(handle):
  section = _section(_text(handle), 'Figures')
  figures = handle.spec.figures
  for value, row in (
    (figures.top1_percent, '| Top-1 accuracy | {} % |'),
    (figures.top5_percent, '| Top-5 accuracy | {} % |'),
    (figures.macs_millions, '(MACs) for one image | {} million'),
    (figures.params_millions, '| Parameters | {} million |'),
    (figures.pixel1_ms, '| Time for one image, Pixel 1, big core | {} ms |'),
  ):
    start, _ = row.split('{}')
    assert (start in section) == (value is not None)
    assert value is None or row.format(value) in section


@every_handle
def test_momentum_comes_from_the_version(handle):
  section = _flat(_section(_text(handle), 'Fine-tuning'))
  momentum = handle.version.momentum
  if not handle.spec.family.has_norm:
    assert 'a `batch_norm_momentum` is taken, as by all models' in section
  elif not handle.version.trains:
    assert 'cannot be fine-tuned' in section
  elif handle.version.configurable_momentum:
    assert f'moving averages is {momentum} ' in section
    assert 'batch_norm_momentum=0.997' in section
  else:
    assert f'is fixed to {momentum}.' in section
    assert 'batch_norm_momentum' not in section


@every_handle
def test_the_changelog_ends_with_this_version(handle):
  text = _text(handle)
  numbers = re.findall(r'^#### Version (\d)$', text, re.MULTILINE)
  is_first = handle.number == handle.spec.family.versions[0]
  expected = [] if is_first else list(handle.changes())
  assert [int(number) for number in numbers] == expected
  if expected:
    changelog = _section(text, 'Changelog')
    for entries in handle.changes().values():
      assert all(f'* {entry}' in changelog for entry in entries)


@every_handle
def test_code_runs_in_python_and_uses_what_it_imports(handle):
  blocks = _blocks(_text(handle))
  assert len(blocks) >= (3 if handle.version.trains else 2)
  for block in blocks:
    tree = ast.parse(block)
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    imports = [
      alias.asname or alias.name
      for node in tree.body
      if isinstance(node, ast.Import)
      for alias in node.names
    ]
    assert set(imports) <= names
    assert f"path = 'exports/{handle}'" in block.splitlines()
    assert max(map(len, block.splitlines())) <= 80


@every_handle
def test_text_is_filled_and_free_of_leftovers(handle):
  text = _text(handle, some_manifest.make(handle))
  assert '$' not in text
  assert 'None' not in text.replace('[None, ', '')
  assert '  \n' not in text
  assert '\n\n\n' not in text
  assert text.endswith('\n')
  assert not text.endswith('\n\n')


@every_handle
def test_links_of_a_documentation_card_stay_in_the_tree(handle):
  links = [url for url in _LINK.findall(_text(handle)) if '://' not in url]
  newest = max(handle.spec.family.versions)
  sibling = handle.sibling()
  allowed = {f'../{sibling.task}/{sibling.number}.md', f'{newest}.md'}
  assert set(links) <= allowed
  assert f'../{sibling.task}/{sibling.number}.md' in links


@every_handle
def test_the_card_of_an_artifact_needs_no_other_file(handle):
  text = _text(handle, some_manifest.make(handle))
  assert all('://' in url for url in _LINK.findall(text))
  assert f'`{handle.sibling()}`' in text


def test_the_first_sentence_says_what_the_model_does():
  text = _text(_get('mobilenet_v2_140_224/feature_vector/3'))
  assert text.splitlines()[1] == (
    'Turns images into feature vectors of 1792 numbers with MobileNet V2 '
    '(depth multiplier 1.4, 224 x 224 pixels) trained on ImageNet '
    '(ILSVRC-2012-CLS).'
  )


def test_untrained_weights_are_said_first():
  handle = _get('mobilenet_v2_035_96/classification/5')
  text = _text(handle, some_manifest.make(handle, 'synthetic'))
  lines = text.splitlines()
  assert lines[1].startswith('UNTRAINED weights')
  heading = lines.index('## TF2 SavedModel')
  assert lines[heading + 2].startswith('> **UNTRAINED WEIGHTS.**')
  assert 'UNTRAINED' in _section(text, 'Training')
  assert 'not that of these untrained' in _flat(_section(text, 'Figures'))


@pytest.mark.parametrize('kind', ['ema', 'raw'])
def test_trained_weights_carry_no_warning(kind):
  handle = _get('mobilenet_v2_035_96/classification/5')
  text = _text(handle, some_manifest.make(handle, kind))
  assert 'UNTRAINED' not in text
  assert 'untrained' not in text


def test_a_documentation_card_carries_no_warning():
  text = _text(_get('mobilenet_v2_035_96/classification/5'))
  assert 'untrained' not in text.lower()


def test_a_tf1_card_sends_users_of_keras_to_the_newest_version():
  section = _section(
    _text(_get('mobilenet_v1_100_224/classification/3')),
    'hub.Module for TF1',
  )
  assert '(5.md)' in section


def test_refuses_the_manifest_of_another_handle():
  handle = _get('mobilenet_v2_035_96/classification/5')
  sibling = handle.sibling()
  assert sibling
  sibling_manifest = some_manifest.make(sibling)
  with pytest.raises(errors.ManifestError, match='5, expected that of'):
    _text(handle, sibling_manifest)
