"""PNASNet-5: one model, large."""

from model_specs import family as family_lib
from model_specs import figures
from model_specs import spec

_ARCHIVE = 'pnasnet-5_large_2017_12_13'
_FAMILY = family_lib.Family(
  network='pnasnet_large',
  title='PNASNet-5 large',
  scope='pnasnet_large',
  classifier='final_layer/',
  architecture='pnasnet-5-large',
  kaggle='pnasnet',
  paper=family_lib.Paper(
    authors=(
      'Chenxi Liu, Barret Zoph, Maxim Neumann, Jonathon Shlens, Wei Hua, '
      'Li-Jia Li, Li Fei-Fei, Alan Yuille, Jonathan Huang, Kevin Murphy'
    ),
    title='Progressive Neural Architecture Search',
    url='https://arxiv.org/abs/1712.00559',
    year=2018,
  ),
  checkpoints_title='TF-Slim pre-trained models',
  checkpoints_url=spec.SLIM_URL,
  memory_gb=4.5,
  versions=(1, 2, 3, 4, 5),
  variable_size=False,
  endpoints=(
    'Stem',
    *(f'Cell_{number}' for number in range(12)),
    'global_pool',
  ),
  classifier_endpoints=('Logits', 'Predictions'),
  notes=(
    'The second classifier in the middle of the network, which helps to train '
    'it from nothing, is left out, and so is the dropping of paths at random: '
    'in training mode, only values before the classifier are dropped.',
  ),
)

MODELS = (
  spec.ModelSpec(
    name='pnasnet_large',
    family=_FAMILY,
    multiplier=None,
    size=331,
    num_features=4320,
    checkpoint=f'{_ARCHIVE}/model.ckpt',
    archive_url=(
      'https://storage.googleapis.com/download.tensorflow.org/models/'
      f'{_ARCHIVE}.tar.gz'
    ),
    figures=figures.Figures(24938, 86.06, 82.9, 96.2, is_counted=True),
  ),
)
