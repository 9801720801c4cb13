"""Labels and endpoints on a card: all there, and how to get them."""

import pytest

from exporter.cards import outputs
import model_specs
from model_specs import versions
from tests import each

every_handle = each.over('handle', model_specs.find('*/*/*'))


def _get(name: str) -> model_specs.Handle:
  return model_specs.get(f'google/imagenet/{name}')


@every_handle
def test_every_endpoint_is_named_once(handle):
  text = outputs.endpoints(handle).to_markdown()
  assert all(text.count(f'`{name}`') == 1 for name in handle.endpoints)
  assert f'{len(handle.endpoints)} endpoints' in ' '.join(text.split())


@every_handle
def test_endpoints_are_reached_as_the_format_has_it(handle):
  text = outputs.endpoints(handle).to_markdown()
  is_tf1 = handle.version.format == versions.TF1
  signature = f"signature='image_{handle.task}', as_dict=True"
  assert (signature in text) == is_tf1
  assert ('return_endpoints=True' in text) == (not is_tf1)


@pytest.mark.parametrize(
  ('name', 'line'),
  [
    (
      'mobilenet_v1_100_224/classification/5',
      '* `MobilenetV1/Conv2d_13_depthwise`, `MobilenetV1/Conv2d_13_pointwise`',
    ),
    (
      'mobilenet_v2_100_224/feature_vector/3',
      '* `MobilenetV2/layer_2`, `MobilenetV2/layer_2/depthwise_output`, '
      '`MobilenetV2/layer_2/output`',
    ),
    ('mobilenet_v2_100_224/classification/3', '* `MobilenetV2/Logits`'),
  ],
)
def test_endpoints_of_a_layer_share_a_line(name, line):
  assert line in outputs.endpoints(_get(name)).to_markdown().splitlines()


@every_handle
def test_labels_are_shown_where_there_are_logits(handle):
  text = outputs.labels(handle).to_markdown()
  assert '`assets.extra/labels.txt`' in text
  assert f'{handle.spec.num_classes} classes' in ' '.join(text.split())
  is_classifier = handle.task == versions.CLASSIFICATION
  assert ('```python' in text) == is_classifier
  has_background = is_classifier and handle.spec.has_background
  assert ('`background`' in text) == has_background
