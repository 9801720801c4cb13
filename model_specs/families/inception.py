"""Inception V1 to V4: one model each."""

import dataclasses

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec
from model_specs import versions

_SZEGEDY_2015 = family_lib.Paper(
  authors=(
    'Christian Szegedy, Wei Liu, Yangqing Jia, Pierre Sermanet, Scott Reed, '
    'Dragomir Anguelov, Dumitru Erhan, Vincent Vanhoucke, Andrew Rabinovich'
  ),
  title='Going Deeper with Convolutions',
  url='https://arxiv.org/abs/1409.4842',
  year=2014,
)
_IOFFE_2015 = family_lib.Paper(
  authors='Sergey Ioffe, Christian Szegedy',
  title=(
    'Batch Normalization: Accelerating Deep Network Training by Reducing '
    'Internal Covariate Shift'
  ),
  url='https://arxiv.org/abs/1502.03167',
  year=2015,
)
_SZEGEDY_2016 = family_lib.Paper(
  authors=(
    'Christian Szegedy, Vincent Vanhoucke, Sergey Ioffe, Jonathon Shlens, '
    'Zbigniew Wojna'
  ),
  title='Rethinking the Inception Architecture for Computer Vision',
  url='https://arxiv.org/abs/1512.00567',
  year=2015,
)

_SZEGEDY_2016_AGAIN = family_lib.Paper(
  authors='Christian Szegedy, Sergey Ioffe, Vincent Vanhoucke, Alex Alemi',
  title=(
    'Inception-v4, Inception-ResNet and the Impact of Residual Connections on '
    'Learning'
  ),
  url='https://arxiv.org/abs/1602.07261',
  year=2016,
)

_V1_BLOCKS = ('3b', '3c', '4b', '4c', '4d', '4e', '4f', '5b', '5c')
_V1_ENDPOINTS = (
  *('Conv2d_1a_7x7', 'MaxPool_2a_3x3', 'Conv2d_2b_1x1', 'Conv2d_2c_3x3'),
  *('MaxPool_3a_3x3', 'MaxPool_4a_3x3', 'MaxPool_5a_2x2'),
  *(f'Mixed_{block}' for block in _V1_BLOCKS),
  'global_pool',
)
_V2_BLOCKS = ('3b', '3c', '4a', '4b', '4c', '4d', '4e', '5a', '5b', '5c')
_V2_ENDPOINTS = (
  *('Conv2d_1a_7x7', 'MaxPool_2a_3x3', 'Conv2d_2b_1x1', 'Conv2d_2c_3x3'),
  'MaxPool_3a_3x3',
  *(f'Mixed_{block}' for block in _V2_BLOCKS),
  'global_pool',
)
_V3_BLOCKS = (
  *('5b', '5c', '5d', '6a', '6b', '6c', '6d', '6e', '7a', '7b', '7c'),
)
_V3_ENDPOINTS = (
  *('Conv2d_1a_3x3', 'Conv2d_2a_3x3', 'Conv2d_2b_3x3', 'MaxPool_3a_3x3'),
  *('Conv2d_3b_1x1', 'Conv2d_4a_3x3', 'MaxPool_5a_3x3'),
  *(f'Mixed_{block}' for block in _V3_BLOCKS),
  'global_pool',
)


_V4_BLOCKS = (
  *('3a', '4a', '5a', '5b', '5c', '5d', '5e'),
  *('6a', '6b', '6c', '6d', '6e', '6f', '6g', '6h', '7a', '7b', '7c', '7d'),
)
_V4_ENDPOINTS = (
  *('Conv2d_1a_3x3', 'Conv2d_2a_3x3', 'Conv2d_2b_3x3'),
  *(f'Mixed_{block}' for block in _V4_BLOCKS),
  'global_pool',
)
_NO_SECOND_CLASSIFIER = (
  'The second classifier in the middle of the network, which helps to train '
  'it from nothing, is left out.',
)


def _family(
  number: int,
  paper: family_lib.Paper,
  endpoints: tuple[str, ...],
  classifier_endpoints: tuple[str, ...] = ('Logits', 'Predictions'),
  notes: tuple[str, ...] = (),
) -> family_lib.Family:
  return family_lib.Family(
    network=f'inception_v{number}',
    title=f'Inception V{number}',
    scope=f'InceptionV{number}',
    classifier=f'InceptionV{number}/Logits/',
    architecture=f'inception-v{number}',
    kaggle=f'inception-v{number}',
    paper=paper,
    checkpoints_title='TF-Slim pre-trained models',
    checkpoints_url=spec.SLIM_URL,
    versions=(1, 3, 4, 5),
    variable_size=True,
    endpoints=endpoints,
    classifier_endpoints=classifier_endpoints,
    notes=notes,
  )


def _model(
  family: family_lib.Family,
  size: int,
  num_features: int,
  *figures: float,
  released: str = '2016_08_28',
) -> spec.ModelSpec:
  archive = f'{family.network}_{released}'
  return spec.ModelSpec(
    name=family.network,
    family=family,
    multiplier=None,
    size=size,
    num_features=num_features,
    checkpoint=f'{archive}/{family.network}.ckpt',
    archive_url=f'{spec.SLIM_ARCHIVES}/{archive}.tar.gz',
    figures=figures_lib.Figures(*figures, is_counted=True),
  )


_V1 = _family(1, _SZEGEDY_2015, _V1_ENDPOINTS)
_V2 = _family(2, _IOFFE_2015, _V2_ENDPOINTS)
_V3 = _family(
  3,
  _SZEGEDY_2016,
  _V3_ENDPOINTS,
  ('PreLogits', 'Logits', 'Predictions'),
  _NO_SECOND_CLASSIFIER,
)
_V4 = dataclasses.replace(
  _family(
    4,
    _SZEGEDY_2016_AGAIN,
    _V4_ENDPOINTS,
    ('PreLogitsFlatten', 'Logits', 'Predictions'),
    (*_NO_SECOND_CLASSIFIER, versions.NEVER_ON_TFHUB),
  ),
  architecture='',
  versions=versions.CURRENT,
  memory_gb=2.6,
)

# Family, size, features, MACs (M), parameters (M), top-1 and top-5 (%).
MODELS = (
  _model(_V1, 224, 1024, 1498, 6.62, 69.8, 89.6),
  _model(_V2, 224, 1024, 1935, 11.18, 73.9, 91.8),
  _model(_V3, 299, 2048, 5713, 23.82, 78.0, 93.9),
  _model(_V4, 299, 1536, 12254, 42.65, 80.2, 95.2, released='2016_09_09'),
)
