"""Own models stand beside the published ones, each under its own handles."""

import pytest

import model_specs
from tests import some_spec_file

_SMALL = some_spec_file.model()
_BIRDS = some_spec_file.model(dataset='birds', num_classes=None)
_OURS = some_spec_file.model(dataset='imagenet', name='ours')
_NAMESAKE = some_spec_file.model(name='mobilenet_v1_025_128')
_REGISTRY = model_specs.PUBLISHED.joined([_SMALL, _BIRDS, _OURS, _NAMESAKE])


def _found(*patterns, **given) -> set[str]:
  return {str(handle) for handle in _REGISTRY.find(*patterns, **given)}


@pytest.mark.parametrize(
  ('pattern', 'expected'),
  [
    ('acme/flowers/small/classification', {'/1', '/2'}),
    ('acme/flowers/small/*/2', {'classification/2', 'feature_vector/2'}),
    ('acme/birds/*', {'acme/birds/small/feature_vector/'}),
    ('small', {'acme/birds/small', 'acme/flowers/small'}),
    ('acme/imagenet/*', {'acme/imagenet/ours/'}),
    ('imagenet/ours/*/1', {'ours/classification/1', 'ours/feature_vector/1'}),
    (
      'mobilenet_v1_025_128/*',
      {'google/imagenet/mobilenet_v1_025_128', 'acme/flowers/mobilenet_v1_025'},
    ),
    ('google/imagenet/mobilenet_v1_025_128', {'google/imagenet'}),
  ],
)
def test_patterns(pattern, expected):
  found = _found(pattern)
  for part in expected:
    assert any(part in handle for handle in found)
  for handle in found:
    assert any(part in handle for part in expected)


def test_a_bare_name_means_the_numbers_of_each():
  numbers = {
    (handle.publisher, handle.number)
    for handle in _REGISTRY.find('mobilenet_v1_025_128')
  }
  assert numbers == {('google', 3), ('google', 5), ('acme', 1), ('acme', 2)}


def test_another_publisher_is_that_of_published_models():
  found = _found('mobilenet_v1_025_128/*/5', 'small/*/2', publisher='me')
  assert {handle.split('/')[0] for handle in found} == {'me', 'acme'}


def test_everything_is_found_without_a_pattern():
  own = 3 * 4 + 2
  assert len(_found()) == len(model_specs.find()) + own
  assert len(_REGISTRY.own) == 4


@pytest.mark.parametrize(
  ('pattern', 'says'),
  [
    ('smal', "no model matches 'smal'; did you mean small"),
    ('acme/flowers/smal', 'did you mean small'),
    ('acne/flowers/small', "no publisher matches 'acne'; did you mean acme"),
    ('acme/flower/small/classification', r'\*/birds/, \*/flowers/'),
    ('acme/birds/small/classification', 'has no classifier'),
    ('acme/flowers/small/*/3', 'published versions are 1, 2'),
    ('acme/imagenet/mobilenet_v2_100_224', "no publisher matches 'acme'"),
  ],
)
def test_what_matches_nothing(pattern, says):
  with pytest.raises(model_specs.UnknownNameError, match=says):
    _REGISTRY.find(pattern)


@pytest.mark.parametrize('handle', _REGISTRY.own[0].handles(), ids=str)
def test_get(handle):
  assert _REGISTRY.get(str(handle)) == handle


@pytest.mark.parametrize(
  ('handle', 'says'),
  [
    ('acme/fruit/small/classification/2', 'is not a handle'),
    ('acme/flowers/tall/classification/2', 'did you mean small'),
    ('acme/flowers/small/classification/5', 'published versions are 1, 2'),
    ('acme/flowers/small/classification/02', 'published versions are 1, 2'),
    (f'acme/flowers/small/classification/{"9" * 5000}', 'published versions'),
    ('acme/flowers/small/classification/\u0662', 'is not a handle'),
    ('me/flowers/small/classification/2', "no model matches 'small'"),
  ],
)
def test_get_what_is_not_there(handle, says):
  with pytest.raises(model_specs.UnknownNameError, match=says):
    _REGISTRY.get(handle)


@pytest.mark.parametrize('publisher', ['google', 'acme'])
def test_a_published_handle_cannot_be_taken(publisher):
  taken = some_spec_file.model(
    publisher=publisher, dataset='imagenet', name='mobilenet_v2_100_224'
  )
  with pytest.raises(model_specs.SpecError) as raised:
    model_specs.PUBLISHED.joined([taken])
  assert f'models.toml: model {publisher}/imagenet/' in str(raised.value)
  assert 'expected another name' in str(raised.value)


def test_two_models_of_the_same_handles_name_both_places():
  with pytest.raises(model_specs.SpecError) as raised:
    _REGISTRY.joined([some_spec_file.model(size=64)])
  assert 'acme/flowers/small, in models.toml and models.toml' in str(
    raised.value
  )


def test_more_models_do_not_replace_those_there():
  more = [some_spec_file.model(size=64), some_spec_file.model(name='more')]
  extended = _REGISTRY.extended(more)
  assert extended.own[:4] == _REGISTRY.own
  assert [model.name for model in extended.own[4:]] == ['more']


def test_select_knows_no_current_version():
  handles = [*_SMALL.handles(), *_BIRDS.handles()]
  assert _REGISTRY.select('small', handles) == handles
  assert _REGISTRY.select('acme/birds/small', handles) == handles[4:]
  assert _REGISTRY.select('small/classification/2', handles) == handles[1:2]
  assert _REGISTRY.select('ours', handles) == []
