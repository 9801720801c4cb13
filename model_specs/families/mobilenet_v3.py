"""MobileNet V3: four models, large and small at two multipliers.

Nothing was published of the two networks in their minimalistic form.
"""

import functools

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec
from model_specs.families import channels

_PAPER = family_lib.Paper(
  authors=(
    'Andrew Howard, Mark Sandler, Grace Chu, Liang-Chieh Chen, Bo Chen, '
    'Mingxing Tan, Weijun Wang, Yukun Zhu, Ruoming Pang, Vijay Vasudevan, '
    'Quoc V. Le, Hartwig Adam'
  ),
  title='Searching for MobileNetV3',
  url='https://arxiv.org/abs/1905.02244',
  year=2019,
)
_NARROW = '_narrow_end'  # Ends the names of networks whose end is narrowed.
_ROUNDING = (
  'The number of channels of every layer is rounded to a multiple of 8.'
)
_WIDE_END = (
  'Multipliers below 1.0 leave the last convolution, the one the features '
  'come from, at its full width.'
)
_NARROW_END = (
  'Multipliers below 1.0 narrow the last convolution, the one the features '
  'come from, as they do all others: TF-Slim builds it so without '
  '`finegrain_classification_mode`.'
)
_MINIMALISTIC = (
  'The minimalistic form has none of what some processors compute slowly: no '
  'squeeze-and-excite, no hard swish and no kernels of 5x5.'
)
_CHECKPOINT_NOTES = (
  'The archive holds two checkpoints; the one in its folder `ema`, which is '
  'used here, holds moving averages under the names of the variables.',
)

_MEMORY_GB = {'large_minimalistic': 1.6}


def _endpoints(blocks: int) -> tuple[str, ...]:
  names = ['layer_1']
  for layer in range(2, blocks + 2):
    names.append(f'layer_{layer}')
    if layer > 2:  # The first block does not expand.
      names.append(f'layer_{layer}/expansion_output')
    names += [f'layer_{layer}/depthwise_output', f'layer_{layer}/output']
  last = (f'layer_{layer}' for layer in range(blocks + 2, blocks + 5))
  return (*names, *last, 'global_pool')


def _title(size: str) -> str:
  plain = size.removesuffix(_NARROW)
  end = '' if plain == size else ' with a narrow end'
  return plain.replace('_', ' ') + end


def _family(size: str, blocks: int, *notes: str) -> family_lib.Family:
  return family_lib.Family(
    network=f'mobilenet_v3_{size}',
    title=f'MobileNet V3 {_title(size)}',
    scope='MobilenetV3',
    classifier='MobilenetV3/Logits/',
    architecture='' if size.endswith('minimalistic') else 'mobilenet-v3',
    kaggle='mobilenet-v3',
    paper=_PAPER,
    checkpoints_title='MobileNet V3 pre-trained models',
    checkpoints_url=(
      'https://github.com/tensorflow/models/blob/master/research/slim/'
      'nets/mobilenet/README.md'
    ),
    versions=(5,),
    variable_size=False,
    endpoints=_endpoints(blocks),
    classifier_endpoints=('Logits', 'Predictions'),
    notes=(
      _ROUNDING,
      _NARROW_END if size.endswith(_NARROW) else _WIDE_END,
      *notes,
    ),
    checkpoint_notes=_CHECKPOINT_NOTES,
    memory_gb=_MEMORY_GB.get(size, family_lib.MEMORY_GB),
  )


_LARGE = _family('large', 15)
_SMALL = _family(
  'small',
  11,
  'Some published figures are not those of the network: it has 2.04 million '
  'parameters at multiplier 0.75, and at 1.0 it has 2.54 million and needs 57 '
  'million multiply-adds.',
)
_LARGE_MINIMALISTIC = _family('large_minimalistic', 15, _MINIMALISTIC)
_SMALL_MINIMALISTIC = _family('small_minimalistic', 11, _MINIMALISTIC)
_LARGE_NARROW = _family(f'large{_NARROW}', 15)
_SMALL_NARROW = _family(f'small{_NARROW}', 11)
_SIZE = 224

# Family, multiplier, features, training step of the checkpoint, MACs (M),
# parameters (M), top-1 accuracy (%), and milliseconds for one image on the big
# core of a Pixel 1. Top-5 accuracies were not published.
_PUBLISHED = (
  (_LARGE, 0.75, 1280, 220000, 155, 4.0, 73.3, 39.8),
  (_LARGE, 1.0, 1280, 540000, 217, 5.4, 75.2, 51.2),
  (_SMALL, 0.75, 1024, 497500, 44, 2.4, 65.4, 12.8),
  (_SMALL, 1.0, 1024, 388500, 66, 2.9, 67.5, 15.8),
)


# The number of features at any multiplier.
NUM_FEATURES = {
  'mobilenet_v3_large': functools.partial(channels.wide_end, 1280),
  'mobilenet_v3_large_minimalistic': functools.partial(channels.wide_end, 1280),
  'mobilenet_v3_large_narrow_end': functools.partial(channels.narrow_end, 1280),
  'mobilenet_v3_small': functools.partial(channels.wide_end, 1024),
  'mobilenet_v3_small_minimalistic': functools.partial(channels.wide_end, 1024),
  'mobilenet_v3_small_narrow_end': functools.partial(channels.narrow_end, 1024),
}


def _model(
  family: family_lib.Family,
  multiplier: float,
  num_features: int,
  step: int,
  *figures: float,
) -> spec.ModelSpec:
  macs, params, top1, pixel1 = figures
  kind = family.network.rpartition('_')[2]
  archive = f'v3-{kind}_{_SIZE}_{multiplier}_float'
  return spec.ModelSpec(
    name=f'{family.network}_{round(100 * multiplier):03d}_{_SIZE}',
    family=family,
    multiplier=multiplier,
    size=_SIZE,
    num_features=num_features,
    checkpoint=f'{archive}/ema/model-{step}',
    archive_url=(
      f'https://storage.googleapis.com/mobilenet_v3/checkpoints/{archive}.tgz'
    ),
    figures=figures_lib.Figures(macs, params, top1, None, pixel1),
  )


MODELS = tuple(_model(*row) for row in _PUBLISHED)


def _template(
  family: family_lib.Family,
  multiplier: float,
  num_features: int,
  *figures: float,
) -> spec.ModelSpec:
  return spec.ModelSpec(
    name=family.network,
    family=family,
    multiplier=multiplier,
    size=_SIZE,
    num_features=num_features,
    checkpoint='',
    archive_url='',
    figures=figures_lib.Figures(*figures, is_counted=True),
  )


# Family, multiplier, features, MACs (M) and parameters (M). A narrow end at a
# multiplier of 1 is as wide as any.
TEMPLATES = (
  _template(_LARGE_MINIMALISTIC, 1.0, 1280, 209, 3.93),
  _template(_SMALL_MINIMALISTIC, 1.0, 1024, 52, 2.05),
  _template(_LARGE_NARROW, 0.5, 640, 69, 1.74),
  _template(_SMALL_NARROW, 0.5, 512, 21, 0.93),
)
