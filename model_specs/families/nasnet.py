"""NASNet-A: two models, mobile and large.

Nothing was published of the network for the images of CIFAR-10.
"""

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec

_PAPER = family_lib.Paper(
  authors='Barret Zoph, Vijay Vasudevan, Jonathon Shlens, Quoc V. Le',
  title='Learning Transferable Architectures for Scalable Image Recognition',
  url='https://arxiv.org/abs/1707.07012',
  year=2017,
)
_LEFT_OUT = (
  'The second classifier in the middle of the network, which helps to train it '
  'from nothing, is left out, and so is the dropping of paths at random: in '
  'training mode, '
)
_DROPOUT = 'only values before the classifier are dropped.'
_NO_DROPOUT = 'nothing is dropped.'
_TITLES = {'cifar': 'for CIFAR'}
_MEMORY_GB = {'cifar': 2.6, 'large': 5.5, 'mobile': 2.0}


def _family(size: str, cells: int) -> family_lib.Family:
  return family_lib.Family(
    network=f'nasnet_{size}',
    title=f'NASNet-A {_TITLES.get(size, size)}',
    scope=f'nasnet_{size}',
    classifier='final_layer/',
    architecture='' if size == 'cifar' else f'nasnet-a-{size}',
    kaggle='nasnet',
    paper=_PAPER,
    checkpoints_title='TF-Slim pre-trained models',
    checkpoints_url=spec.SLIM_URL,
    versions=(1, 3, 4, 5),
    variable_size=False,
    endpoints=(
      'Stem',
      *(f'Cell_{number}' for number in range(cells)),
      *('Reduction_Cell_0', 'Reduction_Cell_1', 'global_pool'),
    ),
    classifier_endpoints=('Logits', 'Predictions'),
    notes=(_LEFT_OUT + (_NO_DROPOUT if size == 'cifar' else _DROPOUT),),
    is_cropped=size == 'cifar',
    memory_gb=_MEMORY_GB[size],
  )


def _model(
  size: str, cells: int, pixels: int, num_features: int, *figures: float
) -> spec.ModelSpec:
  name, archive = f'nasnet_{size}', f'nasnet-a_{size}_04_10_2017'
  return spec.ModelSpec(
    name=name,
    family=_family(size, cells),
    multiplier=None,
    size=pixels,
    num_features=num_features,
    checkpoint=f'{archive}/model.ckpt',
    archive_url=(
      'https://storage.googleapis.com/download.tensorflow.org/models/'
      f'{archive}.tar.gz'
    ),
    figures=figures_lib.Figures(*figures, is_counted=True),
  )


# Size, cells, pixels, features, MACs (M), parameters (M), top-1 and top-5 (%).
MODELS = (
  _model('large', 18, 331, 4032, 23784, 88.76, 82.7, 96.2),
  _model('mobile', 12, 224, 1056, 564, 5.29, 74.0, 91.6),
)

TEMPLATES = (
  spec.ModelSpec(
    name='nasnet_cifar',
    family=_family('cifar', 18),
    multiplier=None,
    size=32,
    num_features=768,
    checkpoint='',
    archive_url='',
    figures=figures_lib.Figures(544, 3.35, is_counted=True),
    num_classes=10,
    dataset='cifar-10',
  ),
)
