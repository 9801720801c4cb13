"""A card lists the other names of its model, and who uses each of them."""

import pytest

from exporter.cards import names
import model_specs
from model_specs import aliases
from model_specs import formats
from tests import each
from tests import some_spec_file


def _text(handle) -> str:
  return names.also_known_as(handle).to_markdown()


@each.over('handle', model_specs.find('*/*/*'))
def test_every_alias_stands_on_the_card(handle):
  text = _text(handle)
  for name in aliases.of(handle):
    assert f'{name}`' in text, name
  assert f'`{aliases.TFHUB_URL}/{handle}`' not in text


@pytest.mark.parametrize(
  ('handle', 'says'),
  [
    (
      'google/imagenet/mobilenet_v2_100_224/feature_vector/5',
      (
        '| kagglehub | `google/mobilenet-v2/tensorFlow2/100-224-feature-vector',
        '| tensorflow_hub | `https://tfhub.dev/google/tf2-preview/mobilenet_v2/',
        '[`google/mobilenet_v2_1.0_224`](https://huggingface.co/google/',
        '`keras.applications.MobileNetV2`',
        '`docs/from_kaggle.md`',
      ),
    ),
    (
      'google/imagenet/inception_v3/classification/3',
      (
        'tensorFlow1',
        '(https://huggingface.co/timm/inception_v3.tf_in1k), timm',
      ),
    ),
  ],
)
def test_who_asks(handle, says):
  text = _text(model_specs.get(handle))
  for words in says:
    assert words in text


def test_what_has_no_namesakes_says_nothing_of_them():
  handle = model_specs.get('google/imagenet/inception_v1/classification/5')
  assert 'other collections' not in _text(handle)


def test_a_file_has_the_name_of_its_own():
  (file,) = formats.select(
    model_specs.find('inception_v3/classification/5'), ['litert.float16']
  )
  text = _text(file)
  assert '`google/inception-v3/tfLite/classification-float16/2`' in text
  assert 'tensorflow_hub |' not in text
  assert 'timm' not in text


def test_an_own_model_says_what_it_declares():
  model = some_spec_file.model(also_known_as={'acme/old/3': 'classification/2'})
  by_number = {
    (handle.task, handle.number): _text(handle) for handle in model.handles()
  }
  name = '`https://tfhub.dev/acme/old/3`'
  assert name in by_number['classification', 2]
  assert name not in by_number['classification', 1]
