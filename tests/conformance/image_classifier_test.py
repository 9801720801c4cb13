"""tensorflow_hub's own program that fine-tunes, from a seeded cache."""

from ai_edge_litert import interpreter
import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from tests.conformance import pictures_made
from tests.conformance import program
from tests.conformance import programs

_URL = 'https://tfhub.dev/google/imagenet/mobilenet_v1_025_128/feature_vector/5'


@pytest.fixture(name='pictures')
def _pictures(tmp_path):
  return pictures_made.write(tmp_path / 'pictures')


def _fine_tune(pictures, folder, cache):
  return program.run(
    programs.IMAGE_CLASSIFIER,
    *('make_image_classifier', f'--image_dir={pictures}'),
    *(f'--tfhub_module={_URL}', f'--image_size={program.SIZE}'),
    *('--do_fine_tuning', '--train_epochs=3', '--batch_size=4'),
    *('--learning_rate=0.01', '--labels_output_file=labels.txt'),
    *('--saved_model_dir=model', '--tflite_output_file=model.tflite'),
    folder=folder,
    more={'TFHUB_CACHE_DIR': str(cache)},
  )


def test_it_fine_tunes_and_writes_both_of_its_files(pictures, tmp_path):
  ran = _fine_tune(pictures, tmp_path, program.cache())
  assert ran.code == 0, ran.said
  assert (tmp_path / 'labels.txt').read_text().split() == sorted(
    pictures_made.COLOURS
  )
  model = tf.saved_model.load(str(tmp_path / 'model'))
  lite = interpreter.Interpreter(str(tmp_path / 'model.tflite'))
  lite.allocate_tensors()
  (into,), (out,) = lite.get_input_details(), lite.get_output_details()
  images = synthetic.synthetic_images(1, program.SIZE, program.SIZE)
  lite.set_tensor(into['index'], images)
  lite.invoke()
  answers = lite.get_tensor(out['index'])
  expected = model(tf.constant(images), training=False).numpy()
  assert expected.shape == (1, len(pictures_made.COLOURS))
  np.testing.assert_allclose(answers, expected, atol=1e-3)


def test_nothing_else_than_the_cache_answers_it(pictures, tmp_path):
  ran = _fine_tune(pictures, tmp_path, tmp_path / 'empty')
  assert ran.code != 0
  assert 'tfhub.dev' in ran.said or 'urlopen error' in ran.said, ran.said
  assert not (tmp_path / 'model').exists()
