"""The tests' copy of tfhub.dev's rules refuses whatever breaks one of them."""

import pytest

from tests.cards import card_rules

_PATH = 'google/imagenet/net/classification/5.md'
_CARD = """\
# Module google/imagenet/net/classification/5
One sentence.

<!-- asset-path: net.tar.gz -->
<!-- task: image-classification -->
<!-- fine-tunable: true -->
<!-- format: saved_model_2 -->

## Overview

Text with <!-- any: comment -->.
"""
_PAGE = '# Publisher google\nOne sentence.\n\n## Models\n'


def test_accepts_a_card():
  assert card_rules.violations(_PATH, _CARD) == []


def test_accepts_a_blank_line_before_the_description():
  text = _CARD.replace('\nOne', '\n\nOne')
  assert card_rules.violations(_PATH, text) == []


def test_accepts_a_card_below_models():
  path = _PATH.replace('google/', 'google/models/')
  assert card_rules.violations(path, _CARD) == []


def test_accepts_keys_that_may_repeat():
  tags = '<!-- task: image-feature-vector -->\n## Overview'
  text = _CARD.replace('## Overview', tags)
  assert card_rules.violations(_PATH, text) == []


def test_accepts_a_publisher_page():
  assert card_rules.violations('google/google.md', _PAGE) == []


@pytest.mark.parametrize(
  ('old', 'new', 'complaint'),
  [
    ('# Module', '#Module', 'first line'),
    ('# Module', '## Module', 'first line'),
    ('# Module google', '# Module Google', 'first line'),
    ('classification/5', 'classification/v5', 'first line'),
    ('classification/5\n', 'classification/5 \n', 'first line'),
    ('classification/5', 'classification/4', 'expected at'),
    ('One sentence.\n', '', 'description'),
    ('One sentence.', '## Overview', 'heading'),
    ('## Overview', 'Text.\n## Overview', "unexpected line 'Text.'"),
    ('## Overview', ' <!-- a: b -->\n## Overview', 'unexpected line'),
    ('## Overview', '<!-- a comment -->\n## Overview', 'unexpected line'),
    ('## Overview', '<!-- made-by: me -->\n## Overview', "key 'made-by'"),
    ('<!-- asset-path: net.tar.gz -->\n', '', 'no asset-path'),
    ('<!-- task: image-classification -->\n', '', 'no task'),
    ('<!-- fine-tunable: true -->\n', '', 'no fine-tunable'),
    ('<!-- format: saved_model_2 -->\n', '', 'no format'),
    ('## O', '<!-- format: hub -->\n## O', 'more than one format'),
    ('## O', '<!-- asset-path: b.tar.gz -->\n## O', 'more than one asset'),
    ('saved_model_2', 'saved_model', "format is 'saved_model'"),
    ('image-classification', 'image-recognition', 'task is'),
    ('## O', '<!-- dataset: ImageNet -->\n## O', 'dataset is'),
    ('## O', '<!-- network-architecture: V2 -->\n## O', 'architecture is'),
    ('## O', '<!-- license: Apache 2 -->\n## O', 'license is'),
    ('## O', '<!-- colab: http://x.org/ -->\n## O', 'colab is'),
    ('net.tar.gz', 'net.tgz', 'does not end in .tar.gz'),
    (
      'net.tar.gz',
      'https://github.com/a/b/releases/download/net.tar.gz',
      'robots',
    ),
  ],
)
def test_refuses_a_broken_card(old, new, complaint):
  assert old in _CARD
  broken = _CARD.replace(old, new, 1)
  assert complaint in '; '.join(card_rules.violations(_PATH, broken))


@pytest.mark.parametrize(
  ('path', 'text', 'complaint'),
  [
    ('google/other.md', _PAGE, 'expected at google/google.md'),
    ('google/google.md', _PAGE.replace('One sentence.', ''), 'description'),
    (
      'google/google.md',
      _PAGE.replace('## M', '<!-- format: hub -->\n## M'),
      "unknown key 'format'",
    ),
  ],
)
def test_refuses_a_broken_publisher_page(path, text, complaint):
  assert complaint in '; '.join(card_rules.violations(path, text))


def test_a_tree_needs_the_page_of_its_publisher(tmp_path):
  path = tmp_path / _PATH
  path.parent.mkdir(parents=True)
  path.write_text(_CARD)
  assert card_rules.tree_violations(tmp_path) == [
    f'{_PATH}: its publisher has no page'
  ]
  (tmp_path / 'google' / 'google.md').write_text(_PAGE)
  assert card_rules.tree_violations(tmp_path) == []


def test_an_archive_holds_only_what_tensorflow_reads():
  good = [
    'saved_model.pb',
    'tfhub_module.pb',
    'fingerprint.pb',
    'variables/variables.index',
    'assets.extra/labels.txt',
  ]
  bad = ['README.md', 'variables/checkpoint', 'labels.txt']
  assert card_rules.archive_violations(good + bad) == bad
