"""The rebuilt networks compute what the original TF-Slim computed."""

import math

import numpy as np
import pytest

from exporter.artifacts import operations
from exporter.networks import builders
import model_specs
from tests import each
from tests import oracles
from tests.networks import facts

every_oracle = pytest.mark.parametrize('name', oracles.NAMES)
every_training = pytest.mark.parametrize('name', oracles.TRAINED)


def _modes(name: str) -> tuple[facts.Mode, facts.Mode]:
  """Inference and training."""
  its_facts = facts.of(name)
  assert its_facts.training
  return its_facts.inference, its_facts.training


@every_oracle
def test_every_variable(name):
  for mode in _modes(name):
    assert mode.shapes == oracles.get(name).shapes


@every_oracle
def test_which_variables_train(name):
  for mode in _modes(name):
    assert mode.trainable == oracles.get(name).trainable


@each.over('output', ['logits', 'features'])
@each.over('name', oracles.NAMES)
def test_inference(name, output):
  outputs = facts.of(name).outputs
  assert outputs
  expected = oracles.get(name).arrays[output]
  assert oracles.distance(outputs[output], expected) < 1e-4


def test_inference_on_colours_less_their_mean():
  outputs = facts.of('vgg_16').outputs
  assert outputs
  for name in ('own_logits', 'own_features'):
    expected = oracles.get('vgg_16').arrays[name]
    assert oracles.distance(outputs[name], expected) < 1e-4


@pytest.mark.parametrize('name', oracles.PEERS)
def test_inference_as_another_implementation_has_it(name):
  outputs = facts.of(name).outputs
  assert outputs
  for output, expected in oracles.peer(name).items():
    assert oracles.distance(outputs[output], expected) < 1e-4


@every_training
def test_features_in_training(name):
  step = facts.of(name).step
  assert step
  expected = oracles.get(name).arrays['train_features']
  assert oracles.distance(step.features, expected) < 1e-2


@every_training
def test_moving_statistics_after_training(name):
  step = facts.of(name).step
  assert step
  expected = oracles.get(name).facts['moving_after']
  assert step.moving.keys() == expected.keys()
  for key, (mean, deviation) in expected.items():
    scale = max(abs(mean), deviation)
    statistic = step.moving[key]
    assert np.mean(statistic) == pytest.approx(mean, abs=1e-3 * scale), key
    assert np.std(statistic) == pytest.approx(deviation, rel=1e-3), key


@every_oracle
def test_an_update_for_every_moving_statistic(name):
  inference, training = _modes(name)
  oracle = oracles.get(name)
  assert inference.num_updates == 0
  moving = len(oracle.shapes) - len(oracle.trainable)
  assert training.num_updates == moving


@every_oracle
def test_number_of_losses(name):
  for mode in _modes(name):
    assert len(mode.losses) == oracles.get(name).facts['reg_losses']


@every_training
def test_number_of_updates_and_of_losses_without_the_classifier(name):
  expected = oracles.get(name).facts
  _, training = _modes(name)
  assert training.num_updates == expected['update_ops']
  classifier = oracles.get(name).model.family.classifier
  losses = [
    loss
    for loss in training.losses
    if not any(v.startswith(classifier) for v in loss)
  ]
  assert len(losses) == expected['fv_reg_losses']


@every_training
def test_sum_of_the_losses(name):
  expected = oracles.get(name).facts['reg_total']
  assert facts.of(name).sum_of_losses == pytest.approx(expected, rel=1e-3)


