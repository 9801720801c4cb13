"""The living network: what goes in, what comes out, what it remembers."""

import numpy as np
import pytest
import tensorflow as tf

from exporter import networks
from exporter.checkpoints import synthetic
from exporter.networks import building
import model_specs
from tests import tiny_network

_ARCHITECTURE = networks.Architecture('tiny', 1.0, 5)
_IMAGES = synthetic.synthetic_images(4, 16, 16)


@pytest.fixture(autouse=True)
def _registered():
  with tiny_network.registered():
    yield


@pytest.fixture
def inference():
  source, _ = tiny_network.sources()
  source.load(tiny_network.tensors())
  return source


@pytest.fixture
def training():
  _, source = tiny_network.sources()
  source.load(tiny_network.tensors())
  return source


def test_alive_once():
  first = networks.build(_ARCHITECTURE, False)
  same = networks.Architecture('tiny', 1.0, 5)
  assert networks.build(same, False) is first
  assert networks.build(_ARCHITECTURE, True) is not first


def test_names_that_public_code_relies_on(inference):
  assert inference.images.name == 'hub_input/images:0'
  assert inference.momentum.name == 'hub_input/batch_norm_momentum:0'
  assert inference.features.name == 'hub_output/feature_vector/SpatialSqueeze:0'


def test_images_are_mapped_to_minus_1_and_1(inference):
  images = np.array([0, 0.5, 1], np.float32) * np.ones([1, 2, 2, 1], np.float32)
  mapped = inference.run('hub_input/Sub:0', images)
  np.testing.assert_array_equal(mapped[0, 0, 0], [-1, 0, 1])


@pytest.fixture(scope='module', name='cifarnet')
def _cifarnet():
  model = model_specs.NETWORKS['cifarnet']
  return networks.build(networks.architecture(model), is_training=True)


def test_images_are_standardized_as_tensorflow_does(cifarnet):
  images = synthetic.synthetic_images(4, 32, 32)
  images[1] = 0.25  # Of no deviation at all.
  images[2] = 0.5
  images[2, 0, 0, 0] += 0.001  # Of less than the least.
  conv = cifarnet.graph.get_operation_by_name('CifarNet/conv1/Conv2D')
  standardized = cifarnet.run(conv.inputs[0], images)
  expected = tf.image.per_image_standardization(images * 255).numpy()
  np.testing.assert_allclose(standardized, expected, atol=2e-5)


def test_what_stands_behind_dropout_is_random(cifarnet):
  random = {
    name
    for name, tensor in cifarnet.endpoints.items()
    if cifarnet.is_random(tensor)
  }
  assert random == {'fc4', 'Logits', 'Predictions'}
  assert cifarnet.is_random(cifarnet.features)


def test_features_that_are_not_pooled_keep_their_name(cifarnet):
  assert 'CifarNet/fc4' in cifarnet.scoped_endpoints('CifarNet')


def test_an_architecture_has_channels_and_a_size_where_they_are_fixed():
  lenet = networks.architecture(model_specs.NETWORKS['lenet'])
  assert (lenet.channels, lenet.size) == (1, 28)
  built = networks.build(lenet, is_training=False)
  assert built.images.shape.as_list() == [None, 28, 28, 1]
  assert networks.architecture(tiny_network.MODEL).size is None


def test_shapes_of_every_variable(inference):
  norm = dict.fromkeys(
    ('gamma', 'beta', 'moving_mean', 'moving_variance'), (8,)
  )
  assert inference.shapes == {
    'Tiny/Conv2d_0/weights': (3, 3, 3, 8),
    **{f'Tiny/Conv2d_0/BatchNorm/{k}': s for k, s in norm.items()},
    'Tiny/Conv2d_1_depthwise/depthwise_weights': (3, 3, 8, 1),
    **{f'Tiny/Conv2d_1_depthwise/BatchNorm/{k}': s for k, s in norm.items()},
    'Tiny/Logits/Conv2d_1c_1x1/weights': (1, 1, 8, 5),
    'Tiny/Logits/Conv2d_1c_1x1/biases': (5,),
  }


def test_moving_statistics_do_not_train(training):
  assert {name.rpartition('/')[2] for name in training.moving} == {
    'moving_mean',
    'moving_variance',
  }
  assert len(training.updates) == len(training.moving) == 4


