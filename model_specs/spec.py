"""What is known of a published model before any checkpoint is opened."""

import dataclasses
import hashlib
import re

from model_specs import versions

PUBLISHER = 'google'
PUBLISHER_NAME = re.compile(r'[a-z\d-]+')
_NAME = re.compile(r'[a-z][a-z\d_]*')
LICENSE = 'Apache-2.0'
DATASET = 'imagenet-ilsvrc-2012-cls'
NUM_CLASSES = 1001
MEMORY_GB = 1.5
# Where TF-Slim says which checkpoints there are, and where most of them are.
SLIM_URL = (
  'https://github.com/tensorflow/models/tree/master/research/slim'
  '#pre-trained-models'
)
SLIM_ARCHIVES = 'http://download.tensorflow.org/models'


class SpecError(ValueError):
  """A spec contradicts itself, or names something that does not exist."""


def _check(condition: bool, message: str) -> None:
  if not condition:
    raise SpecError(message)


@dataclasses.dataclass(frozen=True)
class Paper:
  """The publication that a card cites."""

  authors: str
  title: str
  url: str
  year: int


@dataclasses.dataclass(frozen=True)
class Preprocessing:
  """What a network makes of colours in [0, 1]: factor * colour - offset."""

  factor: float
  offset: float | tuple[float, float, float]  # For all channels, or for each.


FROM_MINUS_1_TO_1 = Preprocessing(factor=2.0, offset=1.0)


@dataclasses.dataclass(frozen=True)
class Family:
  """What the variants of one network share."""

  network: str  # Its name in exporter/networks.
  title: str
  scope: str  # First part of every endpoint's name, of most variables', too.
  classifier: str  # First parts of the classifier's variables' names.
  architecture: str  # As tfhub.dev tags it.
  paper: Paper
  checkpoints_title: str
  checkpoints_url: str
  versions: tuple[int, ...]
  variable_size: bool
  endpoints: tuple[str, ...]  # Of the feature extractor, without the scope.
  classifier_endpoints: tuple[str, ...] = ('Logits',)
  preprocessing: Preprocessing = FROM_MINUS_1_TO_1
  notes: tuple[str, ...] = ()  # Sentences that only this family's cards need.
  # Of a worker, while it proves the largest; no part of a fingerprint.
  memory_gb: float = dataclasses.field(default=MEMORY_GB, repr=False)

  def __post_init__(self) -> None:
    unknown = set(self.versions) - set(versions.BY_NUMBER)
    _check(
      not unknown,
      f'{self.network}: versions {sorted(unknown)} are not among '
      f'{sorted(versions.BY_NUMBER)}; add them to model_specs/versions.py',
    )


@dataclasses.dataclass(frozen=True)
class Figures:
  """Published measurements; None where nothing was published."""

  macs_millions: float | None = None
  params_millions: float | None = None
  top1_percent: float | None = None
  top5_percent: float | None = None
  pixel1_ms: float | None = None

  def __post_init__(self) -> None:
    for name, value in dataclasses.asdict(self).items():
      _check(value is None or value > 0, f'{name} is {value}, expected above 0')
    for name in ('top1_percent', 'top5_percent'):
      value = getattr(self, name)
      _check(
        value is None or value <= 100,
        f'{name} is {value}, expected at most 100',
      )
    if self.top1_percent and self.top5_percent:
      _check(
        self.top1_percent <= self.top5_percent,
        f'top1_percent {self.top1_percent} is above '
        f'top5_percent {self.top5_percent}',
      )


