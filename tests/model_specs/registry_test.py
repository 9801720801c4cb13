"""Own models stand beside the published ones, each under its own handles."""

import pytest

import model_specs
from tests import some_spec_file

_SMALL = some_spec_file.model()
_BIRDS = some_spec_file.model(dataset='birds', num_classes=None)
_OURS = some_spec_file.model(dataset='imagenet', name='ours')
_NAMESAKE = some_spec_file.model(name='mobilenet_v1_025_128')
_REGISTRY = model_specs.PUBLISHED.joined([_SMALL, _BIRDS, _OURS, _NAMESAKE])


def _find(*patterns, **options) -> set[str]:
  return {str(handle) for handle in _REGISTRY.find(*patterns, **options)}


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
  names = _find(pattern)
  for part in expected:
    assert any(part in handle for handle in names)
  for handle in names:
    assert any(part in handle for part in expected)


def test_a_bare_name_means_the_numbers_of_each():
  numbers = {
    (handle.publisher, handle.number)
    for handle in _REGISTRY.find('mobilenet_v1_025_128')
  }
  assert numbers == {('google', 3), ('google', 5), ('acme', 1), ('acme', 2)}


@pytest.mark.parametrize(
  ('name', 'handles'),
  [
    ('small', 'acme/flowers/small/.*/[12] and acme/birds/small/feature_v.*/1'),
    (
      'mobilenet_v1_025_128',
      'google/imagenet/mobile.* and acme/flowers/mobile',
    ),
  ],
)
def test_a_name_of_two_models_is_none_of_one(name, handles):
  with pytest.raises(model_specs.SpecError, match=f'{name!r} is .*{handles}'):
    _REGISTRY.get_model(name)


def test_a_name_of_one_model_is_its_own():
  assert _REGISTRY.get_model('ours') == _OURS
  assert _REGISTRY.get_model('mobilenet_v1_0.25_128').publisher == 'google'
  with pytest.raises(model_specs.UnknownNameError, match='did you mean ours'):
    _REGISTRY.get_model('our')


def test_another_publisher_is_that_of_published_models():
  names = _find('mobilenet_v1_025_128/*/5', 'small/*/2', publisher='me')
  assert {handle.split('/')[0] for handle in names} == {'me', 'acme'}


def test_everything_is_found_without_a_pattern():
  own = 3 * 4 + 2
  assert len(_find()) == len(model_specs.find()) + own
  assert len(_REGISTRY.own) == 4