def test_load_sets_every_variable(inference):
  tensors = {n: v + 1 for n, v in tiny_network.tensors().items()}
  inference.load(tensors)
  loaded = inference.run(inference.values, _IMAGES)
  assert loaded.keys() == tensors.keys()
  for name, value in tensors.items():
    np.testing.assert_array_equal(loaded[name], value)


def test_nothing_is_computed_before_load():
  source = networks.Source(building.build(_ARCHITECTURE, is_training=False))
  with pytest.raises(tf.errors.FailedPreconditionError):
    source.run(source.logits, _IMAGES)


def test_features_are_the_pooled_endpoint(inference):
  features, pooled, last = inference.run(
    (
      inference.features,
      inference.endpoints[inference.pooled],
      inference.endpoints['Conv2d_1_depthwise'],
    ),
    _IMAGES,
  )
  np.testing.assert_array_equal(features, pooled[:, 0, 0, :])
  np.testing.assert_allclose(features, last.mean((1, 2)), rtol=1e-5)


def test_logits_are_the_classifier_of_the_features(inference):
  features, logits = inference.run(
    (inference.features, inference.logits), _IMAGES
  )
  tensors = tiny_network.tensors()
  kernel = tensors['Tiny/Logits/Conv2d_1c_1x1/weights'][0, 0]
  biases = tensors['Tiny/Logits/Conv2d_1c_1x1/biases']
  np.testing.assert_allclose(logits, features @ kernel + biases, rtol=1e-4)


@pytest.mark.parametrize('size', [(16, 16), (32, 20), (7, 9)])
def test_images_of_any_size_in_any_number(inference, size):
  for count in (1, 3):
    logits = inference.run(
      inference.logits, synthetic.synthetic_images(count, *size)
    )
    assert logits.shape == (count, 5)


def test_each_image_is_on_its_own_in_inference(inference):
  together = inference.run(inference.logits, _IMAGES)
  alone = inference.run(inference.logits, _IMAGES[2:3])
  np.testing.assert_allclose(together[2:3], alone, rtol=1e-5)


def test_inference_leaves_the_statistics(inference):
  assert not inference.updates
  before = inference.run(inference.moving, _IMAGES)
  inference.run(inference.logits, _IMAGES)
  after = inference.run(inference.moving, _IMAGES)
  for name, value in before.items():
    np.testing.assert_array_equal(after[name], value)


@pytest.mark.parametrize('momentum', [0.0, 0.25, 0.9, 1.0])
def test_momentum_is_the_share_of_the_old_statistics(training, momentum):
  tensors = tiny_network.tensors()
  training.run(training.updates, _IMAGES)  # With 0, the default.
  batch = training.run(training.moving, _IMAGES)
  training.load(tensors)
  training.run(training.updates, _IMAGES, momentum)
  after = training.run(training.moving, _IMAGES)
  for name, average in after.items():
    expected = momentum * tensors[name] + (1 - momentum) * batch[name]
    np.testing.assert_allclose(average, expected, rtol=1e-5, atol=1e-6)


def test_batch_statistics_are_those_of_the_batch(training):
  inputs, _ = training.run(
    ('Tiny/Conv2d_0/Conv2D:0', training.updates), _IMAGES
  )
  moving = training.run(training.moving, _IMAGES)
  np.testing.assert_allclose(
    moving['Tiny/Conv2d_0/BatchNorm/moving_mean'],
    inputs.mean((0, 1, 2)),
    rtol=1e-4,
    atol=1e-6,
  )
  count = inputs.size // inputs.shape[-1]
  np.testing.assert_allclose(
    moving['Tiny/Conv2d_0/BatchNorm/moving_variance'],
    inputs.var((0, 1, 2)) * count / (count - 1),
    rtol=1e-4,
  )


def test_default_momentum(training):
  with tf.compat.v1.Session(graph=training.graph) as session:
    assert session.run(training.momentum) == pytest.approx(0.99)


def test_endpoints_get_the_scope_and_the_pooled_one_its_name(inference):
  endpoints = inference.scoped_endpoints('Tiny')
  assert {name: tensor.name for name, tensor in endpoints.items()} == {
    f'Tiny/{name}': inference.endpoints[own].name
    for name, own in (
      ('Conv2d_0', 'Conv2d_0'),
      ('Conv2d_1_depthwise', 'Conv2d_1_depthwise'),
      ('global_pool', 'AvgPool_1a'),
      ('Logits', 'Logits'),
    )
  }
