"""TensorFlow Lite Model Maker's own command, from a seeded cache.

It is the program of many tutorials on models for phones. As MediaPipe's, its
MobileNet V2 is tf2-preview/mobilenet_v2/feature_vector/4.
"""

from ctypes import util

from ai_edge_litert import interpreter
import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts
from tests.conformance import pictures_made
from tests.conformance import program
from tests.conformance import programs

pytestmark = pytest.mark.skipif(
  not util.find_library('usb-1.0'),
  reason='tflite-support loads libusb; run: apt-get install libusb-1.0-0',
)

_NAME = 'mobilenet_v2_100_224/feature_vector/5'


def _train(folder, cache):
  return program.run(
    programs.TFLITE_MODEL_MAKER,
    *('tflite_model_maker', 'image_classification', '--spec=mobilenet_v2'),
    *('--epochs=5', '--batch_size=4', '--export_dir=made'),
    f'--data_dir={pictures_made.write(folder / "pictures")}',
    folder=folder,
    more={'TFHUB_CACHE_DIR': str(cache)},
  )


def _dense(variables):
  """The kernel and the bias of the layer that it puts on top of ours."""
  values = {
    name: tf.train.load_variable(variables, name)
    for name, shape in tf.train.list_variables(variables)
    if shape in ([1280, 2], [2]) and 'OPTIMIZER' not in name
  }
  kernel, bias = sorted(values.values(), key=np.ndim, reverse=True)
  return kernel, bias


def _answers(path, images):
  """What its LiteRT file, of bytes, answers for each of the pictures."""
  lite = interpreter.Interpreter(str(path))
  lite.allocate_tensors()
  (into,), (out,) = lite.get_input_details(), lite.get_output_details()
  scale, zero = out['quantization']
  for image in np.rint(images * 255).astype(np.uint8):
    lite.set_tensor(into['index'], image[None])
    lite.invoke()
    yield (lite.get_tensor(out['index'])[0].astype(np.float32) - zero) * scale


def test_it_trains_and_writes_a_model_for_a_phone(tmp_path):
  ran = _train(tmp_path, program.seed(tmp_path, _NAME))
  assert ran.code == 0, ran.said
  export_dir = tmp_path / 'made'
  images = np.concatenate(
    [
      0.5 * synthetic.synthetic_images(8, 224, 224) + 0.5 * np.array(colour)
      for colour in pictures_made.COLOURS.values()
    ]
  ).astype(np.float32)
  kernel, bias = _dense(
    str(export_dir / 'saved_model' / 'variables' / 'variables')
  )
  assert kernel.shape == (1280, len(pictures_made.COLOURS))
  features = tf.saved_model.load(str(artifacts.folder(_NAME)))(images).numpy()
  expected = tf.nn.softmax(features @ kernel + bias).numpy()
  saved = tf.saved_model.load(str(export_dir / 'saved_model'))
  outputs = saved.signatures['serving_default'](tf.constant(images))
  (probabilities,) = outputs.values()
  np.testing.assert_allclose(probabilities, expected, atol=1e-5)
  # Its file for phones computes in bytes, as TensorFlow 2.8 makes them of a
  # handful of pictures: a single answer may well be a fifth off.
  lite = np.array(list(_answers(export_dir / 'model.tflite', images)))
  assert np.abs(lite - expected).mean() < 0.15


def test_nothing_else_than_the_cache_answers_it(tmp_path):
  ran = _train(tmp_path, tmp_path / 'empty')
  assert ran.code != 0
  assert 'tfhub.dev' in ran.said or 'urlopen error' in ran.said, ran.said
  assert not (tmp_path / 'made').exists()
