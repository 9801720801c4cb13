"""What each version number of the published models promises."""

from collections.abc import Sequence
import dataclasses
import itertools
from typing import Final
from typing import Literal
from typing import TypeAlias

TF1: Final = 'hub'
TF2: Final = 'saved_model_2'
Spelling: TypeAlias = Literal['hub', 'saved_model_2']

CLASSIFICATION: Final = 'classification'
FEATURE_VECTOR: Final = 'feature_vector'
Task: TypeAlias = Literal['classification', 'feature_vector']
TASKS: tuple[Task, ...] = (CLASSIFICATION, FEATURE_VECTOR)
# The name of the output of the signature `serving_default`.
SERVING_OUTPUTS = {CLASSIFICATION: 'logits', FEATURE_VECTOR: 'feature_vector'}

_QUANTIZED_CHANGES = ('Needs `tensorflow-hub>=0.2.0`.',)
_BN_HPARAMS = '_with_bn_hparams'


@dataclasses.dataclass(frozen=True)
class Version:
  """What all modules that were published with one version number share."""

  number: int
  format: Spelling  # TF1 or TF2, in the spelling of tfhub.dev.
  momentum: float  # The default momentum of batch norm's moving averages.
  configurable_momentum: bool
  variable_size: bool  # Whether networks that can take other sizes do so.
  serving_default: bool  # Whether there is a signature of this name.
  changes: tuple[str, ...]  # Entries of the changelog for all networks.
  variable_size_changes: tuple[str, ...] = ()  # Those for variable sizes.
  # Whether a module can be trained further; not part of fingerprints.
  trains: bool = dataclasses.field(default=True, repr=False)

  def signatures(self, task: str) -> tuple[str, ...]:
    """The names of the signatures of a module of this version."""
    if self.format == TF2:
      return ('serving_default',) if self.serving_default else ()
    named = [f'image_{FEATURE_VECTOR}']
    if task == CLASSIFICATION:
      named.append(f'image_{CLASSIFICATION}')
    if self.configurable_momentum:
      named += [name + _BN_HPARAMS for name in named]
    return ('default', *sorted(named))


VERSIONS = (
  Version(
    number=1,
    format=TF1,
    momentum=0.997,
    configurable_momentum=False,
    variable_size=False,
    serving_default=False,
    changes=('Initial release.',),
  ),
  Version(
    number=2,
    format=TF1,
    momentum=0.997,
    configurable_momentum=False,
    variable_size=False,
    serving_default=False,
    changes=(
      'Repaired UPDATE_OPS for fine-tuning '
      '([issue 86](https://github.com/tensorflow/hub/issues/86)).',
    ),
  ),
  Version(
    number=3,
    format=TF1,
    momentum=0.99,
    configurable_momentum=True,
    variable_size=True,
    serving_default=False,
    changes=(
      'Batch norm momentum is 0.99 by default and can be set by the caller.',
      'Needs `tensorflow-hub>=0.2.0`.',
    ),
    variable_size_changes=('Takes images of other sizes.',),
  ),
  Version(
    number=4,
    format=TF2,
    momentum=0.99,
    configurable_momentum=True,
    variable_size=True,
    serving_default=False,
    changes=(
      'Moved to the SavedModel format of TensorFlow 2, '
      'which `hub.Module` cannot load.',
    ),
  ),
  Version(
    number=5,
    format=TF2,
    momentum=0.99,
    configurable_momentum=True,
    variable_size=True,
    serving_default=True,
    changes=(
      'Added the signature `serving_default`.',
      'Gradients work under `tf.GradientTape(persistent=True)`.',
    ),
  ),
)
BY_NUMBER = {version.number: version for version in VERSIONS}
# The same numbers of networks that round: they are for inference alone.
QUANTIZED = {
  number: dataclasses.replace(
    version,
    configurable_momentum=False,
    variable_size=False,
    trains=False,
    changes=version.changes[:1] if number == 1 else _QUANTIZED_CHANGES,
    variable_size_changes=(),
  )
  for number, version in BY_NUMBER.items()
}
# The newest of each format; a name without a version means these.
CURRENT = (3, 5)
# For the cards of models that only slimhub gives handles to.
NEVER_ON_TFHUB = (
  "The model was never on tfhub.dev: its handles are slimhub's own, and their "
  'versions promise what those of the other models with the same numbers do.'
)


def _first_of(spelling: Spelling) -> Version:
  return next(v for v in VERSIONS if v.format == spelling)


def changes(
  versions: Sequence[Version], variable_size: bool
) -> dict[int, tuple[str, ...]]:
  """The changelog of a model that was published with some versions."""
  log = {versions[0].number: VERSIONS[0].changes}
  for before, version in itertools.pairwise(versions):
    more = version.variable_size_changes if variable_size else ()
    if before.format != version.format:
      more += _first_of(version.format).changes
    log[version.number] = tuple(dict.fromkeys(more + version.changes))
  return log
