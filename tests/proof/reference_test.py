"""The numbers that an artifact must hit are those of its source."""

import dataclasses

import numpy as np
import pytest

from exporter import errors
from exporter import networks
from exporter.checkpoints import synthetic
from exporter.proof import reference as reference_lib
from model_specs import spec
from tests import frozen_graphs
from tests import tiny_network

_MODEL = tiny_network.MODEL
_INFERRED = {
  'logits',
  'features',
  'Tiny/Conv2d_0',
  'Tiny/Conv2d_1_depthwise',
  'Tiny/global_pool',
  'Tiny/Logits',
}


def _compute():
  return reference_lib.compute_reference(
    _MODEL, tiny_network.sources(), tiny_network.tensors()
  )


@pytest.fixture(scope='module')
def reference():
  return _compute()


def _loaded(is_training) -> networks.Source:
  loaded = tiny_network.sources()[is_training]
  loaded.load(tiny_network.tensors())
  return loaded


@pytest.mark.parametrize(
  ('example', 'shape'),
  [
    ('default_size', (2, 32, 32, 3)),
    ('other_size', (1, 128, 96, 3)),
    ('training', (2, 32, 32, 3)),
  ],
)
def test_images(reference, example, shape):
  assert getattr(reference, example).images.shape == shape


@pytest.mark.parametrize('name', ['default_size', 'other_size'])
def test_inference(reference, name):
  inference = _loaded(is_training=False)
  example = getattr(reference, name)
  assert example.outputs.keys() == _INFERRED
  expected = inference.run(
    {
      'logits': inference.logits,
      'features': inference.features,
      **inference.scoped_endpoints('Tiny'),
    },
    example.images,
  )
  for key, value in expected.items():
    np.testing.assert_array_equal(example.outputs[key], value, key)


def test_training_is_the_same_each_time_behind_dropout(reference):
  outputs = reference.training.outputs
  assert outputs.keys() == _INFERRED
  again = _compute().training.outputs
  for key, value in outputs.items():
    np.testing.assert_array_equal(again[key], value, key)


def test_what_dropout_draws_decides_only_what_is_behind_it(reference):
  behind = {'logits', 'Tiny/Logits'}
  assert reference.drawn == behind
  by_chance = reference.training_by_chance
  assert by_chance.outputs.keys() == _INFERRED - behind
  np.testing.assert_array_equal(by_chance.images, reference.training.images)


def test_training_is_of_the_training_network(reference):
  training = _loaded(is_training=True)
  features = training.run(training.features, reference.training.images)
  np.testing.assert_allclose(
    reference.training.outputs['features'], features, rtol=1e-5
  )
  inference = _loaded(is_training=False)
  other = inference.run(inference.features, reference.training.images)
  assert not np.allclose(other, features, rtol=1e-2)


def test_batch_statistics(reference):
  inference = _loaded(is_training=False)
  convolved = inference.run('Tiny/Conv2d_0/Conv2D:0', reference.training.images)
  statistics = reference.batch_statistics
  assert statistics.keys() == set(reference.tensors) - reference.trainable
  np.testing.assert_allclose(
    statistics['Tiny/Conv2d_0/BatchNorm/moving_mean'],
    convolved.mean((0, 1, 2)),
    rtol=1e-4,
    atol=1e-6,
  )


def test_losses_are_half_the_decayed_squares(reference):
  tensors = tiny_network.tensors()
  terms = {
    name: 4e-5 * np.sum(tensors[name].astype(np.float64) ** 2) / 2
    for name in ('Tiny/Conv2d_0/weights', 'Tiny/Logits/Conv2d_1c_1x1/weights')
  }
  assert reference.losses == pytest.approx(
    {
      'feature_vector': terms['Tiny/Conv2d_0/weights'],
      'classification': sum(terms.values()),
    },
    rel=1e-5,
  )


def test_of_the_given_weights(reference):
  weights = {
    name: synthetic.value(f'{name}/Momentum', value.shape)
    for name, value in tiny_network.tensors().items()
  }
  computed = reference_lib.compute_reference(
    _MODEL, tiny_network.sources(), weights
  )
  assert computed.tensors is weights
  assert computed.trainable == reference.trainable
  assert not np.allclose(
    computed.default_size.outputs['logits'],
    reference.default_size.outputs['logits'],
  )
  assert computed.losses != reference.losses


def test_the_published_graph_is_asked_for_the_same_images(reference):
  tensors = tiny_network.tensors()
  computed = reference_lib.compute_reference(
    _MODEL, tiny_network.sources(), tensors, frozen_graphs.make(tensors)
  )
  assert computed.published.keys() == {'logits', 'features'}
  assert not computed.note
  for name, value in computed.published.items():
    expected = reference.default_size.outputs[name]
    np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)
  assert not reference.published
  assert not reference.note


def test_a_graph_that_cannot_be_asked_is_noted():
  computed = reference_lib.compute_reference(
    _MODEL, tiny_network.sources(), tiny_network.tensors(), b''
  )
  assert not computed.published
  assert computed.note.startswith(
    'not compared with the published frozen graph: '
  )


@pytest.mark.parametrize(
  ('variable_size', 'number', 'count'),
  [(True, 1, 1), (True, 3, 2), (True, 5, 2), (False, 3, 1), (False, 5, 1)],
)
def test_other_sizes_where_they_are_taken(
  reference, variable_size, number, count
):
  family = dataclasses.replace(tiny_network.FAMILY, variable_size=variable_size)
  model = dataclasses.replace(_MODEL, family=family)
  handle = spec.Handle(model, 'classification', number)
  expected = (reference.default_size, reference.other_size)[:count]
  assert reference.examples(handle) == expected


def test_weights_that_are_all_zero_are_named():
  zeros = {
    name: np.zeros_like(tensor)
    for name, tensor in tiny_network.tensors().items()
  }
  with pytest.raises(errors.CheckpointError, match='all weights of tiny'):
    reference_lib.compute_reference(_MODEL, tiny_network.sources(), zeros)
