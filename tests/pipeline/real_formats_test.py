"""A published model, converted, agrees with the LiteRT file published with it.

The checkpoint, that file and the photograph are not in this repository;
without them there is nothing to test.
"""

import os
import pathlib

from ai_edge_litert import interpreter as litert
import numpy as np
from PIL import Image
import pytest
import tensorflow as tf

from exporter import formats as formats_lib
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import phone
from tests import some_manifest

_SHARED = pathlib.Path(
  os.environ.get(
    'SLIMHUB_SHARED',
    pathlib.Path(__file__).resolve().parents[3] / 'shared',
  )
)
_REAL = _SHARED / 'real'
_PUBLISHED = _REAL / 'mobilenet_v1_0.25_128' / 'mobilenet_v1_0_25_128.tflite'
_CONVERSIONS = tuple(
  conversion
  for layout in kinds.LAYOUTS
  for conversion in formats.select(
    model_specs.find('mobilenet_v1_025_128/classification'),
    ['onnx'] if layout == kinds.NCHW else ['litert', 'onnx', 'tfjs'],
    layout,
  )
)
_IDS = [c.format for c in _CONVERSIONS]
_PANDA = 389

pytestmark = pytest.mark.skipif(
  not _REAL.is_dir(),
  reason=f'{_REAL} is missing; SLIMHUB_SHARED names the folder above real/',
)


@pytest.fixture(scope='module', name='photograph')
def _photograph():
  with Image.open(_REAL / 'panda.jpg') as image:
    small = image.convert('RGB').resize((128, 128), Image.Resampling.BICUBIC)
  return np.asarray(small)


@pytest.fixture(scope='module', name='exported')
def _exported(tmp_path_factory):
  """The folder with the files, whose ranges were measured on the panda."""
  folder = tmp_path_factory.mktemp('exports')
  order = orders.Order(
    orders.EXPORT,
    _CONVERSIONS,
    folder,
    checkpoint_dir=_REAL,
    pictures_dir=_REAL,
  )
  results = list(export.run(order))
  assert [(r.status, r.reason) for r in results] == [('exported', '')] * 9
  return folder


def _published(images: np.ndarray) -> np.ndarray:
  """Probabilities by the file as published."""
  interpreter = litert.Interpreter(str(_PUBLISHED))
  interpreter.allocate_tensors()
  (input_details,) = interpreter.get_input_details()
  (output_details,) = interpreter.get_output_details()
  interpreter.set_tensor(input_details['index'], images * 2 - 1)
  interpreter.invoke()
  return interpreter.get_tensor(output_details['index'])


@pytest.mark.parametrize('conversion', _CONVERSIONS, ids=_IDS)
def test_agrees_with_the_published_file(conversion, exported, photograph):
  images = photograph[np.newaxis] / np.float32(255)
  path = places.place(exported, conversion).artifact
  logits = formats_lib.load(conversion, path)(images)
  probabilities, expected = tf.nn.softmax(logits).numpy(), _published(images)
  assert np.argmax(probabilities) == np.argmax(expected) == _PANDA
  tolerance = {'float16': 0.05, 'dynamic': 0.2, 'int8': 0.3, 'uint8': 0.1}
  np.testing.assert_allclose(
    probabilities, expected, atol=tolerance.get(conversion.kind.name, 1e-5)
  )


@pytest.mark.parametrize('conversion', _CONVERSIONS, ids=_IDS)
def test_its_card_says_how_near_it_is(conversion, exported):
  place = places.place(exported, conversion)
  checks = some_manifest.read(place.manifest).proof
  assert all(check.difference <= check.tolerance < 1 for check in checks)
  assert f'{checks[0].difference!r}' in place.card.read_text()


@phone.needed
@pytest.mark.parametrize('conversion', _CONVERSIONS[:4], ids=_IDS[:4])
def test_a_phone_sees_the_panda(conversion, exported, photograph):
  path = places.place(exported, conversion).artifact
  assert phone.classify(path, photograph).category_name == 'giant panda'
