"""The spec of a model: all that is known before a checkpoint is opened."""

import dataclasses
import hashlib
import re

from model_specs import checks
from model_specs import family as family_lib
from model_specs import figures as figures_lib
from model_specs import kinds
from model_specs import own as own_lib
from model_specs import versions

PUBLISHER = 'google'
PUBLISHER_NAME = re.compile(r'[a-z0-9-]+')
# The last part of the names of published models that round. It is a part of
# its own: no pattern of names without it matches one with it.
VARIANT = 'quantops'
_NAME = re.compile(rf'[a-z][a-z0-9_]*(/{VARIANT})?')
LICENSE = 'Apache-2.0'
COLLECTION = 'imagenet'  # Second part of the published handles.
DATASET = 'imagenet-ilsvrc-2012-cls'
NUM_CLASSES = 1001
# The page on which TF-Slim lists its checkpoints, and the folder of most of
# them.
SLIM_URL = (
  'https://github.com/tensorflow/models/tree/master/research/slim'
  '#pre-trained-models'
)
SLIM_ARCHIVES = 'https://download.tensorflow.org/models'


@dataclasses.dataclass(frozen=True)
class ModelSpec:
  """One trained network; all its handles come from one checkpoint."""

  name: str  # As in handles, for example mobilenet_v2_035_96.
  family: family_lib.Family
  multiplier: float | None  # The depth multiplier; None if there is none.
  size: int  # Height and width of images in pixels; maybe just the default.
  num_features: int
  # The path of its prefix when the archive is unpacked. Own models and the
  # templates of networks have neither it nor a URL.
  checkpoint: str
  archive_url: str
  figures: figures_lib.Figures
  num_classes: int | None = NUM_CLASSES  # None: it has no classifier.
  license: str = LICENSE
  dataset: str = DATASET
  own: own_lib.Own | None = None  # None: it is a published model.

  def __post_init__(self) -> None:
    where = f'spec {self.name!r}'
    checks.check(
      _NAME.fullmatch(self.name) is not None,
      f'{where}: a name is lower-case letters, digits and _',
    )
    for field in ('multiplier', 'size', 'num_features', 'num_classes'):
      value = getattr(self, field)
      checks.check(
        value is None or value > 0,
        f'{where}: {field} is {value}, expected above 0',
      )
    problem = self.family.size_problem(self.size)
    checks.check(not problem, f'{where}: {problem}')
    if not self.own and not self.is_template:
      self._check_archive(where)

  def _check_archive(self, where: str) -> None:
    checks.check(
      self.archive_url.startswith('https://'),
      f'{where}: archive_url is {self.archive_url!r}, expected https://',
    )
    folders = self.checkpoint.split('/')[:-1]
    checks.check(
      self._archive_stem in folders,
      f'{where}: checkpoint is {self.checkpoint!r}, expected the path of a '
      f'prefix below a folder {self._archive_stem!r}, as the archive unpacks',
    )

  @property
  def is_template(self) -> bool:
    """Whether it only says what models of a network share."""
    return not (self.own or self.checkpoint or self.archive_url)

  @property
  def is_variant(self) -> bool:
    """Whether its name has a variant as a part of its own."""
    return self.name.endswith(f'/{VARIANT}')

  @property
  def network(self) -> str:
    """The key in exporter/networks/builders.py of what builds it."""
    return self.family.network

  @property
  def publisher(self) -> str:
    """The first part of its handles, unless somebody else publishes it."""
    return self.own.publisher if self.own else PUBLISHER

  @property
  def collection(self) -> str:
    """The second part of its handles: the dataset."""
    return self.own.dataset if self.own else COLLECTION

  @property
  def width(self) -> str:
    """Its multiplier as part of a sentence; empty if it has none."""
    return f'depth multiplier {self.multiplier}, ' if self.multiplier else ''

  @property
  def is_of_imagenet(self) -> bool:
    """Whether its classes are those of ImageNet."""
    return self.dataset == DATASET

  @property
  def has_background(self) -> bool:
    """Whether class 0 is the background, which the dataset does not have."""
    if self.own:
      return self.own.background
    return self.num_classes == NUM_CLASSES

  @property
  def tasks(self) -> tuple[str, ...]:
    """The tasks that it can do: feature vectors, and classes if it has any."""
    return versions.TASKS if self.num_classes else (versions.FEATURE_VECTOR,)

  @property
  def promises(self) -> dict[int, versions.Version]:
    """What handles of each number promise, by the last part of the handle."""
    if self.own:
      pairs = self.own.promises
    else:
      pairs = tuple((number, number) for number in self.family.versions)
    is_quantized = self.family.is_quantized
    by_number = versions.QUANTIZED if is_quantized else versions.BY_NUMBER
    return {number: by_number[version] for number, version in pairs}

  @property
  def current(self) -> tuple[int, ...]:
    """The numbers of its newest versions, one of each format."""
    if self.own:
      return tuple(self.promises)
    return tuple(n for n in versions.CURRENT if n in self.family.versions)

  @property
  def checkpoint_name(self) -> str:
    """The name as checkpoints spell it, for example mobilenet_v2_0.35_96."""
    folder, *_, file = self.checkpoint.split('/')
    # In some archives the prefix is just `model`; their folder has the name.
    return folder if file.startswith('model') else file.removesuffix('.ckpt')

  @property
  def checkpoint_member(self) -> str:
    """The path of the checkpoint's prefix inside the archive."""
    parts = self.checkpoint.split('/')
    return '/'.join(parts[parts.index(self._archive_stem) + 1 :])

  @property
  def _archive_stem(self) -> str:
    return re.sub(r'\.(tgz|tar\.gz)$', '', self.archive_name)

  @property
  def archive_name(self) -> str:
    """The file name of the archive, for example mobilenet_v2_0.35_96.tgz."""
    return self.archive_url.rsplit('/', 1)[-1]

  def handles(
    self, numbers: tuple[int, ...] | None = None
  ) -> tuple['Handle', ...]:
    """Its handles with these numbers, or with its current ones."""
    return tuple(
      Handle(self, task, number, self.publisher)
      for task in self.tasks
      for number in (self.current if numbers is None else numbers)
      if number in self.promises
    )


