"""Snippets: every one can be filled, with what its handle needs."""

import ast
import re
import string

import pytest

from exporter.cards import snippets
import model_specs
from tests import each

_SNIPPETS = {
  name: value
  for name, value in vars(snippets).items()
  if isinstance(value, string.Template)
}


def _get(name: str) -> model_specs.Handle:
  return model_specs.get(f'google/imagenet/{name}')


def _fill(name: str, handle: model_specs.Handle) -> str:
  text = snippets.fill(_SNIPPETS[name], handle)
  match = re.fullmatch(r'```python\n(.*)\n```', text, re.DOTALL)
  assert match
  return match[1]


@each.over('name', _SNIPPETS)
@each.over('handle', model_specs.find('mobilenet_v?_100_224/*/*'))
def test_fills_and_parses(name, handle):
  ast.parse(_fill(name, handle))


@pytest.mark.parametrize(
  ('handle', 'call'),
  [
    ('mobilenet_v2_035_96/classification/1', "    images,\n    signature='i"),
    ('mobilenet_v2_035_96/feature_vector/2', "    images,\n    signature='i"),
    (
      'mobilenet_v2_035_96/classification/3',
      '    dict(images=images, batch_norm_momentum=0.997),\n'
      "    signature='image_feature_vector_with_bn_hparams',",
    ),
  ],
)
def test_tf1_tuning_calls_a_signature_of_the_version(handle, call):
  text = _fill('HUB_TUNE', _get(handle))
  assert call in text
  signature = re.search(r"signature='(.+?)'", text)
  assert signature
  handle = _get(handle)
  assert signature[1] in handle.version.signatures(handle.task)


@pytest.mark.parametrize(
  ('name', 'head'),
  [
    ('TUNE_KERAS_3', 'keras.layers.Dense(5)'),
    ('TUNE_SLIM_LAYER', 'keras.layers.Dense(5)'),
    ('TUNE_KERAS_LAYER', 'tf.keras.layers.Dense(5)'),
    ('TUNE_LOOP', 'tf.random.normal([1280, 5]'),
  ],
)
def test_only_features_get_a_new_layer(name, head):
  assert head in _fill(name, _get('mobilenet_v2_035_96/feature_vector/5'))
  logits = _fill(name, _get('mobilenet_v2_035_96/classification/5'))
  assert head not in logits
  assert '1001' in logits


def test_the_serving_signature_names_its_output():
  for task, output in (
    ('classification', "logits = serve(inputs=images)['logits']"),
    ('feature_vector', "features = serve(inputs=images)['feature_vector']"),
  ):
    assert output in _fill('SERVING', _get(f'mobilenet_v1_100_224/{task}/5'))
