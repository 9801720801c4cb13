"""LiteRT files run by LiteRT alone, with the names that apps rely on."""

from unittest import mock

from ai_edge_litert import interpreter as litert
import numpy as np
import pytest
import tensorflow as tf

from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import litert as litert_lib
from exporter.checkpoints import synthetic
from model_specs import kinds
from tests import artifacts_made as artifacts
from tests import conversions_made

_WORDS = [w for w in conversions_made.WORDS if w.startswith('litert')]
_TINY = conversions_made.TINY


def _open(name: str, word: str) -> litert.Interpreter:
  return litert.Interpreter(str(conversions_made.file(name, word)))


@pytest.mark.parametrize('word', _WORDS)
@pytest.mark.parametrize(
  ('name', 'output'),
  [(_TINY, 'logits'), (conversions_made.TINY_FEATURES, 'feature_vector')],
)
def test_the_signature_is_that_of_the_saved_model(name, word, output):
  assert _open(name, word).get_signature_list() == {
    'serving_default': {'inputs': ['inputs'], 'outputs': [output]}
  }


@pytest.mark.parametrize('word', _WORDS)
def test_a_resized_input_gets_the_answers_of_each_picture(word):
  interpreter = _open(_TINY, word)
  (images,), (logits,) = (
    interpreter.get_input_details(),
    interpreter.get_output_details(),
  )
  pictures = synthetic.synthetic_pictures(8, 32)
  inputs = pictures.astype(images['dtype'])
  if images['dtype'] == np.float32:
    inputs /= np.float32(255)

  def run(batch: np.ndarray) -> np.ndarray:
    interpreter.resize_tensor_input(images['index'], batch.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(images['index'], batch)
    interpreter.invoke()
    return interpreter.get_tensor(logits['index']).astype(np.float32)

  alone = [run(inputs[number : number + 1]) for number in range(8)]
  # Of dynamic ranges, the largest value of a batch decides how all are rounded.
  apart = 0.1 if word == 'litert.dynamic' else 1e-6
  for count in (8, 1, 3):
    expected = np.concatenate(alone[:count])
    np.testing.assert_allclose(
      run(inputs[:count]), expected, atol=apart * np.std(expected)
    )


@pytest.mark.parametrize(
  ('word', 'tolerance'),
  [
    ('litert.float32', 1e-5),
    ('litert.float16', 0.01),
    ('litert.dynamic', 0.1),
    ('litert.int8', 0.2),
  ],
)
def test_answers_batches_of_any_size(word, tolerance):
  run = conversions_made.run(_TINY, word)
  pictures = synthetic.synthetic_pictures(8, 32)
  images = pictures / np.float32(255)
  expected = conversions_made.expected(_TINY, images)
  for count in (8, 1, 3):
    answers = run(images[:count])
    assert answers.shape == (count, 5)
    error = np.max(np.abs(answers - expected[:count])) / np.std(expected)
    assert error < tolerance


def test_weights_are_as_small_as_their_name_says():
  sizes = {
    word: conversions_made.file(conversions_made.V2_FEATURES, word)
    .stat()
    .st_size
    for word in _WORDS
  }
  whole = sizes['litert.float32']
  assert sizes['litert.float16'] < 0.55 * whole
  assert sizes['litert.dynamic'] < 0.4 * whole
  assert sizes['litert.int8'] < 0.45 * whole


def test_integers_take_the_bytes_of_pictures_as_they_are():
  runner = _open(_TINY, 'litert.int8').get_signature_runner()
  details = runner.get_input_details()['inputs']
  scale, zero = details['quantization']
  assert details['dtype'] == np.uint8
  assert (scale, zero) == (pytest.approx(1 / 255), 0)
  assert runner.get_output_details()['logits']['dtype'] == np.uint8


def test_bytes_stay_bytes_whatever_ranges_were_measured_on(tmp_path):
  conversion = conversions_made.conversion(_TINY, 'litert.int8')
  inference, _ = artifacts.sources(conversion.spec)
  network = frozen.freeze(inference, conversion, artifacts.tensors(_TINY))
  dark = synthetic.synthetic_pictures(4, 32) // 4
  path = tmp_path / conversion.kind.file
  litert_lib.write_litert(conversion, network, dark, kinds.ONE, path)
  run = litert_lib.load_litert(conversion, path)
  assert run(dark / np.float32(255)).shape == (4, 5)


def test_integers_compute_in_integers_throughout():
  details = _open(_TINY, 'litert.int8').get_tensor_details()
  assert not [d['name'] for d in details if d['dtype'] == np.float32]


def test_integers_that_answer_in_floats_are_refused(tmp_path):
  """As of a converter that does not know what it is asked for."""
  conversion = conversions_made.conversion(_TINY, 'litert.int8')
  inference, _ = artifacts.sources(conversion.spec)
  network = frozen.freeze(inference, conversion, artifacts.tensors(_TINY))
  path = tmp_path / conversion.kind.file
  convert = tf.lite.TFLiteConverter.convert

  def answer_in_floats(converter):
    converter.inference_output_type = tf.float32
    return convert(converter)

  pictures = synthetic.synthetic_pictures(4, 32)
  with mock.patch.object(tf.lite.TFLiteConverter, 'convert', answer_in_floats):
    litert_lib.write_litert(conversion, network, pictures, kinds.ONE, path)
  with pytest.raises(errors.ProofError, match='gives float32 of scale 0'):
    litert_lib.load_litert(conversion, path)


def test_a_file_of_another_format_is_refused():
  path = conversions_made.file(_TINY, 'litert.float32')
  claimed = conversions_made.conversion(_TINY, 'litert.int8')
  with pytest.raises(errors.ProofError, match='expected bytes of scale 1/255'):
    litert_lib.load_litert(claimed, path)


@pytest.mark.parametrize(
  ('kind', 'word', 'says'),
  [
    ('float16', 'float32', 'weights in FLOAT32, expected FLOAT16'),
    ('dynamic', 'float32', 'weights in FLOAT32, expected INT8'),
    ('float32', 'dynamic', 'weights in INT8, expected FLOAT32'),
  ],
)
def test_weights_of_another_type_than_the_kinds_are_refused(kind, word, says):
  name = conversions_made.V1
  file = conversions_made.file(name, f'litert.{word}')
  with pytest.raises(errors.ProofError, match=says):
    litert_lib.load_litert(
      conversions_made.conversion(name, f'litert.{kind}'), file
    )
