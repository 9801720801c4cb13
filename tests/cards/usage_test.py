"""How a card says to use the model: each format, task and version."""

import pytest

from exporter.cards import usage as usage_lib
import model_specs
from model_specs import versions
from tests import each

every_handle = each.over('handle', model_specs.find('*/*/*'))


def _get(name: str) -> model_specs.Handle:
  return model_specs.get(f'google/imagenet/{name}')


def _usage(handle: model_specs.Handle) -> str:
  return usage_lib.usage(handle).to_markdown()


def _tuning(handle: model_specs.Handle) -> str:
  return usage_lib.fine_tuning(handle, 'SIBLING').to_markdown()


def _flat(text: str) -> str:
  return ' '.join(text.split())


@every_handle
def test_the_range_of_the_input_is_plain(handle):
  text = _flat(_usage(handle))
  name = 'images' if handle.version.format == versions.TF1 else 'inputs'
  assert f'The input `{name}` is' in text
  assert 'in the range [0, 1]' in text


@every_handle
def test_a_fixed_size_comes_with_the_way_out(handle):
  text = _flat(_usage(handle))
  size = handle.spec.size
  resize = f'`tf.image.resize(images, [{size}, {size}])`'
  assert (resize in text) == (not handle.variable_size)


@every_handle
def test_only_signatures_of_the_version_are_named(handle):
  text = _usage(handle) + _tuning(handle)
  for number in range(1, 6):
    signatures = versions.BY_NUMBER[number].signatures(handle.task)
    for name in set(signatures) - {'default', 'serving_default'}:
      expected = name in handle.version.signatures(handle.task)
      assert (f'`{name}`' in text) <= expected


@every_handle
def test_a_tf1_card_lists_its_signatures(handle):
  if handle.version.format == versions.TF1:
    text = _usage(handle)
    for name in handle.version.signatures(handle.task):
      assert f'\n| `{name}` |' in text


def test_a_savedmodel_works_in_keras_3_and_2():
  usage = _usage(_get('mobilenet_v2_035_96/classification/4'))
  assert "keras.layers.TFSMLayer(path, call_endpoint='serve')" in usage
  assert 'hub.KerasLayer(path)' in usage
  assert "os.environ['TF_USE_LEGACY_KERAS'] = '1'" in usage
  tuning = _tuning(_get('mobilenet_v2_035_96/feature_vector/4'))
  assert "call_training_endpoint='train'" in tuning


@pytest.mark.parametrize(('number', 'served'), [(4, False), (5, True)])
def test_serving_came_with_version_5(number, served):
  handle = _get(f'mobilenet_v2_035_96/classification/{number}')
  text = _flat(_usage(handle))
  assert ("signatures['serving_default']" in text) == served
  assert ('has no serving signature' in text) == (not served)


@every_handle
def test_classifiers_send_their_tuners_to_the_features(handle):
  text = _tuning(handle)
  assert ('SIBLING' in text) == (handle.task == versions.CLASSIFICATION)


@every_handle
def test_broken_update_ops_are_only_told_of_where_they_were(handle):
  text = _tuning(handle)
  published_anew = ('mobilenet_v2', 'pnasnet_large')
  was_broken = (
    handle.number == 1 and handle.spec.family.network in published_anew
  )
  assert ('/issues/86' in text) == was_broken
