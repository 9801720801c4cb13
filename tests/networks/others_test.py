"""Networks of which few numbers of the original code are recorded.

Those were computed as the oracles were, and for two small networks the standard
deviation of the logits and the sum of the losses as well.
"""

import csv
import dataclasses
import math
import pathlib

import numpy as np
import pytest

from exporter import networks
from exporter.artifacts import operations
from exporter.checkpoints import synthetic
from exporter.networks import builders
from exporter.networks import building
import model_specs
from tests import seeded
from tests.networks import facts

_TABLE = pathlib.Path(__file__).parents[1] / 'data/oracles/others.tsv'
with _TABLE.open(encoding='utf-8') as _file:
  _ROWS = {r['network']: r for r in csv.DictReader(_file, delimiter='\t')}
_DECAY = 4e-5  # The sum of the losses is recorded for this weight decay.


@pytest.mark.parametrize('network', _ROWS)
def test_the_structure_is_that_of_the_original_network(network):
  row, model = _ROWS[network], model_specs.NETWORKS[network]
  inference = facts.of(network).inference
  trainable = sum(
    math.prod(inference.shapes[name]) for name in inference.trainable
  )
  start = model.family.classifier
  losses = [
    loss
    for loss in inference.losses
    if not any(name.startswith(start) for name in loss)
  ]
  assert row == {
    'network': network,
    'variables': f'{len(inference.shapes)}',
    'trainable': f'{len(inference.trainable)}',
    'millions': f'{trainable / 1e6:.2f}',
    'classes': f'{model.num_classes}',
    'features': f'{inference.num_features}',
    'pooled': model.family.endpoints[-1],
    'endpoints': f'{len(inference.endpoints)}',
    'losses': f'{len(inference.losses)}',
    'losses_of_features': f'{len(losses)}',
    'updates': f'{len(inference.shapes) - len(inference.trainable)}',
  }
  assert all(name.endswith('/weights') for loss in losses for name in loss)
  assert not inference.operations - operations.INFERENCE


@pytest.mark.parametrize(
  ('network', 'deviation', 'total', 'decay'),
  [('cifarnet', 1.108, 0.02307, 4e-3), ('lenet', 2.41, 0.04517, 4e-5)],
)
def test_numbers_are_those_of_the_original_network(
  network, deviation, total, decay
):
  model = model_specs.NETWORKS[network]
  architecture = dataclasses.replace(
    networks.architecture(model), preprocessing=model_specs.FROM_MINUS_1_TO_1
  )
  source = networks.Source(building.build(architecture, is_training=False))
  source.load(seeded.tensors(source.shapes))
  images = synthetic.synthetic_images(
    2, model.size, model.size, channels=model.family.channels
  )
  logits, losses = source.run((source.logits, source.losses), images)
  assert np.std(logits) == pytest.approx(deviation, rel=5e-4)
  assert sum(losses) * _DECAY / decay == pytest.approx(total, rel=5e-4)


@pytest.mark.parametrize(
  'network', [n for n, m in model_specs.NETWORKS.items() if m.family.sizes]
)
def test_images_of_these_sizes_fit_and_no_others(network):
  model = model_specs.NETWORKS[network]
  sizes = model.family.sizes
  assert sizes
  small = network in ('cifarnet', 'lenet')  # Their weights fit any one size.
  for size in (sizes[0], sizes[-1]):
    architecture = dataclasses.replace(networks.architecture(model), size=size)
    source = networks.Source(building.build(architecture, is_training=False))
    assert source.features.shape.as_list() == [None, model.num_features]
  for size in () if small else (sizes[0] - 1, sizes[-1] + 1):
    architecture = dataclasses.replace(networks.architecture(model), size=size)
    with pytest.raises(ValueError, match='dimension'):
      networks.Source(building.build(architecture, is_training=False))


@pytest.mark.parametrize('network', ['cifarnet', 'lenet'])
def test_a_size_is_told_by_the_variables(network):
  architecture = networks.architecture(model_specs.NETWORKS[network])
  for size in (4, 24, 30, 64):
    of_size = dataclasses.replace(architecture, size=size)
    shapes = networks.Source(building.build(of_size, is_training=False)).shapes
    assert builders.SIZES[network](shapes) == size // 4 * 4


@pytest.mark.parametrize('shapes', [{}, {'LeNet/fc3/weights': ()}])
def test_no_size_is_told_by_other_variables(shapes):
  assert builders.SIZES['lenet'](shapes) is None
  rows = 64 * 49 + 1
  odd = {'LeNet/fc3/weights': (rows, 9)}
  assert builders.SIZES['lenet'](odd) is None
