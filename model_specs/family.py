"""What all variants of a network share: paper, preprocessing, endpoints."""

import dataclasses

from model_specs import checks
from model_specs import versions

MEMORY_GB = 1.5  # What a worker needs for most models.


@dataclasses.dataclass(frozen=True)
class Paper:
  """The paper that a card cites."""

  authors: str
  title: str
  url: str
  year: int


@dataclasses.dataclass(frozen=True)
class Preprocessing:
  """Maps colours in [0, 1] to a network's input: factor * colour - offset."""

  factor: float
  offset: float | tuple[float, float, float]  # For all channels, or for each.


@dataclasses.dataclass(frozen=True)
class Standardization(Preprocessing):
  """The same, less the mean of each image and divided by its deviation.

  The deviation is at least that of an image of which one value differs from all
  others by 1, as `tf.image.per_image_standardization` has it.
  """


FROM_MINUS_1_TO_1 = Preprocessing(factor=2.0, offset=1.0)


@dataclasses.dataclass(frozen=True)
class Family:
  """What all variants of a network share."""

  network: str  # Its key in exporter/networks/builders.py.
  title: str
  scope: str  # Begins the names of all endpoints, and of most variables.
  classifier: str  # Begins the names of the classifier's variables.
  architecture: str  # The tag that tfhub.dev gives it; empty if it has none.
  # What Kaggle calls all models of it, which its variations tell apart; not
  # part of fingerprints.
  kaggle: str = dataclasses.field(repr=False)
  paper: Paper
  checkpoints_title: str
  checkpoints_url: str
  versions: tuple[int, ...]
  variable_size: bool
  endpoints: tuple[str, ...]  # Those of feature vectors, without the scope.
  classifier_endpoints: tuple[str, ...] = ('Logits',)
  preprocessing: Preprocessing = FROM_MINUS_1_TO_1
  # What the network itself decides, which therefore is not part of
  # fingerprints: whether it has batch norm, the channels of images, the heights
  # and widths that its fully connected layers fit (None: all), and whether
  # TF-Slim evaluates it on the centre of pictures as they are, not on larger
  # pictures made smaller.
  has_norm: bool = dataclasses.field(default=True, repr=False)
  channels: int = dataclasses.field(default=3, repr=False)
  sizes: range | None = dataclasses.field(default=None, repr=False)
  is_cropped: bool = dataclasses.field(default=False, repr=False)
  notes: tuple[str, ...] = ()  # Sentences for the cards of this family.
  # Sentences on the published checkpoints, for the same cards.
  checkpoint_notes: tuple[str, ...] = ()
  # Whether it rounds in trained ranges, and is made for inference alone.
  is_quantized: bool = dataclasses.field(default=False, repr=False)
  # What a worker needs to prove the largest model; not part of fingerprints.
  memory_gb: float = dataclasses.field(default=MEMORY_GB, repr=False)

  def size_problem(self, size: int) -> str:
    """What is wrong with a height and width of images; empty if nothing."""
    if self.sizes is None or size in self.sizes:
      return ''
    return (
      f'size is {size}, expected {self.sizes[0]} to {self.sizes[-1]}, as the '
      f'fully connected layers of {self.network} fit no other images'
    )

  def __post_init__(self) -> None:
    unknown = set(self.versions) - set(versions.BY_NUMBER)
    checks.check(
      not unknown,
      f'{self.network}: versions {sorted(unknown)} are not among '
      f'{sorted(versions.BY_NUMBER)}; add them to model_specs/versions.py',
    )
