"""VGG: models of 16 and 19 layers, and a network of 11, called A."""

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec
from model_specs import versions

_PAPER = family_lib.Paper(
  authors='Karen Simonyan, Andrew Zisserman',
  title='Very Deep Convolutional Networks for Large-Scale Image Recognition',
  url='https://arxiv.org/abs/1409.1556',
  year=2014,
)
_CHECKPOINT_NOTE = (
  "The public checkpoint was converted from the authors' own: it has 1000 "
  'classes, without one for the background, and was trained on colours from 0 '
  'to 255 less their mean.'
)
# Of each network, the number of convolutions in each of the five blocks.
_BLOCKS = {
  'vgg_a': (1, 1, 2, 2, 2),
  'vgg_16': (2, 2, 3, 3, 3),
  'vgg_19': (2, 2, 4, 4, 4),
}
_MEMORY_GB = 4.4  # Measured for VGG 19, in either format.


def _endpoints(blocks: tuple[int, ...]) -> tuple[str, ...]:
  names = []
  for block, convolutions in enumerate(blocks, start=1):
    conv = f'conv{block}'
    names += [f'{conv}/{conv}_{n}' for n in range(1, convolutions + 1)]
    names.append(f'pool{block}')
  return (*names, 'fc6', 'fc7')


def _model(
  network: str, title: str, *figures: float, released: str = ''
) -> spec.ModelSpec:
  archive = f'{network}_{released}' if released else ''
  family = family_lib.Family(
    network=network,
    title=title,
    scope=network,
    classifier=f'{network}/fc8/',
    architecture='',
    kaggle='vgg',
    paper=_PAPER,
    checkpoints_title='TF-Slim pre-trained models',
    checkpoints_url=spec.SLIM_URL,
    versions=versions.CURRENT,
    variable_size=False,
    has_norm=False,
    sizes=range(224, 256),
    endpoints=_endpoints(_BLOCKS[network]),
    classifier_endpoints=('fc8',),
    preprocessing=family_lib.Preprocessing(
      factor=255.0, offset=(123.68, 116.78, 103.94)
    ),
    notes=(versions.NEVER_ON_TFHUB,) if archive else (),
    checkpoint_notes=(_CHECKPOINT_NOTE,) if archive else (),
    memory_gb=_MEMORY_GB,
  )
  return spec.ModelSpec(
    name=network,
    family=family,
    multiplier=None,
    size=224,
    num_features=4096,
    checkpoint=archive and f'{archive}/{network}.ckpt',
    archive_url=archive and f'{spec.SLIM_ARCHIVES}/{archive}.tar.gz',
    figures=figures_lib.Figures(*figures, is_counted=True),
    num_classes=1000,
  )


# Network, title, MACs (M), parameters (M), top-1 and top-5 (%).
MODELS = (
  _model('vgg_16', 'VGG 16', 15470, 138.36, 71.5, 89.8, released='2016_08_28'),
  _model('vgg_19', 'VGG 19', 19632, 143.67, 71.1, 89.8, released='2016_08_28'),
)
TEMPLATES = (_model('vgg_a', 'VGG A', 7609, 132.86),)
