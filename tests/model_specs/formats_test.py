"""The words of --formats, and what they select."""

import dataclasses
import pathlib

import pytest

from exporter.pipeline import orders
import model_specs
from model_specs import figures
from model_specs import formats
from model_specs import kinds
from tests import some_spec_file

_HANDLES = model_specs.find('mobilenet_v1_025_128/classification')
_NAME = 'google/imagenet/mobilenet_v1_025_128/classification'


def _select(given: str, layout: kinds.Layout = kinds.NHWC) -> list[str]:
  selected = formats.select(_HANDLES, formats.parse(given), layout)
  return [str(handle).removeprefix(f'{_NAME}/') for handle in selected]


_ALL_LITERT = [
  f'5.litert/{name}.tflite'
  for name in ('float32', 'float16', 'dynamic', 'int8')
]


@pytest.mark.parametrize(
  ('given', 'expected'),
  [
    ('tf1', ['3']),
    ('tf2', ['5']),
    ('tf2,tf1', ['3', '5']),
    ('litert', _ALL_LITERT),
    ('litert.int8', ['5.litert/int8.tflite']),
    ('onnx,tf2', ['5', '5.onnx/model.onnx']),
    ('onnx.model_nchw', ['5.onnx/model_nchw.onnx']),
    (
      'tf1,tf2,litert,onnx',
      ['3', '5', *_ALL_LITERT, '5.onnx/model.onnx'],
    ),
  ],
)
def test_words_select_handles_and_their_conversions(given, expected):
  assert _select(given) == expected


def test_a_layout_is_another_file():
  assert _select('onnx', kinds.NCHW) == ['5.onnx/model_nchw.onnx']


@pytest.mark.parametrize(
  ('given', 'says'),
  [
    ('tf1,onyx', "unknown format 'onyx'; did you mean onnx?"),
    ('litert.int4', 'did you mean litert.int8?'),
    ('', 'choose from tf1, tf2'),
    ('tf2,', 'choose from tf1, tf2'),
  ],
)
def test_an_unknown_word_names_a_close_one(given, says):
  with pytest.raises(ValueError, match='unknown format') as error:
    formats.parse(given)
  assert says in str(error.value)


def test_only_tf2_versions_are_converted():
  with pytest.raises(model_specs.SpecError, match='version 3 is TF1'):
    formats.convert(_HANDLES[0], kinds.converted()[0])


def test_each_conversion_is_another_thing():
  selected = list(formats.select(_HANDLES, formats.words()))
  assert len({str(handle) for handle in selected}) == len(selected) == 11
  assert len({handle.fingerprint for handle in selected}) == len(selected)


def test_a_conversion_knows_its_origin():
  (conversion,) = formats.select(_HANDLES, ['litert.float16'])
  assert isinstance(conversion, formats.Conversion)
  assert conversion.origin == _HANDLES[1]
  assert (conversion.format, conversion.output) == ('litert.float16', 'logits')


def test_what_rounds_more_is_allowed_more():
  litert = [f for f in kinds.converted() if f.group == kinds.LITERT]
  errors = [f.error for f in litert]
  assert errors == sorted(errors)


@pytest.mark.parametrize(
  ('network', 'size', 'measured'),
  [
    ('mobilenet_v2', 224, 0.85),
    ('mobilenet_v2', 448, 1.63),
    ('mobilenet_v2', 1024, 5.41),
    ('resnet_v1_50', 1024, 7.99),
  ],
)
def test_large_images_take_much_memory(network, size, measured):
  model = some_spec_file.model(network=network, size=size, multiplier=None)
  (handle, *_) = model.handles()
  assert measured < formats.memory_gb(handle) < 2 * measured + 1


def test_converters_of_many_parameters_take_much_memory():
  (handle,) = model_specs.find('inception_resnet_v2/feature_vector/5')
  onnx, litert = (
    formats.memory_gb(formats.convert(handle, kinds.get(word)))
    for word in ('onnx.model', 'litert.float32')
  )
  assert onnx == pytest.approx(0.07 * 55.81)
  assert litert == pytest.approx(0.16 * 55.81)
  assert formats.memory_gb(handle) == handle.spec.family.memory_gb
  order = orders.Order(
    orders.EXPORT,
    (handle, formats.convert(handle, kinds.get('onnx.model'))),
    pathlib.Path(),
    weights='synthetic',
  )
  assert order.memory_gb == onnx


@pytest.mark.parametrize(
  ('name', 'count'), [('inception_v2', 256), ('inception_v3', 64)]
)
def test_a_heavy_network_is_tried_on_fewer_pictures(name, count):
  model = model_specs.get_model(name)
  own = dataclasses.replace(model, figures=figures.Figures())
  for each in (model, own):
    litert = [f for f in kinds.converted() if f.group == kinds.LITERT]
    counts = [formats.pictures_for(f, each) for f in litert]
    assert counts == [8, count, count, count]
