"""What each published version number promised."""

import pytest

from model_specs import versions

_FEATURES = ('default', 'image_feature_vector')
_CLASSES = ('default', 'image_classification', 'image_feature_vector')
_FEATURES_3 = (*_FEATURES, 'image_feature_vector_with_bn_hparams')
_CLASSES_3 = (
  'default',
  'image_classification',
  'image_classification_with_bn_hparams',
  'image_feature_vector',
  'image_feature_vector_with_bn_hparams',
)
_SERVING = ('serving_default',)


@pytest.mark.parametrize(
  ('number', 'classification', 'feature_vector'),
  [
    (1, _CLASSES, _FEATURES),
    (2, _CLASSES, _FEATURES),
    (3, _CLASSES_3, _FEATURES_3),
    (4, (), ()),
    (5, _SERVING, _SERVING),
  ],
)
def test_signatures(number, classification, feature_vector):
  version = versions.BY_NUMBER[number]
  assert version.signatures(versions.CLASSIFICATION) == classification
  assert version.signatures(versions.FEATURE_VECTOR) == feature_vector


@pytest.mark.parametrize(
  ('number', 'format_', 'momentum', 'configurable', 'variable_size'),
  [
    (1, 'hub', 0.997, False, False),
    (2, 'hub', 0.997, False, False),
    (3, 'hub', 0.99, True, True),
    (4, 'saved_model_2', 0.99, True, True),
    (5, 'saved_model_2', 0.99, True, True),
  ],
)
def test_promises(number, format_, momentum, configurable, variable_size):
  version = versions.BY_NUMBER[number]
  assert version.format == format_
  assert version.momentum == momentum
  assert version.configurable_momentum == configurable
  assert version.variable_size == variable_size


def test_every_version_says_what_changed():
  assert list(versions.BY_NUMBER) == [1, 2, 3, 4, 5]
  for version in versions.VERSIONS:
    assert version.changes
    for entry in (*version.changes, *version.variable_size_changes):
      assert entry[0].isupper()
      assert entry.endswith('.')


def test_current_is_the_newest_of_each_format():
  newest = {v.format: v.number for v in versions.VERSIONS}
  assert set(versions.CURRENT) == set(newest.values())
