"""Every name of an artifact finds it, and none finds another."""

import pytest

from exporter.hub import names
import model_specs
from model_specs import aliases
from tests import some_exports
from tests import some_spec_file

_OLD = 'google/imagenet/mobilenet_v2_100_224/feature_vector/4'
_NEW = 'google/imagenet/mobilenet_v2_100_224/feature_vector/5'
_TF1 = 'google/imagenet/mobilenet_v2_100_224/feature_vector/3'
_LITE = (
  'google/imagenet/mobilenet_v2_100_224/classification/5.litert/int8.tflite'
)
_V2 = 'google/mobilenet-v2'
_VARIATION = '100-224-feature-vector'
_LONG = f'{_V2}/frameworks/TensorFlow2/variations/{_VARIATION}'


def _names(*handles: str) -> names.Names:
  return names.Names(map(some_exports.handle, handles))


@pytest.fixture(scope='module', name='known')
def _known():
  return _names(_TF1, _OLD, _NEW, _LITE)


@pytest.mark.parametrize(
  ('path', 'handle', 'part'),
  [
    (f'{_V2}/tensorFlow2/{_VARIATION}/1', _OLD, ''),
    (f'{_V2}/TensorFlow2/{_VARIATION}/2', _NEW, ''),
    (f'models/{_V2}/tensorflow2/{_VARIATION}/2', _NEW, ''),
    (f'models/{_LONG}/versions/2', _NEW, ''),
    (f'{_LONG}/versions/2', _NEW, ''),
    (f'{_V2}/tensorFlow1/{_VARIATION}/3', _TF1, ''),
    ('google/tf2-preview/mobilenet_v2/feature_vector/4', _NEW, ''),
    ('google/tf2-preview/mobilenet_v2/feature_vector/1', _NEW, ''),
    (f'{_V2}/tensorFlow2/tf2-preview-feature-vector/3', _NEW, ''),
    (_OLD.replace('_vector', '-vector'), _OLD, ''),
    (f'{_V2}/tfLite/100-224-classification-int8/2', _LITE, ''),
    (f'{_V2}/TensorFlow2/{_VARIATION}/2.tar.gz', _NEW, '.tar.gz'),
    (f'{_V2}/TensorFlow2/{_VARIATION}/2.json', _NEW, '.json'),
    (f'{_V2}/TensorFlow2/{_VARIATION}/2/a/b.md', _NEW, '/a/b.md'),
    (f'models/{_LONG}/versions/2/saved_model.pb', _NEW, '/saved_model.pb'),
  ],
)
def test_an_alias_finds_its_artifact(known, path, handle, part):
  named = known.find(path)
  assert named is not None
  assert (str(named.handle), named.part) == (handle, part)
  assert named.is_versioned


@pytest.mark.parametrize(
  ('path', 'handle'),
  [
    (f'{_V2}/tensorFlow2/{_VARIATION}', _NEW),
    (f'models/{_LONG}', _NEW),
    (f'{_V2}/tensorFlow1/{_VARIATION}', _TF1),
    ('google/tf2-preview/mobilenet_v2/feature_vector', _NEW),
  ],
)
def test_without_a_version_it_is_the_newest_of_its_format(known, path, handle):
  named = known.find(path)
  assert named is not None
  assert (str(named.handle), named.is_versioned) == (handle, False)


@pytest.mark.parametrize(
  'path',
  [
    '',
    'google',
    f'{_V2}/tensorFlow2',
    f'{_V2}/tensorFlow2/{_VARIATION}/3',  # There is no such version.
    f'{_V2}/tensorFlow2/{_VARIATION}.tar.gz',
    f'{_V2}/tensorFlow2/100-192-feature-vector/1',
    f'models/{_LONG}/2',
    # Networks with other weights.
    'keras.applications.MobileNetV2',
    'google/mobilenet_v2_1.0_224',
  ],
)
def test_what_is_no_name_finds_nothing(known, path):
  assert known.find(path) is None


def test_another_publisher_has_names_of_its_own():
  known = _names(_NEW.replace('google', 'acme'))
  named = known.find(f'acme/mobilenet-v2/tensorFlow2/{_VARIATION}/2')
  assert named is not None
  assert str(named.handle) == _NEW.replace('google', 'acme')
  assert known.find(f'{_V2}/tensorFlow2/{_VARIATION}/2') is None


def test_versions_are_those_that_are_here(known):
  for name, numbers in {
    f'{_V2}/tensorFlow2/{_VARIATION}': [1, 2],
    f'{_V2}/tensorFlow1/{_VARIATION}': [3],
    f'{_V2}/tensorFlow2/tf2-preview-feature-vector': [1, 2, 3, 4],
    f'{_V2}/tfLite/100-224-classification-int8': [2],
    f'{_V2}/tfLite/{_VARIATION}': [],
  }.items():
    assert list(known.versions(name)) == numbers


