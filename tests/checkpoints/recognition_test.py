"""A network is known by the names and shapes of its variables."""

import pytest

from exporter import networks
from exporter.checkpoints import recognition
from exporter.networks import builders
from exporter.networks import building
import model_specs
from tests import each
from tests import oracles
from tests.checkpoints import specimens_made

_FAMILIES = {n: model.family for n, model in model_specs.NETWORKS.items()}
# Scopes that tell apart the networks whose other names are the same.
_SCOPES = {
  'mobilenet_v1_quant': ['MobilenetV1/MobilenetV1/Conv2d_0/weights_quant'],
  'mobilenet_v2_quant': ['MobilenetV2/Conv/weights_quant'],
  'mobilenet_v3_large': ['MobilenetV3/expanded_conv_14/squeeze_excite'],
  'mobilenet_v3_large_minimalistic': ['MobilenetV3/expanded_conv_14'],
  'mobilenet_v3_small': ['MobilenetV3/expanded_conv/squeeze_excite'],
  'mobilenet_v3_small_minimalistic': ['MobilenetV3/expanded_conv'],
  'nasnet_cifar': ['l1_stem_3x3', 'reduction_cell_0', 'cell_17'],
  'nasnet_large': ['cell_stem_0', 'reduction_cell_0', 'cell_17'],
  'nasnet_mobile': ['cell_stem_0', 'reduction_cell_0', 'cell_11'],
  'pnasnet_large': ['cell_stem_0', 'cell_11'],
  'pnasnet_mobile': ['cell_stem_0', 'cell_8'],
}
# What is built in a second or two.
_QUICK = ('inception_v1', 'mobilenet_v2_035_96', 'mobilenet_v3_small_100_224')
_NARROW = '_narrow_end'
_WITH = [m for m in model_specs.MODELS if m.multiplier]


def _shapes(network: str, multiplier: float) -> dict[str, tuple[int, ...]]:
  """The shapes of layers whose widths a multiplier decides."""
  widths = builders.WIDTHS[network](multiplier)
  return {name: (1, 1, 3, width) for name, width in widths.items()}


def _multipliers(shapes: recognition.Shapes, network: str) -> tuple[float, ...]:
  fitting, multipliers = recognition.find_fitting(shapes, [network])
  assert fitting == network
  return multipliers


def _family(shapes: recognition.Shapes) -> model_specs.Family:
  found = recognition.find_network(shapes)
  assert found
  return found[0]


def _recognize(shapes: recognition.Shapes) -> recognition.Match:
  match = recognition.recognize(shapes)
  assert match
  return match


@each.over('network', _FAMILIES)
def test_each_network_has_names_of_its_own(network):
  # Where the end alone differs, names do not tell, and widths do: see below.
  named = network.removesuffix(_NARROW)
  family = _FAMILIES[named]
  names = [f'{family.scope}/a', f'{family.classifier}weights']
  names += [f'{scope}/a' for scope in _SCOPES.get(named, ())]
  assert _family(dict.fromkeys(names, (1,))) == family


@pytest.mark.parametrize('multiplier', [0.35, 0.75, 1.0, 1.4])
@each.over('network', [n for n in _FAMILIES if n.endswith(_NARROW)])
def test_a_narrow_end_is_known_by_its_width(network, multiplier):
  wide = network.removesuffix(_NARROW)
  for built in (network, wide):
    shapes = _shapes(built, multiplier) | {
      f'{scope}/a': (1,) for scope in _SCOPES.get(wide, ())
    }
    # From a multiplier of 1 on they are one network, which has the usual name.
    expected = built if multiplier < 1 else wide
    assert _family(shapes) == _FAMILIES[expected]
    # A checkpoint for 8 bits is of neither.
    rounding = {**shapes, 'MobilenetV2/Conv/weights_quant/min': ()}
    if wide == 'mobilenet_v2':
      family = _family(rounding)
      assert family == _FAMILIES['mobilenet_v2_quant']


