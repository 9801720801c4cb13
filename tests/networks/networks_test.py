"""The rebuilt networks compute what the original TF-Slim computed."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from exporter.networks import builders
from exporter.networks import source as source_lib
import model_specs
from tests import oracles

# As the original code has them; the oracles cannot tell. A ResNet has none.
_KEEP_PROBABILITY = {
  'inception_resnet_v2': 0.8,
  'inception_v1': 0.8,
  'inception_v2': 0.8,
  'inception_v3': 0.8,
  'mobilenet_v1': 0.999,
  'mobilenet_v2': 0.8,
  'mobilenet_v3_large': 0.8,
  'mobilenet_v3_small': 0.8,
  'nasnet_large': 0.5,
  'nasnet_mobile': 0.5,
  'pnasnet_large': 0.5,
}
_NETWORKS = {model.network: model for model in model_specs.MODELS}


@dataclasses.dataclass(frozen=True)
class _Computed:
  """One oracle, and what the rebuilt network makes of the same input."""

  oracle: oracles.Oracle
  sources: tuple[source_lib.Source, source_lib.Source]
  inference: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class _Trained:
  """One oracle, and what a training step makes of the rebuilt network."""

  oracle: oracles.Oracle
  source: source_lib.Source
  features: np.ndarray
  moving: dict[str, np.ndarray]


@pytest.fixture(scope='module', params=oracles.NAMES)
def computed(request):
  oracle = oracles.get(request.param)
  size = oracle.model.size
  inference, training = oracle.source(False), oracle.source(True)
  for source in (inference, training):
    source.load(synthetic.tensors(source.shapes))
  outputs = inference.run(
    {
      'logits': inference.logits,
      'features': inference.features,
      'endpoints': inference.endpoints,
      'losses': inference.losses,
    },
    synthetic.synthetic_images(2, size, size),
  )
  return _Computed(oracle, (inference, training), outputs)


@pytest.fixture(scope='module', params=oracles.TRAINED)
def trained(request):
  oracle = oracles.get(request.param)
  size = oracle.model.size
  training = oracle.source(True)
  training.load(synthetic.tensors(training.shapes))
  images = synthetic.synthetic_images(4, size, size, seed=2)
  features, _ = training.run(
    (training.features, training.updates), images, oracles.MOMENTUM
  )
  moving = {
    v.op.name: v
    for v in training.variables
    if v.op.name not in training.trainable
  }
  return _Trained(oracle, training, features, training.run(moving, images))


def test_every_variable(computed):
  for source in computed.sources:
    assert source.shapes == computed.oracle.shapes


def test_which_variables_train(computed):
  for source in computed.sources:
    assert source.trainable == computed.oracle.trainable


@pytest.mark.parametrize('output', ['logits', 'features'])
def test_inference(computed, output):
  expected = computed.oracle.arrays[output]
  assert oracles.distance(computed.inference[output], expected) < 1e-4


@pytest.mark.parametrize('name', oracles.PEERS)
def test_inference_as_another_implementation_has_it(name):
  model = model_specs.get_model(name)
  source = source_lib.build(source_lib.architecture(model), False)
  source.load(synthetic.tensors(source.shapes))
  tensors = {'logits': source.logits, 'features': source.features}
  found = source.run(
    tensors, synthetic.synthetic_images(2, model.size, model.size)
  )
  for output, expected in oracles.peer(name).items():
    assert oracles.distance(found[output], expected) < 1e-4


def test_features_in_training(trained):
  expected = trained.oracle.arrays['train_features']
  assert oracles.distance(trained.features, expected) < 1e-2


def test_moving_statistics_after_training(trained):
  expected = trained.oracle.facts['moving_after']
  assert trained.moving.keys() == expected.keys()
  for name, (mean, deviation) in expected.items():
    scale = max(abs(mean), deviation)
    found = trained.moving[name]
    assert np.mean(found) == pytest.approx(mean, abs=1e-3 * scale), name
    assert np.std(found) == pytest.approx(deviation, rel=1e-3), name


def test_an_update_for_every_moving_statistic(computed):
  inference, training = computed.sources
  assert len(inference.updates) == 0
  moving = len(computed.oracle.shapes) - len(computed.oracle.trainable)
  assert len(training.updates) == moving


def test_number_of_losses(computed):
  for source in computed.sources:
    assert len(source.losses) == computed.oracle.facts['reg_losses']


def test_number_of_updates_and_of_losses_without_the_classifier(trained):
  facts, source = trained.oracle.facts, trained.source
  assert len(source.updates) == facts['update_ops']
  losses = [loss for loss in source.losses if '/Logits/' not in loss.op.name]
  assert len(losses) == facts['fv_reg_losses']


@pytest.mark.parametrize('name', oracles.TRAINED)
def test_sum_of_the_losses(name):
  oracle = oracles.get(name)
  source = oracle.source(False)
  source.load(synthetic.tensors(source.shapes))
  found = sum(source.run(source.losses, synthetic.synthetic_images(1, 32, 32)))
  assert found == pytest.approx(oracle.facts['reg_total'], rel=1e-3)


def _variables(tensor: tf.Tensor) -> set[str]:
  """What a tensor is computed from."""
  if tensor.op.type == 'VarHandleOp':
    return {tensor.op.name}
  return set().union(*map(_variables, tensor.op.inputs))


def test_weight_decay_spares_depthwise_kernels_alone(computed):
  is_nasnet = computed.oracle.model.network.startswith('nasnet')
  ends = 'weights' if is_nasnet else '/weights'  # It spares none.
  losses = computed.sources[0].losses
  assert set().union(*map(_variables, losses)) == {
    name for name in computed.oracle.trainable if name.endswith(ends)
  }


def test_every_endpoint(computed):
  expected = computed.oracle.facts['endpoints']
  found = computed.inference['endpoints']
  assert found.keys() == expected.keys()
  for name, (shape, mean, deviation) in expected.items():
    assert list(found[name].shape) == shape, name
    error = abs(np.mean(found[name]) - mean)
    assert error < 1e-4 * deviation, name
    assert np.std(found[name]) == pytest.approx(deviation, rel=1e-4), name


@pytest.mark.parametrize('network', _NETWORKS)
def test_the_spec_names_the_endpoints_and_the_classifier(network):
  model = _NETWORKS[network]
  family = model.family
  source = source_lib.build(source_lib.architecture(model), False)
  endpoints = source.scoped_endpoints(family.scope)
  assert list(endpoints) == list(dict.fromkeys(endpoints))
  assert endpoints.keys() == set(model.handles((5,))[0].endpoints)
  weights = [
    shape
    for name, shape in source.shapes.items()
    if name.startswith(family.classifier) and name.endswith('weights')
  ]
  assert [(s[-2], s[-1]) for s in weights] == [
    (model.num_features, model.num_classes)
  ]
  assert source.features.shape[-1] == model.num_features


@pytest.mark.parametrize('network', _KEEP_PROBABILITY)
def test_dropout_before_the_classifier(network):
  model = _NETWORKS[network]
  training = source_lib.build(source_lib.architecture(model), True)
  training.load(synthetic.tensors(training.shapes))
  classifier = [
    op
    for op in training.graph.get_operations()
    if op.name.startswith(model.family.classifier)
    and op.type in ('Conv2D', 'MatMul')
  ]
  pooled, dropped = training.run(
    (training.endpoints[training.pooled], classifier[-1].inputs[0]),
    synthetic.synthetic_images(4, 96, 96),
  )
  pooled, dropped = pooled.reshape(4, -1), dropped.reshape(4, -1)
  kept = (dropped != 0) & (pooled != 0)
  probability = _KEEP_PROBABILITY[network]
  np.testing.assert_allclose(
    dropped[kept], pooled[kept] / probability, rtol=1e-6
  )
  share = np.sum(kept) / np.sum(pooled != 0)
  assert share == pytest.approx(probability, abs=0.05)


def test_only_dropout_is_random(computed):
  for source in computed.sources:
    random = [
      op.name
      for op in source.graph.get_operations()
      if op.type.startswith(('Random', 'Truncated'))
    ]
    drops = computed.oracle.model.network in _KEEP_PROBABILITY
    assert len(random) == (source.is_training and drops)
    assert all('/Dropout' in name for name in random)
    assert source.is_random == bool(random)


def test_the_published_number_of_parameters_at_three_quarters():
  # It tells whether the last layer keeps its width.
  model = model_specs.get_model('mobilenet_v3_large_075_224')
  source = source_lib.build(source_lib.architecture(model), False)
  count = sum(math.prod(source.shapes[name]) for name in source.trainable)
  assert round(count / 1e6, 2) == 3.99


def test_every_spec_has_its_network():
  assert {m.network for m in model_specs.MODELS} == builders.BUILDERS.keys()