@pytest.mark.parametrize(
  ('wrong', 'name'),
  [
    (_NEW.replace('mobilenet', 'moblient'), _NEW),
    (f'{_NEW}5', _NEW),
    (
      f'{_V2}/tensorFlow2/10-224-feature-vector/1',
      f'{_V2}/tensorFlow2/{_VARIATION}/1',
    ),
    (
      f'models/{_LONG.replace("100", "10")}/versions/2',
      f'{_V2}/tensorFlow2/{_VARIATION}/2',
    ),
    (
      f'{_V2}/tensorFlow2/tf2-preview-feature_vektor/4',
      f'{_V2}/tensorFlow2/tf2-preview-feature-vector/4',
    ),
    (
      'google/tf2_preview/mobilenet_v2/feature_vector/4',
      'google/tf2-preview/mobilenet_v2/feature_vector/4',
    ),
  ],
)
def test_a_wrong_name_is_like_one_of_its_kind(known, wrong, name):
  closest = known.closest(wrong)
  assert closest is not None
  assert closest[0] == name


def test_the_name_of_a_network_elsewhere_leads_to_a_handle(known):
  closest = known.closest('keras.applications.MobileNetV2')
  assert closest is not None
  assert closest[0] in (_NEW, _LITE)


def test_nothing_is_like_nothing(known):
  for wrong in ('?', 'x' * 10**6, ''):
    assert known.closest(wrong) is None
  assert names.Names(()).closest(_NEW) is None


def _own(**aliases: str) -> list[model_specs.Handle]:
  model = some_spec_file.model(also_known_as=aliases)
  return [
    model_specs.Handle(model, task, number, 'acme')
    for task in ('classification', 'feature_vector')
    for number in (1, 2)
  ]


def test_an_own_model_has_the_names_that_it_declares():
  known = names.Names(
    _own(
      **{
        'acme/old/flowers.v3': 'classification/2',
        'acme/b': 'classification/1',
      }
    )
  )
  for path, handle, part in (
    ('acme/old/flowers.v3', 'acme/flowers/small/classification/2', ''),
    ('acme/old/flowers.v3.tar.gz', 'acme/flowers/small/classification/2', None),
    ('acme/b/saved_model.pb', 'acme/flowers/small/classification/1', None),
    (
      'acme/flowers-small/tensorFlow2/feature-vector/2',
      'acme/flowers/small/feature_vector/2',
      '',
    ),
  ):
    named = known.find(path)
    assert named is not None, path
    assert str(named.handle) == handle
    assert part is None or named.part == part


def test_nobody_takes_the_name_of_a_published_model():
  taken = f'{_V2}/tensorFlow2/{_VARIATION}/2'
  own = _own(**{taken: 'classification/2'})
  known = names.Names(own)
  assert known.find(taken) is None
  assert not known.versions(taken.removesuffix('/2'))
  handles = [*own, some_exports.handle(_NEW)]
  for listed in (handles, handles[::-1]):
    named = names.Names(listed).find(taken)
    assert named is not None
    assert str(named.handle) == _NEW


def test_own_models_of_the_publisher_take_none_either():
  """Its dataset and name make up what Kaggle calls a published model."""
  model = some_spec_file.model(
    publisher='google',
    dataset='inception',
    name='v3',
    version=9,
  )
  own = model_specs.Handle(model, 'feature_vector', 9, 'google')
  published = model_specs.get('google/imagenet/inception_v3/feature_vector/4')
  name = 'google/inception-v3/tensorFlow2/feature-vector'
  assert names.Names([own]).find(f'{name}/1') is None
  for path in (name, f'{name}/1'):
    named = names.Names([own, published]).find(path)
    assert named is not None
    assert named.handle == published


@pytest.mark.parametrize(
  ('name', 'says'),
  [
    (
      'google/tf2-preview/mobilenet_v2/classification/4',
      'It is google/imagenet/mobilenet_v2_100_224/classification/5, which was '
      'not exported; `slimhub export mobilenet_v2_100_224/classification/5 '
      '--formats=tf2` makes it. ',
    ),
    (
      'models/google/inception-v3/tfLite/classification-int8',
      'It is google/imagenet/inception_v3/classification/5.litert/int8.tflite, '
      'which was not exported; `slimhub export inception_v3/classification/5 '
      '--formats=litert.int8` makes it. ',
    ),
    ('google/mobilenet_v2_1.0_224', ''),
    ('google/mobilenet-v9/tensorFlow2/classification', ''),
    (str(aliases.kaggle(model_specs.get(some_exports.TF2))), ''),
  ],
)
def test_a_name_of_what_was_not_exported_is_known(name, says):
  known = names.Names([model_specs.get(some_exports.TF2)])
  assert known.lacking(name) == says
