"""What is timed is what answers."""

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import synthetic
from exporter.measure import runners
from tests import artifacts_made as artifacts
from tests import conversions_made


@pytest.mark.parametrize('number', [1, 3, 4, 5])
@pytest.mark.parametrize('task', ['classification', 'feature_vector'])
def test_runs_what_the_source_computes(task, number):
  name = f'{artifacts.TINY}/{task}/{number}'
  run = runners.load(artifacts.handle(name), artifacts.folder(name), 1)
  images = synthetic.synthetic_images(3, 32, 32)
  expected = conversions_made.expected(name, images)
  np.testing.assert_allclose(run(images), expected, atol=1e-5)


def test_runs_conversions():
  name, word = conversions_made.TINY, 'onnx.model'
  conversion = conversions_made.conversion(name, word)
  run = runners.load(conversion, conversions_made.file(name, word), 1)
  assert run(synthetic.synthetic_images(2, 32, 32)).shape == (2, 5)


@pytest.mark.parametrize('number', [3, 5])
def test_what_is_no_artifact_is_one_error(number, tmp_path):
  handle = artifacts.handle(f'{artifacts.TINY}/classification/{number}')
  with pytest.raises(errors.ProofError, match='slimhub verify'):
    runners.load(handle, tmp_path, 1)


@pytest.mark.parametrize(
  ('task', 'width'), [('classification', 1000), ('feature_vector', 256)]
)
def test_the_peer_is_the_same_network_of_keras(task, width):
  handle = artifacts.handle(f'{artifacts.V1}/{task}/5')
  ((name, run),) = runners.peer(handle).items()
  assert name == 'keras.applications.MobileNet'
  assert run(synthetic.synthetic_images(1, 128, 128)).shape == (1, width)


def test_a_network_that_keras_lacks_has_no_peer():
  handle = artifacts.handle(conversions_made.TINY)
  assert runners.peer(handle) == {}
