"""LeNet and CifarNet: TF-Slim's networks for small pictures."""

from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import spec

_CODE = 'https://github.com/tensorflow/models/tree/master/research/slim/nets'
_NOTES = (
  'Its dense layers are for images of one size. TF-Slim evaluates it on '
  'pictures of that size as they are.',
)


def _template(  # noqa: PLR0913  # Facts, each by its name.
  *,
  network: str,
  title: str,
  scope: str,
  classifier: str,
  paper: family_lib.Paper,
  size: int,
  num_features: int,
  endpoints: tuple[str, ...],
  classifier_endpoints: tuple[str, ...],
  preprocessing: family_lib.Preprocessing,
  figures: tuple[float, float],
  channels: int = 3,
) -> spec.ModelSpec:
  family = family_lib.Family(
    network=network,
    title=title,
    scope=scope,
    classifier=f'{scope}/{classifier}/',
    architecture='',
    kaggle=network,
    paper=paper,
    checkpoints_title='TF-Slim networks',
    checkpoints_url=_CODE,
    versions=(3, 5),
    variable_size=False,
    has_norm=False,
    endpoints=endpoints,
    classifier_endpoints=classifier_endpoints,
    preprocessing=preprocessing,
    channels=channels,
    sizes=range(4, 129),
    is_cropped=True,
    notes=_NOTES,
  )
  return spec.ModelSpec(
    name=network,
    family=family,
    multiplier=None,
    size=size,
    num_features=num_features,
    checkpoint='',
    archive_url='',
    figures=figures_lib.Figures(*figures, is_counted=True),
    num_classes=10,
  )


TEMPLATES = (
  _template(
    network='cifarnet',
    title='CifarNet',
    scope='CifarNet',
    classifier='logits',
    paper=family_lib.Paper(
      authors='Alex Krizhevsky',
      title='Learning Multiple Layers of Features from Tiny Images',
      url='https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf',
      year=2009,
    ),
    size=32,
    num_features=192,
    endpoints=(*('conv1', 'pool1', 'conv2', 'pool2', 'Flatten', 'fc3', 'fc4'),),
    classifier_endpoints=('Logits', 'Predictions'),
    preprocessing=family_lib.Standardization(factor=255.0, offset=0.0),
    figures=(33, 1.76),
  ),
  _template(
    network='lenet',
    title='LeNet',
    scope='LeNet',
    classifier='fc4',
    paper=family_lib.Paper(
      authors='Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner',
      title='Gradient-Based Learning Applied to Document Recognition',
      url='https://doi.org/10.1109/5.726791',
      year=1998,
    ),
    size=28,
    num_features=1024,
    endpoints=('conv1', 'pool1', 'conv2', 'pool2', 'Flatten', 'fc3'),
    classifier_endpoints=('dropout3', 'Logits', 'Predictions'),
    preprocessing=family_lib.Preprocessing(factor=255 / 128, offset=1.0),
    figures=(14, 3.27),
    channels=1,
  ),
)
