"""ResNet V1 and V2: models of 50, 101 and 152 layers, networks of 200."""

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec

_AUTHORS = 'Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun'
_PAPERS = {
  1: family_lib.Paper(
    authors=_AUTHORS,
    title='Deep Residual Learning for Image Recognition',
    url='https://arxiv.org/abs/1512.03385',
    year=2015,
  ),
  2: family_lib.Paper(
    authors=_AUTHORS,
    title='Identity Mappings in Deep Residual Networks',
    url='https://arxiv.org/abs/1603.05027',
    year=2016,
  ),
}
_RELEASES = {1: '2016_08_28', 2: '2017_04_14'}
_NUM_CLASSES = {1: 1000, 2: spec.NUM_CLASSES}
# V1 was trained on colours minus the mean colour of ImageNet. Its checkpoints
# also hold the mean as the variable `mean_rgb`, which the networks do not use.
_PREPROCESSING = {
  1: family_lib.Preprocessing(factor=255.0, offset=(123.68, 116.78, 103.94)),
  2: family_lib.FROM_MINUS_1_TO_1,
}
_CHECKPOINT_NOTES = {
  1: (
    'The modules that were once published under these names had 1001 classes '
    'and weights that were never released as a checkpoint. The public '
    "checkpoint is another one, converted from the authors' own: it has 1000 "
    'classes, without one for the background, and was trained on colours from '
    '0 to 255 less their mean.',
  ),
  2: (
    'Its accuracy was published for images of 299 x 299 pixels, which the '
    'model takes, too.',
  ),
}
# The number of units in each of the four blocks, by the number of layers.
_UNITS = {
  50: (3, 4, 6, 3),
  101: (3, 4, 23, 3),
  152: (3, 8, 36, 3),
  200: (3, 24, 36, 3),
}


def _endpoints(version: int, layers: int) -> tuple[str, ...]:
  names = ['conv1']
  for block, units in enumerate(_UNITS[layers], start=1):
    for unit in range(1, units + 1):
      name = f'block{block}/unit_{unit}/bottleneck_v{version}'
      parts = ('shortcut', 'conv1', 'conv2', 'conv3')
      names += [f'{name}/{part}' for part in parts[unit > 1 :]]
      names.append(name)
    names.append(f'block{block}')
  return (*names, 'global_pool')


_MEMORY_GB = {50: family_lib.MEMORY_GB, 101: 2.5, 152: 4.0, 200: 4.3}


def _model(
  version: int, layers: int, *figures: float, is_published: bool = True
) -> spec.ModelSpec:
  name = f'resnet_v{version}_{layers}'
  family = family_lib.Family(
    network=name,
    title=f'ResNet V{version} {layers}',
    scope=name,
    classifier=f'{name}/logits/',
    architecture=name.replace('_', '-') if is_published else '',
    kaggle=f'resnet-v{version}',
    paper=_PAPERS[version],
    checkpoints_title='TF-Slim pre-trained models',
    checkpoints_url=spec.SLIM_URL,
    versions=(1, 3, 4, 5),
    variable_size=True,
    endpoints=_endpoints(version, layers),
    classifier_endpoints=('logits', 'spatial_squeeze', 'predictions'),
    preprocessing=_PREPROCESSING[version],
    checkpoint_notes=_CHECKPOINT_NOTES[version] if is_published else (),
    memory_gb=_MEMORY_GB[layers],
  )
  archive = f'{name}_{_RELEASES[version]}' if is_published else ''
  return spec.ModelSpec(
    name=name,
    family=family,
    multiplier=None,
    size=224,
    num_features=2048,
    checkpoint=archive and f'{archive}/{name}.ckpt',
    archive_url=archive and f'{spec.SLIM_ARCHIVES}/{archive}.tar.gz',
    figures=figures_lib.Figures(*figures, is_counted=True),
    num_classes=_NUM_CLASSES[version],
  )


# Version, layers, MACs (M), parameters (M), top-1 and top-5 (%).
MODELS = (
  _model(1, 50, 3482, 25.56, 75.2, 92.2),
  _model(1, 101, 7195, 44.55, 76.4, 92.9),
  _model(1, 152, 10907, 60.19, 76.8, 93.2),
  _model(2, 50, 3482, 25.57, 75.6, 92.8),
  _model(2, 101, 7195, 44.58, 77.0, 93.7),
  _model(2, 152, 10907, 60.24, 77.8, 94.1),
)
# Version, layers, MACs (M) and parameters (M).
TEMPLATES = (
  _model(1, 200, 14401, 64.67, is_published=False),
  _model(2, 200, 14401, 64.73, is_published=False),
)
