"""What is known of a network at widths that nobody published."""

import pytest

from exporter import networks
from exporter.networks import building
from model_specs import family as family_lib
from model_specs import published
from model_specs.families import channels
from tests import each


@each.over('model', published.MODELS, lambda m: m.name)
def test_published_widths(model):
  width = published.num_features(model.network, model.multiplier)
  assert width == model.num_features


@each.over('model', published.TEMPLATES, lambda m: m.name)
def test_a_template_is_of_a_network_that_nothing_was_published_of(model):
  assert model.is_template
  assert (model.name, published.NETWORKS[model.network]) == (
    model.network,
    model,
  )
  assert model not in published.MODELS
  width = published.num_features(model.network, model.multiplier)
  assert width == model.num_features


def test_a_published_model_is_no_template():
  assert not any(model.is_template for model in published.MODELS)


@pytest.mark.parametrize(
  ('network', 'multiplier'),
  [
    ('mobilenet_v1', 0.33),
    ('mobilenet_v1', 0.001),
    ('mobilenet_v2', 0.1),
    ('mobilenet_v2', 1.01),
    ('mobilenet_v3_large', 0.2),
    ('mobilenet_v3_small', 1.11),
  ],
)
def test_other_widths_are_those_of_the_network(network, multiplier):
  family = published.NETWORKS[network].family
  built = networks.Source(
    building.build(
      networks.Architecture(
        network, multiplier, 2, family_lib.FROM_MINUS_1_TO_1
      ),
      is_training=False,
    )
  )
  assert family.network == network
  assert built.features.shape[-1] == published.num_features(network, multiplier)


@pytest.mark.parametrize(
  ('wide', 'rounded'), [(1, 8), (12, 16), (11, 16), (17, 16), (19, 24)]
)
def test_channels_are_multiples_of_8_and_not_much_fewer(wide, rounded):
  assert channels.divisible(wide) == rounded
