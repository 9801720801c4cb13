"""The other names are those that public code uses."""

import inspect
import re

import keras
import pytest

import model_specs
from model_specs import aliases
from model_specs import formats
from model_specs import kinds
from tests import some_spec_file

_V2 = 'google/imagenet/mobilenet_v2_100_224/feature_vector/5'

# Names as they were read in public code and in redirects of tfhub.dev.
_MOVED = """
mobilenet_v1_025_128/classification/5 mobilenet-v1 025-128-classification/2
mobilenet_v1_025_128/classification/4 mobilenet-v1 025-128-classification/1
mobilenet_v2_140_224/feature_vector/5 mobilenet-v2 140-224-feature-vector/2
mobilenet_v3_large_100_224/feature_vector/5 mobilenet-v3 \
large-100-224-feature-vector/1
mobilenet_v3_small_075_224/classification/5 mobilenet-v3 \
small-075-224-classification/1
inception_v1/classification/5 inception-v1 classification/2
inception_v3/feature_vector/5 inception-v3 feature-vector/2
inception_resnet_v2/feature_vector/4 inception-resnet-v2 feature-vector/1
resnet_v1_50/classification/5 resnet-v1 50-classification/2
resnet_v2_152/feature_vector/5 resnet-v2 152-feature-vector/2
nasnet_mobile/classification/5 nasnet mobile-classification/2
nasnet_large/feature_vector/5 nasnet large-feature-vector/2
pnasnet_large/classification/5 pnasnet large-classification/2
mobilenet_v2_100_224/classification/1 mobilenet-v2 100-224-classification/1
mobilenet_v2_100_224/classification/2 mobilenet-v2 100-224-classification/2
mobilenet_v2_100_224/classification/3 mobilenet-v2 100-224-classification/3
pnasnet_large/feature_vector/3 pnasnet large-feature-vector/3
resnet_v2_50/feature_vector/1 resnet-v2 50-feature-vector/1
resnet_v2_50/feature_vector/3 resnet-v2 50-feature-vector/2
"""


@pytest.mark.parametrize('line', _MOVED.strip().splitlines())
def test_kaggle_names_are_those_that_tfhub_redirected_to(line):
  name, model, variation = line.split()
  handle = model_specs.get(f'google/imagenet/{name}')
  framework = 'tensorFlow1' if handle.number <= 3 else 'tensorFlow2'
  expected = f'google/{model}/{framework}/{variation}'
  assert str(aliases.kaggle(handle)) == expected
  assert expected in aliases.of(handle)


def test_no_two_artifacts_have_a_name_in_common():
  owners: dict[str, str] = {}
  every = [kind.word for kind in kinds.known()]
  handles = model_specs.find('*/*/*')
  for handle in formats.select(handles, every):
    for name in (str(handle), *aliases.of(handle)):
      key = aliases.key(name)
      assert owners.setdefault(key, str(handle)) == str(handle)
  assert len(owners) > 3 * len(handles)


@pytest.mark.parametrize(
  ('model', 'name'),
  [
    ('mobilenet_v2_100_224', 'mobilenet_v2'),
    ('inception_v3', 'inception_v3'),
  ],
)
@pytest.mark.parametrize('task', ['classification', 'feature_vector'])
@pytest.mark.parametrize('number', [1, 2, 3, 4])
def test_previews_are_the_newest_saved_model(model, name, task, number):
  handle = model_specs.get(f'google/imagenet/{model}/{task}/5')
  of_kaggle = name.replace('_', '-')
  variation = f'tf2-preview-{task.replace("_", "-")}'
  assert f'google/tf2-preview/{name}/{task}/{number}' in aliases.of(handle)
  assert f'google/{of_kaggle}/tensorFlow2/{variation}/{number}' in aliases.of(
    handle
  )
  for other in handle.spec.handles((1, 2, 3, 4)):
    assert not any('tf2-preview' in name for name in aliases.of(other))


def test_another_publisher_has_the_names_under_its_own():
  (handle,) = model_specs.find('mobilenet_v2_100_224/*vector/5', publisher='me')
  assert all(name.startswith('me/') for name in aliases.of(handle))


def test_urls_have_every_spelling_once():
  urls = aliases.urls(model_specs.get(_V2))
  assert urls[0] == f'https://tfhub.dev/{_V2}'
  assert len(urls) == len(set(urls))
  before = 'google/mobilenet-v2'
  for url in (
    'https://tfhub.dev/google/imagenet/mobilenet_v2_100_224/feature-vector/5',
    'https://tfhub.dev/google/tf2-preview/mobilenet_v2/feature_vector/4',
    'https://hub.tensorflow.google.cn/google/tf2-preview/mobilenet_v2/'
    'feature_vector/4',
    f'https://www.kaggle.com/models/{before}/TensorFlow2/'
    '100-224-feature-vector/2',
    f'https://kaggle.com/models/{before}/frameworks/tensorFlow2/variations/'
    '100-224-feature-vector/versions/2?tfhub-redirect=true',
  ):
    assert url in urls
    (handle,) = model_specs.find(url)
    assert str(handle) == _V2


def test_urls_of_another_hub_keep_those_of_kaggle():
  urls = aliases.urls(model_specs.get(_V2), 'https://hub.acme.com')
  assert urls[0] == f'https://hub.acme.com/{_V2}'
  assert not any('tfhub.dev' in url or '.cn/' in url for url in urls)
  assert any('kaggle.com' in url for url in urls)