@dataclasses.dataclass(frozen=True)
class ModelSpec:
  """One trained network: all its handles come from one checkpoint."""

  name: str  # As handles spell it: mobilenet_v2_035_96.
  family: Family
  multiplier: float | None  # None: the network has none.
  size: int  # Height and width in pixels; the default where others work too.
  num_features: int
  checkpoint: str  # Path of the prefix as the published archive unpacks.
  archive_url: str
  figures: Figures
  num_classes: int = NUM_CLASSES
  license: str = LICENSE
  dataset: str = DATASET

  def __post_init__(self) -> None:
    where = f'spec {self.name!r}'
    _check(
      _NAME.fullmatch(self.name) is not None,
      f'{where}: a name is lower-case letters, digits and _',
    )
    for field in ('multiplier', 'size', 'num_features', 'num_classes'):
      value = getattr(self, field)
      _check(
        value is None or value > 0,
        f'{where}: {field} is {value}, expected above 0',
      )
    _check(
      self.archive_url.startswith(('http://', 'https://')),
      f'{where}: archive_url is {self.archive_url!r}, expected http(s)://',
    )
    folders = self.checkpoint.split('/')[:-1]
    _check(
      self._archive_stem in folders,
      f'{where}: checkpoint is {self.checkpoint!r}, expected the path of a '
      f'prefix below a folder {self._archive_stem!r}, as the archive unpacks',
    )

  @property
  def network(self) -> str:
    """Name of the module in exporter/networks that builds it."""
    return self.family.network

  @property
  def has_background(self) -> bool:
    """Whether class 0 is none of ImageNet's."""
    return self.num_classes == NUM_CLASSES

  @property
  def checkpoint_name(self) -> str:
    """The checkpoint's own spelling: mobilenet_v2_0.35_96."""
    folder, *_, file = self.checkpoint.split('/')
    # Some archives call every prefix `model`, and only themselves by a name.
    return folder if file.startswith('model') else file.removesuffix('.ckpt')

  @property
  def checkpoint_member(self) -> str:
    """Path of the prefix inside of the archive."""
    parts = self.checkpoint.split('/')
    return '/'.join(parts[parts.index(self._archive_stem) + 1 :])

  @property
  def _archive_stem(self) -> str:
    return re.sub(r'\.(tgz|tar\.gz)$', '', self.archive_name)

  @property
  def archive_name(self) -> str:
    """The file name of the published archive: mobilenet_v2_0.35_96.tgz."""
    return self.archive_url.rsplit('/', 1)[-1]

  def handles(
    self, numbers: tuple[int, ...] = versions.CURRENT
  ) -> tuple['Handle', ...]:
    """The published handles with these version numbers, sorted."""
    return tuple(
      Handle(self, task, number)
      for task in versions.TASKS
      for number in numbers
      if number in self.family.versions
    )


@dataclasses.dataclass(frozen=True)
class Handle:
  """One published module: PUBLISHER/imagenet/NAME/TASK/VERSION."""

  spec: ModelSpec
  task: str
  number: int
  publisher: str = PUBLISHER

  def __post_init__(self) -> None:
    _check(
      PUBLISHER_NAME.fullmatch(self.publisher) is not None,
      f'publisher is {self.publisher!r}, '
      'expected lower-case letters, digits and -',
    )
    _check(
      self.task in versions.TASKS,
      f'{self}: task is {self.task!r}, expected one of {versions.TASKS}',
    )
    _check(
      self.number in self.spec.family.versions,
      f'{self}: version {self.number} was never published, '
      f'expected one of {self.spec.family.versions}',
    )

  def __str__(self) -> str:
    return f'{self.folder}/{self.number}'

  @property
  def folder(self) -> str:
    """The handle without its version."""
    return f'{self.publisher}/imagenet/{self.spec.name}/{self.task}'

  @property
  def fingerprint(self) -> str:
    """A hash of all that is known: of the model, and of the version."""
    known = repr((self, self.version)).encode()
    return hashlib.sha256(known).hexdigest()

  @property
  def version(self) -> versions.Version:
    """What its version number promises."""
    return versions.BY_NUMBER[self.number]

  @property
  def format(self) -> str:
    """As tfhub.dev spells it: TF1 or TF2."""
    return self.version.format

  @property
  def variable_size(self) -> bool:
    """Whether images of another size than the default are taken."""
    return self.spec.family.variable_size and self.version.variable_size

  @property
  def num_outputs(self) -> int:
    """Width of the default output."""
    if self.task == versions.CLASSIFICATION:
      return self.spec.num_classes
    return self.spec.num_features

  @property
  def endpoints(self) -> tuple[str, ...]:
    """Names of the intermediate outputs, as the signatures spell them."""
    names = self.spec.family.endpoints
    if self.task == versions.CLASSIFICATION:
      names = (*names, *self.spec.family.classifier_endpoints)
    return tuple(f'{self.spec.family.scope}/{name}' for name in names)

  def sibling(self) -> 'Handle':
    """The other task of the same model at the same version."""
    (other,) = set(versions.TASKS) - {self.task}
    return dataclasses.replace(self, task=other)

  def changes(self) -> dict[int, tuple[str, ...]]:
    """Changelog up to this version: number -> entries."""
    log = {}
    for number in self.spec.family.versions:
      if number <= self.number:
        version = versions.BY_NUMBER[number]
        log[number] = version.changes
        if number == self.spec.family.versions[0]:
          log[number] = versions.VERSIONS[0].changes
        elif self.spec.family.variable_size:
          log[number] = version.variable_size_changes + version.changes
    return log