def test_half_of_a_narrow_network_is_told_from_the_other():
  shapes = _shapes('mobilenet_v2_narrow_end', 0.5)
  del shapes['MobilenetV2/Conv/weights']
  found = _family(shapes)
  assert found == _FAMILIES['mobilenet_v2_narrow_end']


@each.over('model', _WITH, lambda model: model.name)
def test_a_published_multiplier_comes_first(model):
  shapes = _shapes(model.network, model.multiplier)
  multipliers = _multipliers(shapes, model.network)
  assert multipliers[0] == model.multiplier


@each.over('multiplier', [0.2, 0.33, 0.6, 0.9, 1.75, 0.4375])
@each.over('network', builders.WIDTHS)
def test_any_other_multiplier_is_among_what_builds_the_same(
  network, multiplier
):
  shapes = _shapes(network, multiplier)
  multipliers = _multipliers(shapes, network)
  for value in (multipliers[0], multipliers[-1]):
    assert _shapes(network, value) == shapes
  if round(multiplier, 2) == multiplier:
    assert multiplier in multipliers


def test_the_others_that_build_the_same_are_named():
  multipliers = _multipliers(_shapes('mobilenet_v2', 0.35), 'mobilenet_v2')
  assert multipliers == (0.35, 0.34, 0.36)


@pytest.mark.parametrize(
  ('network', 'multiplier'),
  [
    ('mobilenet_v1', 0.2),
    ('mobilenet_v2', 0.35),
    ('mobilenet_v2', 1.3),
    ('mobilenet_v2_narrow_end', 0.35),
    ('mobilenet_v3_large_narrow_end', 0.5),
    ('mobilenet_v3_small_narrow_end', 0.75),
    ('mobilenet_v3_large', 0.75),
    ('mobilenet_v3_small', 1.25),
  ],
)
def test_widths_are_those_that_are_built(network, multiplier):
  architecture = networks.Architecture(network, multiplier, 5)
  built = networks.Source(
    building.build(architecture, is_training=False)
  ).shapes
  widths = builders.WIDTHS[network](multiplier)
  assert {name: built[name][-1] for name in widths} == widths


def test_networks_without_a_multiplier_have_none():
  assert _multipliers({}, 'inception_v1') == ()


@pytest.mark.parametrize('name', [n for n in oracles.NAMES if n in _QUICK])
def test_all_variables_of_the_original_code_fit(name):
  oracle = oracles.get(name)
  match = _recognize(oracle.source(False).shapes)
  assert match.family == oracle.model.family
  assert match.num_classes == oracle.model.num_classes
  assert oracle.model in match.models
  assert match.shapes == oracle.source(False).shapes


def test_a_fine_tune_at_a_multiplier_of_its_own():
  built = specimens_made.built()
  match = _recognize(built.shapes)
  assert match.multipliers == (0.2,)
  assert match.num_classes == 5
  assert (match.shapes, match.trainable) == (built.shapes, built.trainable)
  assert match.models == ()


def test_without_its_classifier_classes_are_unknown():
  shapes = {
    name: shape
    for name, shape in specimens_made.built().shapes.items()
    if not name.startswith('MobilenetV1/Logits/')
  }
  assert _recognize(shapes).num_classes is None


def test_a_few_equal_names_are_not_enough():
  names = list(specimens_made.built().shapes)[:20]
  shapes = {name: specimens_made.built().shapes[name] for name in names}
  assert recognition.recognize(shapes) is None
  assert recognition.recognize({'conv2d/kernel': (3, 3)}) is None


def test_a_network_below_another_scope_is_seen():
  shapes = {
    'FeatureExtractor/MobilenetV1/Conv2d_0/weights': (3, 3, 3, 8),
    'student/a/cell_stem_0/1x1/weights': (1, 1, 32, 11),
    'student/a/cell_stem_1/1x1/weights': (1, 1, 44, 22),
    'student/a/cell_8/1x1/weights': (1, 1, 44, 22),
  }
  assert recognition.recognize(shapes) is None
  networks = recognition.below(shapes)
  assert networks['FeatureExtractor'].title == 'MobileNet V1'
  assert networks['student/a'].title.startswith(('NASNet', 'PNASNet'))
  assert len(networks) == 2
