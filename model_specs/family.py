"""What the variants of one network share: paper, colours, endpoints."""

import dataclasses

from model_specs import checks
from model_specs import versions

MEMORY_GB = 1.5


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
  checkpoint_notes: tuple[str, ...] = ()  # On the published checkpoints.
  # Of a worker, while it proves the largest; no part of a fingerprint.
  memory_gb: float = dataclasses.field(default=MEMORY_GB, repr=False)

  def __post_init__(self) -> None:
    unknown = set(self.versions) - set(versions.BY_NUMBER)
    checks.check(
      not unknown,
      f'{self.network}: versions {sorted(unknown)} are not among '
      f'{sorted(versions.BY_NUMBER)}; add them to model_specs/versions.py',
    )
