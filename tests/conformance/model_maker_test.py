"""MediaPipe Model Maker's own program, by the name that it asks tfhub.dev for.

Its MobileNet V2 is tf2-preview/mobilenet_v2/feature_vector/4, whose name the
export of today's handle answers to.
"""

from ai_edge_litert import interpreter
import numpy as np
import tensorflow as tf

from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts
from tests.conformance import pictures_made
from tests.conformance import program
from tests.conformance import programs

_NAME = 'mobilenet_v2_100_224/feature_vector/5'
_PROGRAM = (
  'mediapipe_model_maker.python.vision.image_classifier.image_classifier_demo'
)
# As its converter calls the layer that it puts on top of ours.
_KERNEL = 'sequential/dense/MatMul'
_BIAS = 'sequential/dense/BiasAdd/ReadVariableOp'


def _train(folder, cache):
  return program.run(
    programs.MODEL_MAKER,
    *(f'-m {_PROGRAM}', '--spec=MOBILENET_V2', '--export_dir=made'),
    f'--input_data_dir={pictures_made.write(folder / "pictures")}',
    folder=folder,
    more={'TFHUB_CACHE_DIR': str(cache)},
  )


def _softmax(logits):
  powers = np.exp(logits - logits.max())
  return powers / powers.sum()


def test_it_trains_and_writes_a_model_for_a_phone(tmp_path):
  ran = _train(tmp_path, program.seed(tmp_path, _NAME))
  assert ran.code == 0, ran.said
  lite = interpreter.Interpreter(str(tmp_path / 'made' / 'model.tflite'))
  lite.allocate_tensors()
  (into,), (out,) = lite.get_input_details(), lite.get_output_details()
  at = {each['name']: each['index'] for each in lite.get_tensor_details()}
  kernel, bias = lite.get_tensor(at[_KERNEL]), lite.get_tensor(at[_BIAS])
  images = synthetic.synthetic_images(1, 224, 224)
  lite.set_tensor(into['index'], images)
  lite.invoke()
  features = tf.saved_model.load(str(artifacts.folder(_NAME)))(images)
  (expected,) = features.numpy() @ kernel.T + bias
  (probabilities,) = lite.get_tensor(out['index'])
  assert kernel.shape == (len(pictures_made.COLOURS), 1280)
  np.testing.assert_allclose(probabilities, _softmax(expected), atol=1e-4)


def test_nothing_else_than_the_cache_answers_it(tmp_path):
  ran = _train(tmp_path, tmp_path / 'empty')
  assert ran.code != 0
  assert 'tfhub.dev' in ran.said or 'urlopen error' in ran.said, ran.said
  assert not (tmp_path / 'made' / 'model.tflite').exists()
