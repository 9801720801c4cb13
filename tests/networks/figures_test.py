"""The published sizes of the models are those of the graphs that are exported.

How the publishers counted, found by counting in every way:

  * Multiply-adds: all convolutions, depthwise ones too, the classifier with its
    1001 classes, nothing for batch norm and activations. MobileNet V1 rounds
    millions, V2 cuts them off. Average pooling counts one addition a value:
    that decides a single figure, V1 0.5 at 224, 149.498 without and 149.523
    with it, published as 150.
  * Parameters: kernels and the classifier's biases, rounded to ten thousands.
    V2 leaves batch norm out, V1 counts three of its four values a channel.

_SLIPS and _LEFT_OUT hold the figures that none of this gives. Where nothing was
published, the registry holds what is counted here: all parameters that train.
"""

import dataclasses
import functools
import math

import pytest

from exporter.artifacts import graph as graph_lib
import model_specs
from tests import each
from tests.networks import facts

_MILLION = 10**6
_BATCH_NORM = {'mobilenet_v1': 3, 'mobilenet_v2': 0}  # Values a channel.

# Model -> its published multiply-adds, in millions, and the true ones.
_SLIPS = {
  # Sizes 160 and 224 have 21 and 41, which grow with the pixels; 34 does not.
  'mobilenet_v1_025_192': (34, 30),
}
# Model -> the convolution that its published multiply-adds leave out.
_LEFT_OUT = {
  f'mobilenet_v1_075_{size}': 'MobilenetV1/Conv2d_0/Conv2D'
  for size in (128, 160, 192, 224)
}


@dataclasses.dataclass(frozen=True)
class _Counted:
  """The sizes of one model's graph."""

  model: model_specs.ModelSpec
  variables: tuple[graph_lib.Variable, ...]
  multiply_adds: dict[str, int]  # By op, for one image.
  widths: tuple[int, int]  # Of the features and of the logits.

  def rounded(self) -> int:
    """Multiply-adds in millions, as the publishers of the family do it."""
    millions = sum(self.multiply_adds.values()) / _MILLION
    is_v1 = self.model.network == 'mobilenet_v1'
    return round(millions) if is_v1 else math.floor(millions)

  @property
  def params(self) -> int:
    """The number of all parameters that train."""
    return sum(
      math.prod(variable.shape)
      for variable in self.variables
      if variable.trainable
    )

  def without(self, op: str) -> '_Counted':
    """The same sizes, without the multiply-adds of one op."""
    others = {**self.multiply_adds}
    del others[op]
    return dataclasses.replace(self, multiply_adds=others)


@functools.cache
def _count(model: model_specs.ModelSpec) -> _Counted:
  its_facts = facts.of(model.name)
  return _Counted(
    model, its_facts.variables, its_facts.multiply_adds, its_facts.widths
  )


every_mobilenet = each.over(
  'model',
  [m for m in model_specs.MODELS if m.network in _BATCH_NORM],
  lambda model: model.name,
)


@every_mobilenet
def test_multiply_adds(model):
  counted = _count(model)
  if model.name in _LEFT_OUT:
    counted = counted.without(_LEFT_OUT[model.name])
  figure = model.figures.macs_millions
  published, count = _SLIPS.get(model.name, (figure, figure))
  assert figure == published
  assert counted.rounded() == count


@every_mobilenet
def test_parameters(model):
  counted = _count(model)

  def total(*leaves: str) -> int:
    return sum(
      math.prod(variable.shape)
      for variable in counted.variables
      if variable.name.rpartition('/')[2] in leaves
    )

  count = total('weights', 'depthwise_weights', 'biases')
  count += _BATCH_NORM[model.network] * total('beta')
  published = model.figures.params_millions
  assert published == round(count / _MILLION, 2)


@pytest.mark.parametrize(
  'model',
  [m for m in model_specs.NETWORKS.values() if m.figures.is_counted],
  ids=lambda model: model.name,
)
def test_what_nobody_published_is_counted(model):
  counted = _count(model)
  assert (model.figures.macs_millions, model.figures.params_millions) == (
    round(sum(counted.multiply_adds.values()) / _MILLION),
    round(counted.params / _MILLION, 2),
  )
  assert counted.widths == (model.num_features, model.num_classes)


def test_what_was_published_and_is_not_so_is_noted():
  small, larger = (
    _count(model_specs.get_model(f'mobilenet_v3_small_{size}_224'))
    for size in ('075', '100')
  )
  for counted, params in ((small, 2.04), (larger, 2.54)):
    assert round(counted.params / _MILLION, 2) == params
    assert params < 0.9 * (counted.model.figures.params_millions or 0)
    assert f'{params} million' in ' '.join(counted.model.family.notes)
  macs = round(sum(larger.multiply_adds.values()) / _MILLION)
  assert macs < 0.9 * (larger.model.figures.macs_millions or 0)
  assert f'{macs} million' in ' '.join(larger.model.family.notes)


def test_every_model_has_both_figures():
  for model in model_specs.MODELS:
    assert model.figures.macs_millions, model.name
    assert model.figures.params_millions, model.name


@every_mobilenet
def test_width_of_features_and_logits(model):
  assert _count(model).widths == (model.num_features, model.num_classes)


@pytest.mark.parametrize('name', _LEFT_OUT)
def test_what_is_left_out_would_be_seen(name):
  counted = _count(model_specs.get_model(name))
  assert counted.rounded() != counted.model.figures.macs_millions


def test_pooling_decides_one_figure():
  counted = _count(model_specs.get_model('mobilenet_v1_050_224'))
  pooling = 'MobilenetV1/Logits/global_pool'
  assert counted.multiply_adds[pooling] == 7 * 7 * 512
  assert (counted.without(pooling).rounded(), counted.rounded()) == (149, 150)
