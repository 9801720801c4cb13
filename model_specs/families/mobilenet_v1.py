"""MobileNet V1: four multipliers at four sizes, each for float32 and 8 bits."""

import dataclasses

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec

FAMILY = family_lib.Family(
  network='mobilenet_v1',
  title='MobileNet V1',
  scope='MobilenetV1',
  classifier='MobilenetV1/Logits/',
  architecture='mobilenet-v1',
  kaggle='mobilenet-v1',
  paper=family_lib.Paper(
    authors=(
      'Andrew G. Howard, Menglong Zhu, Bo Chen, Dmitry Kalenichenko, '
      'Weijun Wang, Tobias Weyand, Marco Andreetto, Hartwig Adam'
    ),
    title=(
      'MobileNets: Efficient Convolutional Neural Networks for '
      'Mobile Vision Applications'
    ),
    url='https://arxiv.org/abs/1704.04861',
    year=2017,
  ),
  checkpoints_title='MobileNet pre-trained models',
  checkpoints_url=(
    'https://github.com/tensorflow/models/blob/master/research/slim/'
    'nets/mobilenet_v1.md'
  ),
  versions=(1, 3, 4, 5),
  variable_size=True,
  endpoints=(
    'Conv2d_0',
    *(
      f'Conv2d_{layer}_{step}'
      for layer in range(1, 14)
      for step in ('depthwise', 'pointwise')
    ),
    'global_pool',
  ),
)

QUANTIZED = dataclasses.replace(
  FAMILY,
  network='mobilenet_v1_quant',
  title='MobileNet V1 for 8 bits',
  versions=(1, 3),
  variable_size=False,
  is_quantized=True,
)

_RELEASE = 'mobilenet_v1_2018_02_22'

# The release whose archives hold what was trained for 8 bits.
_QUANTIZED_RELEASE = 'mobilenet_v1_2018_08_02'
# Top-1 and top-5 accuracy (%) of those checkpoints, by multiplier and size.
_QUANTIZED_ACCURACIES = {
  (0.25, 128): (39.5, 64.4),
  (0.25, 160): (43.4, 68.5),
  (0.25, 192): (46.0, 71.2),
  (0.25, 224): (48.0, 72.8),
  (0.5, 128): (54.5, 77.7),
  (0.5, 160): (57.7, 80.4),
  (0.5, 192): (60.0, 82.2),
  (0.5, 224): (60.7, 83.2),
  (0.75, 128): (55.8, 78.8),
  (0.75, 160): (62.3, 83.8),
  (0.75, 192): (66.1, 86.4),
  (0.75, 224): (66.8, 87.0),
  (1.0, 128): (63.4, 84.2),
  (1.0, 160): (67.2, 86.7),
  (1.0, 192): (69.2, 88.3),
  (1.0, 224): (70.1, 88.9),
}

# Multiplier, size, MACs (M), parameters (M), top-1 and top-5 accuracy (%).
_PUBLISHED = (
  (0.25, 128, 14, 0.47, 41.5, 66.3),
  (0.25, 160, 21, 0.47, 45.5, 70.3),
  (0.25, 192, 34, 0.47, 47.7, 72.3),
  (0.25, 224, 41, 0.47, 49.8, 74.2),
  (0.5, 128, 49, 1.34, 56.3, 79.4),
  (0.5, 160, 77, 1.34, 59.1, 81.9),
  (0.5, 192, 110, 1.34, 61.7, 83.6),
  (0.5, 224, 150, 1.34, 63.3, 84.9),
  (0.75, 128, 104, 2.59, 62.1, 83.9),
  (0.75, 160, 162, 2.59, 65.3, 86.0),
  (0.75, 192, 233, 2.59, 67.2, 87.3),
  (0.75, 224, 317, 2.59, 68.4, 88.2),
  (1.0, 128, 186, 4.24, 65.2, 85.8),
  (1.0, 160, 291, 4.24, 68.0, 87.7),
  (1.0, 192, 418, 4.24, 70.0, 89.2),
  (1.0, 224, 569, 4.24, 70.9, 89.9),
)


def num_features(multiplier: float) -> int:
  """The number of features at any multiplier."""
  return max(int(1024 * multiplier), 8)


def _model(multiplier: float, size: int, *figures: float) -> spec.ModelSpec:
  name = f'mobilenet_v1_{multiplier}_{size}'
  return spec.ModelSpec(
    name=f'mobilenet_v1_{round(100 * multiplier):03d}_{size}',
    family=FAMILY,
    multiplier=multiplier,
    size=size,
    num_features=num_features(multiplier),
    checkpoint=f'{_RELEASE}/{name}/{name}.ckpt',
    archive_url=f'{spec.SLIM_ARCHIVES}/{_RELEASE}/{name}.tgz',
    figures=figures_lib.Figures(*figures),
  )


def _quantized(model: spec.ModelSpec) -> spec.ModelSpec:
  """The same network, trained for 8 bits."""
  name = f'{model.checkpoint_name}_quant'
  assert model.multiplier  # Every one of the family has a multiplier.
  top1, top5 = _QUANTIZED_ACCURACIES[model.multiplier, model.size]
  return dataclasses.replace(
    model,
    name=f'{model.name}/{spec.VARIANT}',
    family=QUANTIZED,
    checkpoint=f'{_RELEASE}/{name}/{name}.ckpt',
    archive_url=f'{spec.SLIM_ARCHIVES}/{_QUANTIZED_RELEASE}/{name}.tgz',
    figures=dataclasses.replace(
      model.figures, top1_percent=top1, top5_percent=top5
    ),
  )


_PLAIN = tuple(_model(*row) for row in _PUBLISHED)
MODELS = (*_PLAIN, *map(_quantized, _PLAIN))