def test_conversions_have_names_of_their_own():
  handle = model_specs.get(
    'google/imagenet/mobilenet_v1_025_128/classification/5'
  )
  words = [kind.word for kind in kinds.converted()]
  names = [
    aliases.of(conversion) for conversion in formats.select([handle], words)
  ]
  before = 'google/mobilenet-v1'
  assert names == [
    (f'{before}/tfLite/025-128-classification/2',),
    (f'{before}/tfLite/025-128-classification-float16/2',),
    (f'{before}/tfLite/025-128-classification-dynamic/2',),
    (f'{before}/tfLite/025-128-classification-int8/2',),
    (f'{before}/onnx/025-128-classification/2',),
    (f'{before}/onnx/025-128-classification-nchw/2',),
    (f'{before}/tfJs/025-128-classification/2',),
    (f'{before}/tfJs/025-128-classification-float16/2',),
    (f'{before}/tfJs/025-128-classification-uint8/2',),
  ]


def test_own_models_have_what_they_declare():
  model = some_spec_file.model(
    also_known_as={'acme/old/flowers/3': 'classification/2'}
  )
  by_handle = {str(h): aliases.of(h) for h in model.handles()}
  assert (
    'acme/old/flowers/3' in by_handle['acme/flowers/small/classification/2']
  )
  assert all(
    'acme/old/flowers/3' not in names
    for handle, names in by_handle.items()
    if not handle.endswith('classification/2')
  )
  assert (
    'acme/flowers-small/tensorFlow2/feature-vector/2'
    in by_handle['acme/flowers/small/feature_vector/2']
  )
  assert not aliases.namesakes(model)


def test_a_declared_name_of_kaggle_is_one_for_kagglehub():
  name = 'acme/blossoms/TensorFlow2/small/7'
  model = some_spec_file.model(also_known_as={name: 'classification/2'})
  (handle,) = (
    h for h in model.handles() if str(h).endswith('classification/2')
  )
  moved = 'acme/blossoms/tensorFlow2/small/7'
  assert moved in map(str, aliases.of_kaggle(handle))
  assert moved not in aliases.of_tfhub(handle)
  urls = aliases.urls(handle)
  assert f'https://www.kaggle.com/models/{name}' in urls
  assert f'{aliases.TFHUB_URL}/{name}' not in urls


def test_what_is_declared_is_no_part_of_another_fingerprint():
  (plain,), (named,) = (
    [h for h in model.handles() if str(h).endswith('classification/2')]
    for model in (
      some_spec_file.model(),
      some_spec_file.model(also_known_as={'a/b': 'classification/2'}),
    )
  )
  # The manifest holds the table, which changed.
  assert plain.fingerprint != named.fingerprint


def _namesakes(collection: str) -> list[aliases.Namesake]:
  return [
    namesake
    for model in model_specs.MODELS
    for namesake in aliases.namesakes(model)
    if namesake.collection == collection
  ]


def test_every_model_of_the_file_exists():
  rows = aliases.rows()
  names = {model.name for model in model_specs.MODELS}
  assert {model for _, _, model in rows} <= names
  assert len(rows) == len(set(rows))
  assert len(_namesakes('Hugging Face')) == 6
  assert len(_namesakes('timm')) == 9
  assert len(_namesakes('keras.applications')) == 54


def _arguments(name: str) -> tuple[str, dict[str, object]]:
  """The class of Keras and the arguments in a name."""
  matched = re.fullmatch(r'keras\.applications\.(\w+)(?:\((.*)\))?', name)
  assert matched
  alpha = re.search(r'alpha=([\d.]+)', matched[2] or '')
  shape = re.search(r'input_shape=\((\d+), \1, 3\)', matched[2] or '')
  arguments: dict[str, object] = {}
  if alpha:
    arguments['alpha'] = float(alpha[1])
  if shape:
    arguments['input_shape'] = (int(shape[1]), int(shape[1]), 3)
  return matched[1], arguments


def test_keras_has_each_namesake():
  for namesake in _namesakes('keras.applications'):
    name, arguments = _arguments(namesake.name)
    parameters = inspect.signature(getattr(keras.applications, name)).parameters
    assert arguments.keys() <= parameters.keys(), namesake
    model = model_specs.get_model(namesake.model)
    alpha = arguments.get('alpha', 1.0 if model.multiplier else None)
    assert alpha == model.multiplier, namesake


@pytest.mark.parametrize(
  'model', ['mobilenet_v1_025_128', 'mobilenet_v2_035_96']
)
def test_a_namesake_of_keras_is_the_same_network(model):
  spec = model_specs.get_model(model)
  (namesake,) = [
    each
    for each in aliases.namesakes(spec)
    if each.collection == 'keras.applications'
  ]
  name, arguments = _arguments(namesake.name)
  built = getattr(keras.applications, name)(weights=None, **arguments)
  assert built.input_shape[1:3] in ((spec.size, spec.size), (None, None))
  # Keras has a class less: the background.
  trained = sum(w.shape.num_elements() for w in built.trainable_weights) / 1e6
  expected = spec.figures.params_millions
  assert trained == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize(
  ('given', 'expected'),
  [
    ('a/b', 'a/b'),
    ('/a/b/', 'a/b'),
    ('models/a/b/frameworks/F/variations/V', 'a/b/F/V'),
    ('https://www.kaggle.com/models/a/b/F/V/2/', 'a/b/F/V/2'),
    ('http://localhost:8000/a/b/c/d/5?tf-hub-format=compressed', 'a/b/c/d/5'),
    ('https://huggingface.co/timm/x.tf_in1k', 'x.tf_in1k'),
    ('timm/x.tf_in1k', 'x.tf_in1k'),
    ('https://tfhub.dev/a/b/c/d/5#usage', 'a/b/c/d/5'),
    ('mobilenet_v2_*/*/[45]', 'mobilenet_v2_*/*/[45]'),
  ],
)
def test_plain(given, expected):
  assert aliases.plain(given) == expected
