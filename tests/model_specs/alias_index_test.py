"""Names are found in any spelling, and no two artifacts share one."""

import pytest

import model_specs
from model_specs import alias_index
from model_specs import formats
from tests import some_spec_file

_HANDLES = model_specs.find('mobilenet_v2_*/*/*', 'inception_v3/*/*')
_INDEX = alias_index.AliasIndex(
  formats.select(_HANDLES, ('tf1', 'tf2', 'litert.float32'))
)
_KAGGLE = 'google/mobilenet-v2/tensorFlow2/100-224-classification'


def test_a_name_with_a_version_is_one_artifact():
  meaning = _INDEX.get(f'{_KAGGLE}/1')
  assert meaning is not None
  assert list(map(str, meaning.handles)) == [
    'google/imagenet/mobilenet_v2_100_224/classification/4'
  ]
  assert meaning.has_version


def test_a_name_without_one_is_all_of_its_format():
  meaning = _INDEX.get(_KAGGLE)
  assert meaning is not None
  assert [handle.number for handle in meaning.handles] == [4, 5]
  assert meaning.newest.number == 5
  assert not meaning.has_version


@pytest.mark.parametrize(
  'spelling',
  [
    _KAGGLE.replace('tensorFlow2', 'TensorFlow2'),
    _KAGGLE.upper(),
    f'https://www.kaggle.com/models/{_KAGGLE}',
    'models/google/mobilenet-v2/frameworks/tensorflow2/variations/'
    '100-224-classification',
  ],
)
def test_spellings(spelling):
  assert _INDEX.get(spelling) == _INDEX.get(_KAGGLE)


def test_a_namesake_is_a_whole_model():
  meaning = _INDEX.get('keras.applications.inceptionv3')
  assert meaning is not None
  originals = [h for h in meaning.handles if not h.kind.is_converted]
  assert {h.task for h in originals} == {'classification', 'feature_vector'}
  assert {h.number for h in originals} == {1, 3, 4, 5}


def test_conversions_are_found():
  meaning = _INDEX.get(_KAGGLE.replace('tensorFlow2', 'tfLite') + '/2')
  assert meaning is not None
  (handle,) = meaning.handles
  assert str(handle).endswith('/classification/5.litert/float32.tflite')


def test_globs_match_part_by_part():
  meanings = _INDEX.find('google/mobilenet-v2/TensorFlow2/*-feature-vector')
  assert len(meanings) == 22 + 1  # One of them is the preview.
  assert not any(meaning.has_version for meaning in meanings)
  assert not _INDEX.find('google/mobilenet-v2/*')


def test_closest_names_are_of_any_kind():
  assert _INDEX.closest(f'{_KAGGLE}s')[0] == _KAGGLE
  handle = 'google/imagenet/mobilenet_v2_100_224/classification/5'
  assert handle in _INDEX.closest(handle.replace('net/', 'nets/'))
  assert not _INDEX.closest('nothing of the kind')


def test_clashes_are_named_and_the_first_is_kept():
  one = some_spec_file.model(also_known_as={'x/y': 'classification/2'})
  other = some_spec_file.model(
    name='other', also_known_as={'X/Y': 'classification/2'}
  )
  index = alias_index.AliasIndex((*one.handles(), *other.handles()))
  (clash,) = index.clashes
  assert 'other' in clash
  assert 'small' in clash
  meaning = index.get('x/y')
  assert meaning is not None
  assert meaning.handles[0].spec.name == 'small'


def test_a_handle_is_never_another_name():
  one = some_spec_file.model(
    also_known_as={'acme/flowers/other/classification/2': 'classification/2'}
  )
  other = some_spec_file.model(name='other')
  index = alias_index.AliasIndex((*one.handles(), *other.handles()))
  assert len(index.clashes) == 1
  assert index.get('acme/flowers/other/classification/2') is None
