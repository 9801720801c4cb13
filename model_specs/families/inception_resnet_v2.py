"""Inception-ResNet V2: one model."""

from model_specs import family as family_lib
from model_specs import figures
from model_specs import spec

FAMILY = family_lib.Family(
  network='inception_resnet_v2',
  title='Inception-ResNet V2',
  scope='InceptionResnetV2',
  classifier='InceptionResnetV2/Logits/',
  architecture='inception-resnet-v2',
  kaggle='inception-resnet-v2',
  paper=family_lib.Paper(
    authors=(
      'Christian Szegedy, Sergey Ioffe, Vincent Vanhoucke, Alexander A. Alemi'
    ),
    title=(
      'Inception-v4, Inception-ResNet and the Impact of Residual Connections '
      'on Learning'
    ),
    url='https://arxiv.org/abs/1602.07261',
    year=2016,
  ),
  checkpoints_title='TF-Slim pre-trained models',
  checkpoints_url=spec.SLIM_URL,
  memory_gb=3.0,
  versions=(1, 3, 4, 5),
  variable_size=True,
  endpoints=(
    *('Conv2d_1a_3x3', 'Conv2d_2a_3x3', 'Conv2d_2b_3x3', 'MaxPool_3a_3x3'),
    *('Conv2d_3b_1x1', 'Conv2d_4a_3x3', 'MaxPool_5a_3x3', 'Mixed_5b'),
    *('Mixed_6a', 'PreAuxLogits', 'Mixed_7a', 'Conv2d_7b_1x1', 'global_pool'),
  ),
  classifier_endpoints=('PreLogitsFlatten', 'Logits', 'Predictions'),
  notes=(
    'The second classifier in the middle of the network, which helps to train '
    'it from nothing, is left out.',
  ),
)

_ARCHIVE = 'inception_resnet_v2_2016_08_30'

MODELS = (
  spec.ModelSpec(
    name='inception_resnet_v2',
    family=FAMILY,
    multiplier=None,
    size=299,
    num_features=1536,
    checkpoint=f'{_ARCHIVE}/{_ARCHIVE}.ckpt',
    archive_url=f'{spec.SLIM_ARCHIVES}/{_ARCHIVE}.tar.gz',
    figures=figures.Figures(13156, 55.81, 80.4, 95.3, is_counted=True),
  ),
)