@each.over('name', oracles.STATISTICS)
def test_networks_of_which_a_few_numbers_are_known(name):
  its_facts, expected = facts.of(name), oracles.STATISTICS[name]
  inference, training = its_facts.inference, its_facts.training
  assert training
  assert its_facts.outputs
  assert its_facts.sum_of_losses
  assert (len(inference.shapes), len(inference.trainable)) == (
    expected.variables,
    expected.trainable,
  )
  count = sum(math.prod(inference.shapes[n]) for n in inference.trainable)
  assert round(count / 1e6, 2) == expected.params
  deviation = float(np.std(its_facts.outputs['logits']))
  assert float(f'{deviation:.3e}') == expected.logits
  assert (len(inference.endpoints), len(inference.losses)) == (
    expected.endpoints,
    expected.losses,
  )
  network = oracles.model(name).network
  decay = {'nasnet_cifar': 5e-4}.get(network, oracles.WEIGHT_DECAY)
  total = its_facts.sum_of_losses * oracles.WEIGHT_DECAY / decay
  assert round(total, 5) == expected.sum_of_losses
  assert (inference.num_updates, training.num_updates) == (0, expected.updates)
  assert training.losses == inference.losses


@every_oracle
def test_weight_decay_spares_depthwise_kernels_alone(name):
  oracle = oracles.get(name)
  is_nasnet = oracle.model.network.startswith(('nasnet', 'pnasnet'))
  ends = 'weights' if is_nasnet else '/weights'  # It spares none.
  assert set().union(*facts.of(name).inference.losses) == {
    variable for variable in oracle.trainable if variable.endswith(ends)
  }


@every_oracle
def test_every_endpoint(name):
  expected = oracles.get(name).facts['endpoints']
  endpoints = facts.of(name).endpoints
  assert endpoints
  assert endpoints.keys() == expected.keys()
  for key, (shape, mean, deviation) in expected.items():
    its_shape, its_mean, its_deviation = endpoints[key]
    assert its_shape == shape, key
    assert abs(its_mean - mean) < 1e-4 * deviation, key
    assert its_deviation == pytest.approx(deviation, rel=1e-4), key


@pytest.mark.parametrize('name', facts.NETWORKS.values())
def test_the_spec_names_the_endpoints_and_the_classifier(name):
  model = oracles.model(name)
  inference = facts.of(name).inference
  endpoints = inference.endpoints
  assert len(set(endpoints)) == len(endpoints)
  assert set(endpoints) == set(model.handles((5,))[0].endpoints)
  weights = [
    shape
    for variable, shape in inference.shapes.items()
    if variable.startswith(model.family.classifier)
    and variable.endswith('weights')
  ]
  assert [(s[-2], s[-1]) for s in weights] == [
    (model.num_features, model.num_classes)
  ]
  assert inference.num_features == model.num_features


@pytest.mark.parametrize('network', facts.KEEP_PROBABILITY)
def test_dropout_before_the_classifier(network):
  dropout = facts.of(facts.NETWORKS[network]).dropout
  assert dropout
  probability = facts.KEEP_PROBABILITY[network]
  kept = dropout.dropped != 0
  np.testing.assert_allclose(
    dropout.dropped[kept], dropout.pooled[kept] / probability, rtol=1e-6
  )
  # What is scaled by 1 / p is kept with the probability p; of the 16,384
  # values or more, chance alone does not move the share by a tenth.
  assert np.mean(kept) == pytest.approx(probability, abs=0.1)


@every_oracle
def test_only_dropout_is_random(name):
  drops = oracles.get(name).model.network in facts.KEEP_PROBABILITY
  for mode, is_training in zip(_modes(name), (False, True), strict=True):
    # VGG drops features, too, on the way to its classifier.
    most = 1 + (name == 'vgg_16')
    assert len(mode.random_ops) == (is_training and drops) * most
    assert all('/dropout' in op.lower() for op in mode.random_ops)
    assert mode.is_random == bool(mode.random_ops)


def test_the_published_number_of_parameters_at_three_quarters():
  # It tells whether the last layer keeps its width.
  inference = facts.of('mobilenet_v3_large_075_224').inference
  count = sum(math.prod(inference.shapes[name]) for name in inference.trainable)
  assert round(count / 1e6, 2) == 3.99


@pytest.mark.parametrize('name', oracles.NAMES)
def test_every_operation_is_one_that_exports_have(name):
  inference, training = _modes(name)
  assert not inference.operations - operations.INFERENCE
  assert not training.operations - operations.TRAINING


def test_every_spec_has_its_network():
  assert model_specs.NETWORKS.keys() == builders.BUILDERS.keys()
