"""AlexNet V2 and OverFeat: networks of which nothing was published."""

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec
from model_specs import versions

_CODE = 'https://github.com/tensorflow/models/tree/master/research/slim/nets'
_NOTE = (
  'TF-Slim says nothing about the colours that the network expects: '
  '`input_range` and `input_mean` of a spec file do.'
)
_ENDPOINTS = (
  *('conv1', 'pool1', 'conv2', 'pool2', 'conv3', 'conv4', 'conv5', 'pool5'),
  *('fc6', 'fc7'),
)


def _template(  # noqa: PLR0913  # Facts, each by its name.
  *,
  network: str,
  title: str,
  paper: family_lib.Paper,
  size: int,
  sizes: range,
  figures: tuple[float, float],
  memory_gb: float,
) -> spec.ModelSpec:
  family = family_lib.Family(
    network=network,
    title=title,
    scope=network,
    classifier=f'{network}/fc8/',
    architecture='',
    kaggle=network.replace('_', '-'),
    paper=paper,
    checkpoints_title='TF-Slim networks',
    checkpoints_url=_CODE,
    versions=versions.CURRENT,
    variable_size=False,
    has_norm=False,
    sizes=sizes,
    endpoints=_ENDPOINTS,
    classifier_endpoints=('fc8',),
    notes=(_NOTE,),
    memory_gb=memory_gb,
  )
  return spec.ModelSpec(
    name=network,
    family=family,
    multiplier=None,
    size=size,
    num_features=4096,
    checkpoint='',
    archive_url='',
    figures=figures_lib.Figures(*figures, is_counted=True),
    num_classes=1000,
  )


TEMPLATES = (
  _template(
    network='alexnet_v2',
    title='AlexNet V2',
    paper=family_lib.Paper(
      authors='Alex Krizhevsky',
      title='One weird trick for parallelizing convolutional neural networks',
      url='https://arxiv.org/abs/1404.5997',
      year=2014,
    ),
    size=224,
    sizes=range(195, 227),
    figures=(737, 50.3),
    memory_gb=2.0,  # Estimated from what VGG 19 takes.
  ),
  _template(
    network='overfeat',
    title='OverFeat',
    paper=family_lib.Paper(
      authors=(
        'Pierre Sermanet, David Eigen, Xiang Zhang, Michael Mathieu, '
        'Rob Fergus, Yann LeCun'
      ),
      title=(
        'OverFeat: Integrated Recognition, Localization and Detection using '
        'Convolutional Networks'
      ),
      url='https://arxiv.org/abs/1312.6229',
      year=2013,
    ),
    size=231,
    sizes=range(231, 263),
    figures=(2647, 145.7),
    memory_gb=4.4,  # What VGG 19 takes.
  ),
)
