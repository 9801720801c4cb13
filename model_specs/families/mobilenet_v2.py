"""MobileNet V2: 22 models, six multipliers at up to five sizes."""

import dataclasses

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec
from model_specs.families import channels


def _endpoints() -> tuple[str, ...]:
  names = ['layer_1']
  for layer in range(2, 19):
    names.append(f'layer_{layer}')
    if layer > 2:  # The first block does not expand.
      names.append(f'layer_{layer}/expansion_output')
    names += [f'layer_{layer}/depthwise_output', f'layer_{layer}/output']
  return (*names, 'layer_19', 'global_pool')


FAMILY = family_lib.Family(
  network='mobilenet_v2',
  title='MobileNet V2',
  scope='MobilenetV2',
  classifier='MobilenetV2/Logits/',
  architecture='mobilenet-v2',
  kaggle='mobilenet-v2',
  paper=family_lib.Paper(
    authors=(
      'Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, '
      'Liang-Chieh Chen'
    ),
    title='MobileNetV2: Inverted Residuals and Linear Bottlenecks',
    url='https://arxiv.org/abs/1801.04381',
    year=2018,
  ),
  checkpoints_title='MobileNet V2 pre-trained models',
  checkpoints_url=(
    'https://github.com/tensorflow/models/blob/master/research/slim/'
    'nets/mobilenet/README.md'
  ),
  versions=(1, 2, 3, 4, 5),
  variable_size=False,
  endpoints=_endpoints(),
  notes=(
    'The number of channels of every layer is rounded to a multiple of 8, '
    'which the paper does not mention.',
    'Multipliers below 1.0 leave the last convolution, the one the features '
    'come from, at its full 1280 channels.',
  ),
)

NARROW = dataclasses.replace(
  FAMILY,
  network='mobilenet_v2_narrow_end',
  title='MobileNet V2 with a narrow end',
  versions=(3, 5),
  notes=(
    FAMILY.notes[0],
    'Multipliers below 1.0 narrow the last convolution, the one the features '
    'come from, as they do all others: TF-Slim builds it so without '
    '`finegrain_classification_mode`.',
  ),
)

QUANTIZED = dataclasses.replace(
  FAMILY,
  network='mobilenet_v2_quant',
  title='MobileNet V2 for 8 bits',
  versions=(3, 5),
  is_quantized=True,
)

# Multiplier, size, MACs (M), parameters (M), top-1 and top-5 accuracy (%),
# and milliseconds for one image on the big core of a Pixel 1.
_PUBLISHED = (
  (0.35, 96, 11, 1.66, 45.5, 70.4, 4.5),
  (0.35, 128, 20, 1.66, 50.8, 75.0, 6.9),
  (0.35, 160, 30, 1.66, 55.7, 79.1, 10.5),
  (0.35, 192, 43, 1.66, 58.2, 81.2, 14.6),
  (0.35, 224, 59, 1.66, 60.3, 82.9, 19.7),
  (0.5, 96, 18, 1.95, 51.2, 75.8, 6.4),
  (0.5, 128, 32, 1.95, 57.7, 80.8, 9.9),
  (0.5, 160, 50, 1.95, 61.0, 83.2, 14.9),
  (0.5, 192, 71, 1.95, 63.9, 85.4, 21.1),
  (0.5, 224, 97, 1.95, 65.4, 86.4, 28.7),
  (0.75, 96, 39, 2.61, 58.8, 81.6, 14.2),
  (0.75, 128, 69, 2.61, 63.2, 85.3, 21.9),
  (0.75, 160, 107, 2.61, 66.4, 87.3, 30.4),
  (0.75, 192, 153, 2.61, 68.7, 88.9, 41.6),
  (0.75, 224, 209, 2.61, 69.8, 89.6, 55.8),
  (1.0, 96, 56, 3.47, 60.3, 83.2, 17.6),
  (1.0, 128, 99, 3.47, 65.3, 86.9, 27.6),
  (1.0, 160, 154, 3.47, 68.8, 89.0, 40.2),
  (1.0, 192, 221, 3.47, 70.7, 90.1, 55.1),
  (1.0, 224, 300, 3.47, 71.8, 91.0, 73.8),
  (1.3, 224, 509, 5.34, 74.4, 92.1, 123.0),
  (1.4, 224, 582, 6.06, 75.0, 92.5, 138.0),
)


def num_features(multiplier: float) -> int:
  """The number of features at any multiplier."""
  return channels.wide_end(1280, multiplier)


def num_features_narrow(multiplier: float) -> int:
  """The same where a multiplier below 1 narrows the end, too."""
  return channels.narrow_end(1280, multiplier)


def _model(multiplier: float, size: int, *figures: float) -> spec.ModelSpec:
  name = f'mobilenet_v2_{multiplier}_{size}'
  return spec.ModelSpec(
    name=f'mobilenet_v2_{round(100 * multiplier):03d}_{size}',
    family=FAMILY,
    multiplier=multiplier,
    size=size,
    num_features=num_features(multiplier),
    checkpoint=f'{name}/{name}.ckpt',
    archive_url=(
      'https://storage.googleapis.com/mobilenet_v2/checkpoints/' + name + '.tgz'
    ),
    figures=figures_lib.Figures(*figures),
  )


def _template(
  family: family_lib.Family, multiplier: float, features: int, *figures: float
) -> spec.ModelSpec:
  return spec.ModelSpec(
    name=family.network,
    family=family,
    multiplier=multiplier,
    size=224,
    num_features=features,
    checkpoint='',
    archive_url='',
    figures=figures_lib.Figures(*figures, is_counted=bool(figures)),
  )


MODELS = tuple(_model(*row) for row in _PUBLISHED)
# At a multiplier of 1, the narrow end is as wide as any.
TEMPLATES = (
  _template(NARROW, 0.5, num_features_narrow(0.5), 92, 1.23),
  _template(QUANTIZED, 1.0, num_features(1.0)),
)
