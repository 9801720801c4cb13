"""Describes a recognized network: what a file of weights is of."""

import dataclasses
import math

from exporter.checkpoints import checkpoint
from exporter.checkpoints import recognition
import model_specs


@dataclasses.dataclass(frozen=True)
class Preprocessing:
  """What the network was trained to see, as spec files say it."""

  input_range: tuple[float, float]  # For black and for white.
  input_mean: tuple[float, ...]  # For each channel, to be subtracted then.
  is_standardized: bool  # Whether each image then gets mean 0 and variance 1.


@dataclasses.dataclass(frozen=True)
class Network:
  """The network that a file of weights is of."""

  name: str
  title: str
  # The depth multipliers that give these shapes, the likeliest first.
  multipliers: tuple[float, ...]
  num_classes: int | None  # None: the file has no classifier.
  parameters: int
  variables: int
  models: tuple[str, ...]  # Names of the published models that it may be.
  sizes: tuple[int, ...]  # Image sizes of the models of this network.
  published_classes: int | None  # How many classes those models have.
  preprocessing: Preprocessing
  usual_size: int  # The size of images with which TF-Slim trains the network.
  size: int | None = None  # The size of images, if variables depend on it.
  is_quantized: bool = False  # Whether it rounds in trained ranges.

  @property
  def multiplier(self) -> float | None:
    """The likeliest of the multipliers; None if the network has none."""
    return self.multipliers[0] if self.multipliers else None


def wanted(match: recognition.Match) -> checkpoint.Wanted:
  """The variables that an export needs.

  If the file has no classifier, the model is exported without one.
  """
  is_whole = match.num_classes is not None
  shapes = {
    name: shape
    for name, shape in match.shapes.items()
    if is_whole or not name.startswith(match.family.classifier)
  }
  return checkpoint.Wanted(shapes, match.trainable & shapes.keys())


def _preprocessing(family: model_specs.Family) -> Preprocessing:
  preprocessing = family.preprocessing
  low = 0.0
  mean: tuple[float, ...] = (0.0,) * family.channels
  if isinstance(preprocessing.offset, tuple):
    mean = preprocessing.offset
  else:
    low = 0.0 - preprocessing.offset
  is_standardized = isinstance(preprocessing, model_specs.Standardization)
  return Preprocessing((low, low + preprocessing.factor), mean, is_standardized)


def describe(match: recognition.Match, size: int | None) -> Network:
  """Describes the network of a match.

  Args:
    match: What was recognized.
    size: Height and width of its images, if they are known.

  Returns:
    The description.
  """
  models, shapes = match.models, wanted(match).shapes
  alike = [model for model in models if size in (None, model.size)]
  return Network(
    match.family.network,
    match.family.title,
    match.multipliers,
    match.num_classes,
    sum(math.prod(shape) for shape in shapes.values()),
    len(shapes),
    tuple(model.name for model in alike),
    tuple(sorted({model.size for model in models})),
    models[0].num_classes if models else None,
    _preprocessing(match.family),
    model_specs.NETWORKS[match.family.network].size,
    match.size,
    match.family.is_quantized,
  )
