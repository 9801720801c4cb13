"""VGG: networks of 11 layers, called A, of 16 and of 19."""

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec

_PAPER = family_lib.Paper(
  authors='Karen Simonyan, Andrew Zisserman',
  title='Very Deep Convolutional Networks for Large-Scale Image Recognition',
  url='https://arxiv.org/abs/1409.1556',
  year=2014,
)
# Of each network, the number of convolutions in each of the five blocks.
_BLOCKS = {
  'vgg_a': (1, 1, 2, 2, 2),
}


def _endpoints(blocks: tuple[int, ...]) -> tuple[str, ...]:
  names = []
  for block, convolutions in enumerate(blocks, start=1):
    conv = f'conv{block}'
    names += [f'{conv}/{conv}_{n}' for n in range(1, convolutions + 1)]
    names.append(f'pool{block}')
  return (*names, 'fc6', 'fc7')


def _family(network: str, title: str) -> family_lib.Family:
  return family_lib.Family(
    network=network,
    title=title,
    scope=network,
    classifier=f'{network}/fc8/',
    architecture=network.replace('_', '-'),
    kaggle='vgg',
    paper=_PAPER,
    checkpoints_title='TF-Slim pre-trained models',
    checkpoints_url=spec.SLIM_URL,
    versions=(3, 5),
    variable_size=False,
    sizes=range(224, 256),
    endpoints=_endpoints(_BLOCKS[network]),
    classifier_endpoints=('fc8',),
    preprocessing=family_lib.Preprocessing(
      factor=255.0, offset=(123.68, 116.78, 103.94)
    ),
  )


TEMPLATES = (
  spec.ModelSpec(
    name='vgg_a',
    family=_family('vgg_a', 'VGG A'),
    multiplier=None,
    size=224,
    num_features=4096,
    checkpoint='',
    archive_url='',
    figures=figures_lib.Figures(is_counted=True),
    num_classes=1000,
  ),
)
