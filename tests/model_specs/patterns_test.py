"""Patterns are taken apart in one way, and what matches nothing is named."""

import pytest

from model_specs import patterns

_COLLECTIONS = ('imagenet', 'flowers')


@pytest.mark.parametrize(
  ('pattern', 'expected'),
  [
    ('a', (None, None, 'a', '*', None)),
    ('a/b', (None, None, 'a', 'b', None)),
    ('a/b/5', (None, None, 'a', 'b', '5')),
    ('imagenet/a', (None, 'imagenet', 'a', '*', None)),
    ('me/flowers/a/b/5', ('me', 'flowers', 'a', 'b', '5')),
    ('/me/flowers/a/', ('me', 'flowers', 'a', '*', None)),
  ],
)
def test_split(pattern, expected):
  assert patterns.split(pattern, _COLLECTIONS) == expected


@pytest.mark.parametrize('pattern', ['', 'a//b', 'a/b/c/d', 'me/birds/a/b/5'])
def test_what_is_no_pattern(pattern):
  with pytest.raises(
    patterns.UnknownNameError, match='expected NAME'
  ) as caught:
    patterns.split(pattern, _COLLECTIONS)
  assert not caught.value.has_hint


def test_tasks():
  pattern = patterns.Pattern(None, None, 'a', '*vector', None)
  assert patterns.tasks(pattern) == ['feature_vector']
  with pytest.raises(patterns.UnknownNameError, match='did you mean feature'):
    patterns.tasks(pattern._replace(task='feature_vectors'))


def test_an_error_knows_whether_it_names_something():
  assert patterns.unknown('model', 'abd', ['abc']).has_hint
  error = patterns.unknown('model', 'x', ['abc'])
  assert not error.has_hint
  assert 'slimhub list' in str(error)
