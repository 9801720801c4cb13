"""PNASNet-5: one model, large; nothing was published of the mobile one."""

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec

_ARCHIVE = 'pnasnet-5_large_2017_12_13'
_PAPER = family_lib.Paper(
  authors=(
    'Chenxi Liu, Barret Zoph, Maxim Neumann, Jonathon Shlens, Wei Hua, '
    'Li-Jia Li, Li Fei-Fei, Alan Yuille, Jonathan Huang, Kevin Murphy'
  ),
  title='Progressive Neural Architecture Search',
  url='https://arxiv.org/abs/1712.00559',
  year=2018,
)
_NOTES = (
  'The second classifier in the middle of the network, which helps to train it '
  'from nothing, is left out, and so is the dropping of paths at random: in '
  'training mode, only values before the classifier are dropped.',
)


def _family(size: str, cells: int, memory_gb: float) -> family_lib.Family:
  return family_lib.Family(
    network=f'pnasnet_{size}',
    title=f'PNASNet-5 {size}',
    scope=f'pnasnet_{size}',
    classifier='final_layer/',
    architecture='' if size == 'mobile' else f'pnasnet-5-{size}',
    kaggle='pnasnet',
    paper=_PAPER,
    checkpoints_title='TF-Slim pre-trained models',
    checkpoints_url=spec.SLIM_URL,
    memory_gb=memory_gb,
    versions=(1, 2, 3, 4, 5),
    variable_size=False,
    endpoints=(
      'Stem',
      *(f'Cell_{number}' for number in range(cells)),
      'global_pool',
    ),
    classifier_endpoints=('Logits', 'Predictions'),
    notes=_NOTES,
  )


MODELS = (
  spec.ModelSpec(
    name='pnasnet_large',
    family=_family('large', 12, memory_gb=4.5),
    multiplier=None,
    size=331,
    num_features=4320,
    checkpoint=f'{_ARCHIVE}/model.ckpt',
    archive_url=(
      'https://storage.googleapis.com/download.tensorflow.org/models/'
      f'{_ARCHIVE}.tar.gz'
    ),
    figures=figures_lib.Figures(24938, 86.06, 82.9, 96.2, is_counted=True),
  ),
)
TEMPLATES = (
  spec.ModelSpec(
    name='pnasnet_mobile',
    family=_family('mobile', 9, memory_gb=2.2),
    multiplier=None,
    size=224,
    num_features=1080,
    checkpoint='',
    archive_url='',
    figures=figures_lib.Figures(587, 5.07, is_counted=True),
  ),
)
