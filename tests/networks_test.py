"""The rebuilt networks compute what the original TF-Slim computed."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from exporter import networks
from exporter import source as source_lib
from exporter import synthetic
import model_specs
from model_specs import spec
from tests import oracles

# As the original code has them; the oracles cannot tell.
_KEEP_PROBABILITY = {'mobilenet_v1': 0.999, 'mobilenet_v2': 0.8}


@dataclasses.dataclass(frozen=True)
class _Computed:
  """One oracle, and what the rebuilt network makes of the same input."""

  oracle: oracles.Oracle
  sources: tuple[source_lib.Source, source_lib.Source]
  inference: dict[str, Any]
  train_features: np.ndarray
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
    synthetic.images(2, size, size),
  )
  images = synthetic.images(4, size, size, seed=2)
  features, _ = training.run(
    (training.features, training.updates), images, oracles.MOMENTUM
  )
  moving = {
    v.op.name: v
    for v in training.variables
    if v.op.name not in training.trainable
  }
  return _Computed(
    oracle,
    (inference, training),
    outputs,
    features,
    training.run(moving, images),
  )


def _features_losses(source: source_lib.Source) -> list[tf.Tensor]:
  return [loss for loss in source.losses if '/Logits/' not in loss.op.name]


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


def test_features_in_training(computed):
  expected = computed.oracle.arrays['train_features']
  assert oracles.distance(computed.train_features, expected) < 1e-2


def test_moving_statistics_after_training(computed):
  expected = computed.oracle.facts['moving_after']
  assert computed.moving.keys() == expected.keys()
  for name, (mean, deviation) in expected.items():
    scale = max(abs(mean), deviation)
    found = computed.moving[name]
    assert np.mean(found) == pytest.approx(mean, abs=1e-3 * scale), name
    assert np.std(found) == pytest.approx(deviation, rel=1e-3), name


def test_number_of_updates(computed):
  inference, training = computed.sources
  assert len(inference.updates) == 0
  assert len(training.updates) == computed.oracle.facts['update_ops']


def test_number_of_losses(computed):
  facts = computed.oracle.facts
  for source in computed.sources:
    assert len(source.losses) == facts['reg_losses']
    assert len(_features_losses(source)) == facts['fv_reg_losses']


def test_sum_of_the_losses(computed):
  expected = computed.oracle.facts['reg_total']
  found = sum(computed.inference['losses'])
  assert found == pytest.approx(expected, rel=1e-3)


def test_weight_decay_spares_depthwise_kernels_alone(computed):
  decayed = {
    loss.op.name.rpartition('/kernel/')[0]
    for loss in computed.sources[0].losses
  }
  kernels = {
    name.rpartition('/')[0]
    for name in computed.oracle.trainable
    if name.endswith('/weights')
  }
  assert decayed == kernels


def test_every_endpoint(computed):
  expected = computed.oracle.facts['endpoints']
  found = computed.inference['endpoints']
  assert found.keys() == expected.keys()
  for name, (shape, mean, deviation) in expected.items():
    assert list(found[name].shape) == shape, name
    error = abs(np.mean(found[name]) - mean)
    assert error < 1e-4 * deviation, name
    assert np.std(found[name]) == pytest.approx(deviation, rel=1e-4), name


def test_the_spec_names_the_endpoints(computed):
  model = computed.oracle.model
  handle = spec.Handle(model, 'classification', 5)
  endpoints = computed.sources[0].scoped_endpoints(model.family.scope)
  assert endpoints.keys() == set(handle.endpoints)


def test_dropout_before_the_classifier(computed):
  training = computed.sources[1]
  scope = computed.oracle.model.family.scope
  classifier = training.graph.get_operation_by_name(
    f'{scope}/Logits/Conv2d_1c_1x1/Conv2D'
  )
  pooled, dropped = training.run(
    (training.endpoints[training.pooled], classifier.inputs[0]),
    synthetic.images(4, 32, 32),
  )
  kept = (dropped != 0) & (pooled != 0)
  probability = _KEEP_PROBABILITY[computed.oracle.model.network]
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
    assert len(random) == source.is_training
    assert all('/Logits/Dropout' in name for name in random)


def test_every_spec_has_its_network():
  assert {m.network for m in model_specs.MODELS} == networks.BUILDERS.keys()
