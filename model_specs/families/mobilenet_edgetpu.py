"""MobileNet EdgeTPU: a network at any multiplier."""

from model_specs import family as family_lib
from model_specs import figures
from model_specs import spec
from model_specs.families import channels

_NETWORK = 'mobilenet_edgetpu'
# How many blocks have one convolution that expands and looks around. The first
# of them does not expand.
_FUSED, _BLOCKS = 9, 22


def num_features(multiplier: float) -> int:
  """The number of features at any multiplier."""
  return channels.wide_end(1280, multiplier)


def _endpoints() -> tuple[str, ...]:
  names = ['layer_1']
  for block in range(_BLOCKS):
    layer = f'layer_{block + 2}'
    names.append(layer)
    if block:
      names.append(f'{layer}/expansion_output')
    if block >= _FUSED:
      names.append(f'{layer}/depthwise_output')
    names.append(f'{layer}/output')
  return (*names, f'layer_{_BLOCKS + 2}', 'global_pool')


_FAMILY = family_lib.Family(
  network=_NETWORK,
  title='MobileNet EdgeTPU',
  scope='MobilenetEdgeTPU',
  classifier='MobilenetEdgeTPU/Logits/',
  architecture='',
  kaggle='mobilenet-edgetpu',
  paper=family_lib.Paper(
    authors='Suyog Gupta, Berkin Akin',
    title='Accelerator-aware Neural Network Design using AutoML',
    url='https://arxiv.org/abs/2003.02838',
    year=2020,
  ),
  checkpoints_title='MobileNet EdgeTPU pre-trained models',
  checkpoints_url=(
    'https://github.com/tensorflow/models/blob/master/research/slim/'
    'nets/mobilenet/README.md'
  ),
  versions=(3, 5),
  variable_size=False,
  endpoints=_endpoints(),
  classifier_endpoints=('Logits', 'Predictions'),
  notes=(
    'The number of channels of every layer is rounded to a multiple of 8.',
    'Multipliers below 1.0 leave the last convolution, the one the features '
    'come from, at its full width.',
  ),
)

TEMPLATES = (
  spec.ModelSpec(
    name=_NETWORK,
    family=_FAMILY,
    multiplier=1.0,
    size=224,
    num_features=1280,
    checkpoint='',
    archive_url='',
    figures=figures.Figures(991, 4.09, is_counted=True),
  ),
)
