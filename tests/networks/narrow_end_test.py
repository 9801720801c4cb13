"""A multiplier below 1 narrows the last convolution of some networks, too.

The widths are 1280 and 1024 times the multiplier, as `depth_multiplier` makes
them in TF-Slim where it is not told `finegrain_classification_mode=True`.
"""

import pytest

from exporter import networks
from exporter.networks import building
from tests import some_spec_file


@pytest.mark.parametrize(
  ('network', 'multiplier', 'narrow', 'wide'),
  [
    ('mobilenet_v2', 0.35, 448, 1280),
    ('mobilenet_v2', 1.4, 1792, 1792),
    ('mobilenet_v3_large', 0.75, 960, 1280),
    ('mobilenet_v3_small', 0.75, 768, 1024),
    ('mobilenet_v3_small', 1.25, 1280, 1280),
  ],
)
def test_a_narrow_end_has_fewer_features(network, multiplier, narrow, wide):
  shapes = []
  for name, features in ((f'{network}_narrow_end', narrow), (network, wide)):
    model = some_spec_file.model(network=name, multiplier=multiplier)
    assert model.num_features == features
    architecture = networks.architecture(model)
    source = networks.Source(building.build(architecture, is_training=False))
    assert source.features.shape[-1] == features
    assert source.logits.shape[-1] == model.num_classes
    shapes.append(source.shapes)
  different = {n for n, shape in shapes[0].items() if shape != shapes[1][n]}
  starts = ('Conv_1/', 'Logits/') if 'v2' in network else ('Conv_2/', 'Logits/')
  assert all(name.split('/', 1)[1].startswith(starts) for name in different)
  assert bool(different) == (narrow != wide)