@dataclasses.dataclass(frozen=True)
class Handle:
  """What one module is called: PUBLISHER/DATASET/NAME/TASK/VERSION."""

  spec: ModelSpec
  task: str
  number: int
  publisher: str = PUBLISHER

  def __post_init__(self) -> None:
    checks.check(
      PUBLISHER_NAME.fullmatch(self.publisher) is not None,
      f'publisher is {self.publisher!r}, '
      'expected lower-case letters, digits and -',
    )
    checks.check(
      self.task in versions.TASKS,
      f'{self}: task is {self.task!r}, expected one of {versions.TASKS}',
    )
    numbers = tuple(self.spec.promises)
    checks.check(
      self.number in numbers,
      f'{self}: version {self.number} was never published, '
      f'expected one of {numbers}',
    )
    checks.check(
      self.task in self.spec.tasks,
      f'{self}: the model has no classifier, expected {self.spec.tasks[-1]}',
    )

  def __str__(self) -> str:
    return f'{self.folder}/{self.number}'

  @property
  def folder(self) -> str:
    """The handle without its version."""
    model = self.spec
    return f'{self.publisher}/{model.collection}/{model.name}/{self.task}'

  @property
  def fingerprint(self) -> str:
    """A hash of everything that is known of the model and the version."""
    facts = repr((self, self.version)).encode()
    return hashlib.sha256(facts).hexdigest()

  @property
  def version(self) -> versions.Version:
    """What its version number promises."""
    return self.spec.promises[self.number]

  @property
  def kind(self) -> kinds.Kind:
    """What is known of its format."""
    return kinds.get(self.version.format)

  @property
  def format(self) -> str:
    """As manifests spell it: that of a published version as tfhub.dev does."""
    return self.kind.format

  @property
  def needs_pictures(self) -> bool:
    """Whether the ranges of its layers are measured on pictures."""
    return self.kind.needs_pictures and not self.spec.family.is_quantized

  @property
  def refusal(self) -> str:
    """Why nothing can be written that is right; empty if it can."""
    return ''

  @property
  def origin(self) -> 'Handle':
    """The published handle: itself, unless it is a conversion of one."""
    return self

  @property
  def stem(self) -> str:
    """What the names of its manifest and its card begin with."""
    return str(self)

  @property
  def output(self) -> str:
    """What a served artifact calls its default output."""
    return versions.SERVING_OUTPUTS[self.task]

  @property
  def variable_size(self) -> bool:
    """Whether it takes images of other sizes than the default."""
    return self.spec.family.variable_size and self.version.variable_size

  @property
  def num_outputs(self) -> int:
    """The width of the default output: the number of classes or features."""
    is_classifier = self.task == versions.CLASSIFICATION
    classes = self.spec.num_classes if is_classifier else None
    return classes or self.spec.num_features

  @property
  def endpoints(self) -> tuple[str, ...]:
    """The names of the intermediate outputs, as signatures spell them."""
    names = self.spec.family.endpoints
    if self.task == versions.CLASSIFICATION:
      names = (*names, *self.spec.family.classifier_endpoints)
    return tuple(f'{self.spec.family.scope}/{name}' for name in names)

  def sibling(self) -> 'Handle | None':
    """The handle of the model's other task; None if it has only one."""
    for task in self.spec.tasks:
      if task != self.task:
        return dataclasses.replace(self, task=task)
    return None

  def changes(self) -> dict[int, tuple[str, ...]]:
    """The changelog up to this version, by number; empty for own models."""
    if self.spec.own:
      return {}
    family = self.spec.family
    published = [v for n, v in self.spec.promises.items() if n <= self.number]
    return versions.changes(published, family.variable_size)
