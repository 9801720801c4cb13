"""What is timed is what answers."""

import pytest

from exporter.checkpoints import synthetic
from exporter.measure import runners
from tests import artifacts_made as artifacts
from tests import conversions_made


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