@pytest.mark.parametrize(
  ('pattern', 'says'),
  [
    ('smal', "no model matches 'smal'; did you mean small"),
    ('acme/flowers/smal', 'did you mean small'),
    (
      'acme/flowers/small/classification/2.litert/int8.tflite',
      r'from acme/flowers/small/classification/2; .* --formats=litert\.int8$',
    ),
    ('small/classification/2.tfjs', 'name that, with --formats=tfjs$'),
    ('acne/flowers/small', "no publisher matches 'acne'; did you mean acme"),
    ('acme/flower/small/classification', 'acme/flowers/small/classification'),
    ('acme/a/b/c', 'where DATASET is one of birds, flowers'),
    ('acme/birds/small/classification', 'has no classifier'),
    ('acme/flowers/small/*/3', 'the versions are 1, 2'),
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
    ('acme/flowers/small/classification/5', 'the versions are 1, 2'),
    ('acme/flowers/small/classification/02', 'the versions are 1, 2'),
    (f'acme/flowers/small/classification/{"9" * 5000}', 'the versions'),
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


def test_a_publisher_and_a_star_is_all_of_theirs():
  everything = _REGISTRY.find('google/imagenet/*')
  assert _REGISTRY.find('google/*') == everything
  assert _REGISTRY.find('acme/*') == tuple(
    handle
    for model in _REGISTRY.own
    for handle in _REGISTRY.find(model.name)
    if handle.publisher == 'acme' and handle.spec == model
  )


def test_of_more_models_with_one_alias_the_first_keeps_it():
  names = [f'more_{letter}' for letter in 'gfedcba']
  more = [
    some_spec_file.model(name=n, also_known_as={'acme/old': 'classification/1'})
    for n in names
  ]
  extended = _REGISTRY.extended(more)
  assert [model.name for model in extended.own[4:]] == names
  meaning = extended.meaning('acme/old')
  assert meaning
  assert {handle.spec.name for handle in meaning.handles} == {'more_g'}


def test_select_knows_no_current_version():
  handles = [*_SMALL.handles(), *_BIRDS.handles()]
  assert _REGISTRY.select('small', handles) == handles
  assert _REGISTRY.select('acme/birds/small', handles) == handles[4:]
  assert _REGISTRY.select('small/classification/2', handles) == handles[1:2]
  assert _REGISTRY.select('ours', handles) == []


_MODEL = 'google/imagenet/mobilenet_v2_100_224'


@pytest.mark.parametrize(
  ('name', 'expected'),
  [
    ('google/mobilenet-v2/tensorFlow2/100-224-classification/1', '/4'),
    ('google/mobilenet-v2/tensorFlow2/100-224-classification', '/5'),
    ('google/mobilenet-v2/tensorFlow1/100-224-classification', '/3'),
    (
      'https://tfhub.dev/google/tf2-preview/mobilenet_v2/classification/2',
      '/5',
    ),
    (f'https://tfhub.dev/{_MODEL}/classification/4', '/4'),
    (
      'https://kaggle.com/models/google/mobilenet-v2/TensorFlow2/100-224-*n',
      '/5',
    ),
  ],
)
def test_aliases(name, expected):
  (handle,) = _REGISTRY.find(name)
  assert str(handle) == f'{_MODEL}/classification{expected}'


def test_a_namesake_means_what_its_name_would():
  assert _REGISTRY.find('google/mobilenet_v2_1.0_224') == _REGISTRY.find(
    'mobilenet_v2_100_224'
  )


def test_aliases_choose_among_what_is_there():
  there = _REGISTRY.find('mobilenet_v2_100_224/*/*')
  chosen = _REGISTRY.select(
    'google/mobilenet-v2/tensorFlow2/100-224-feature-vector', there
  )
  assert [handle.number for handle in chosen] == [4, 5]
  with pytest.raises(model_specs.UnknownNameError, match='did you mean'):
    _REGISTRY.select(
      'google/mobilenet-v2/tensorFlow2/100-24-feature-vector', there
    )


def test_aliases_of_another_publisher():
  name = 'me/mobilenet-v2/tensorFlow2/100-224-feature-vector/2'
  (handle,) = _REGISTRY.find(name, publisher='me')
  assert str(handle).startswith('me/imagenet/')
  with pytest.raises(model_specs.UnknownNameError, match="'me'"):
    _REGISTRY.find(name)


@pytest.mark.parametrize(
  ('name', 'says'),
  [
    (
      'google/mobilenet-v2/tfLite/100-224-classification/2',
      f'converted from {_MODEL}/classification/5; .*=litert.float32',
    ),
    (
      f'{_MODEL}/classification/5.coreml2/model.mlpackage',
      f'converted from {_MODEL}/classification/5; .*=coreml2.model',
    ),
    (
      'google/mobilenet-v2/tensorFlow2/100-224-clasification/2',
      'did you mean google/mobilenet-v2/tensorFlow2/100-224-classification/2',
    ),
    (
      'google/tf2-preview/mobilenet_v2/features/4',
      'google/tf2-preview/mobilenet',
    ),
  ],
)
def test_what_no_alias_is(name, says):
  with pytest.raises(model_specs.UnknownNameError, match=says):
    _REGISTRY.find(name)


def test_own_models_are_found_by_what_they_declare():
  model = some_spec_file.model(also_known_as={'acme/old/3': 'feature_vector/1'})
  registry = model_specs.PUBLISHED.joined([model])
  (handle,) = registry.find('https://hub.acme.com/acme/old/3')
  assert str(handle) == 'acme/flowers/small/feature_vector/1'
  (handle,) = registry.find('acme/flowers-small/tensorFlow1/classification')
  assert str(handle) == 'acme/flowers/small/classification/1'


@pytest.mark.parametrize(
  'name',
  [
    'google/mobilenet-v2/tensorFlow2/100-224-classification/2',
    'google/imagenet/mobilenet_v2_100_224/classification/5',
  ],
)
def test_a_declared_name_is_nobody_elses(name):
  model = some_spec_file.model(also_known_as={name: 'feature_vector/1'})
  with pytest.raises(model_specs.SpecError, match='also_known_as: '):
    model_specs.PUBLISHED.joined([model])
