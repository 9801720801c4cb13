"""Computes the reference: what the source network makes of some images."""

from collections.abc import Mapping
import dataclasses
import functools

import numpy as np

from exporter import checkpoints
from exporter import errors
from exporter import networks
from exporter.proof import dice
from exporter.proof import published_graph
import model_specs
from model_specs import versions

LOGITS = 'logits'
FEATURES = 'features'
_BATCH = 2
# A handle that takes images of any size is proven with this height and width,
# too, and with one image alone. The sides differ, so that neither can be
# mistaken for the other.
_OTHER_SIZE = (128, 96)
_OTHER_BATCH = 1


@dataclasses.dataclass(frozen=True)
class Example:
  """Some images, and everything that the source computes from them."""

  images: np.ndarray
  # By name: LOGITS, FEATURES and the endpoints with their scope.
  outputs: Mapping[str, np.ndarray]

  @functools.cached_property
  def deviations(self) -> dict[str, float]:
    """The standard deviation of each output, by name."""
    return {name: float(np.std(value)) for name, value in self.outputs.items()}


@dataclasses.dataclass(frozen=True)
class Reference:
  """The numbers that all artifacts of one model must reproduce."""

  tensors: Mapping[str, np.ndarray]
  trainable: frozenset[str]
  default_size: Example  # Inference, with images of the default size.
  # Inference, with images of another size; None if the network takes one size.
  other_size: Example | None
  # Training, where dropout draws the numbers of dice.py; None if the network is
  # made for inference alone.
  training: Example | None
  # The outputs of training that depend on what dropout draws.
  drawn: frozenset[str]
  # Means and variances of the training batch, by the moving average for each.
  batch_statistics: Mapping[str, np.ndarray]
  losses: Mapping[str, float]  # The sum of regularization losses, by task.
  # LOGITS and FEATURES that the published frozen graph computes from the images
  # of `default_size`; empty if there is no such graph, or it was not
  # comparable.
  published: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
  note: str = ''  # Why a published frozen graph was not comparable.

  @functools.cached_property
  def training_by_chance(self) -> Example | None:
    """What is the same in each training step, whatever dropout draws."""
    if self.training is None:
      return None
    outputs = {
      name: value
      for name, value in self.training.outputs.items()
      if name not in self.drawn
    }
    return Example(self.training.images, outputs)

  def examples(self, handle: model_specs.Handle) -> tuple[Example, ...]:
    """The inference examples that an artifact of this handle must reproduce."""
    if handle.variable_size and self.other_size:
      return self.default_size, self.other_size
    return (self.default_size,)


def _infer(
  source: networks.Source,
  model: model_specs.ModelSpec,
  batch: int,
  height: int,
  width: int,
) -> Example:
  images = checkpoints.synthetic_images(
    batch, height, width, channels=model.family.channels
  )
  tensors = {
    LOGITS: source.logits,
    FEATURES: source.features,
    **source.scoped_endpoints(model.family.scope),
  }
  return Example(images, source.run(tensors, images))


def _train(
  source: networks.Source, model: model_specs.ModelSpec
) -> tuple[Example, frozenset[str], dict[str, np.ndarray]]:
  """Runs one training step.

  At momentum 0 the moving averages become the statistics of the batch.

  Returns:
    What the step computes, which of it depends on what dropout draws, and the
    statistics, by the names of the averages.
  """
  images = checkpoints.synthetic_images(
    _BATCH, model.size, model.size, seed=2, channels=model.family.channels
  )
  tensors = {
    LOGITS: source.logits,
    FEATURES: source.features,
    **source.scoped_endpoints(model.family.scope),
  }
  drawn = frozenset(n for n, t in tensors.items() if source.is_random(t))
  outputs, _ = source.run((tensors, source.updates), images, draw=dice.draw)
  return Example(images, outputs), drawn, source.run(source.moving, images)


def _losses(
  source: networks.Source, example: Example, classifier: str
) -> dict[str, float]:
  values = source.run(
    {loss.op.name: loss for loss in source.losses}, example.images
  )
  features = sum(
    value for name, value in values.items() if not name.startswith(classifier)
  )
  return {
    versions.CLASSIFICATION: float(sum(values.values())),
    versions.FEATURE_VECTOR: float(features),
  }


def _ask(
  graph: bytes | None,
  model: model_specs.ModelSpec,
  tensors: Mapping[str, np.ndarray],
  example: Example,
) -> tuple[dict[str, np.ndarray], str]:
  """What the published graph computes from an example, or why nothing."""
  if graph is None:
    return {}, ''
  answer = published_graph.ask(graph, model.family, tensors, example.images)
  if answer.logits is None or answer.features is None:
    return {}, f'not compared with the published frozen graph: {answer.problem}'
  return {LOGITS: answer.logits, FEATURES: answer.features}, ''


def compute_reference(
  model: model_specs.ModelSpec,
  sources: tuple[networks.Source, ...],
  tensors: Mapping[str, np.ndarray],
  frozen_graph: bytes | None = None,
) -> Reference:
  """Runs a model's inference and training source on images of noise.

  The sources hold no weights afterwards.

  Args:
    model: The model.
    sources: Its inference network and, if it has one, its training network.
    tensors: The weights of both.
    frozen_graph: The content of the frozen graph that was published with the
      weights, if there is one.

  Returns:
    The numbers that artifacts of the model must reproduce.

  Raises:
    CheckpointError: All weights are zero.
  """
  inference, *others = sources
  inference.load(tensors)
  default_size = _infer(inference, model, _BATCH, model.size, model.size)
  other_size = None
  if model.family.variable_size:
    other_size = _infer(inference, model, _OTHER_BATCH, *_OTHER_SIZE)
  losses = _losses(inference, default_size, model.family.classifier)
  inference.unload()
  if not losses[versions.CLASSIFICATION]:
    raise errors.CheckpointError(
      f'all weights of {model.name} are zero, so that its network answers '
      'every image alike, and nothing can be proven of it; expected trained '
      'weights: see where they are from'
    )
  example, drawn, statistics = None, frozenset[str](), dict[str, np.ndarray]()
  for training in others:
    training.load(tensors)
    example, drawn, statistics = _train(training, model)
    training.unload()
  published, note = _ask(frozen_graph, model, tensors, default_size)
  return Reference(
    tensors=tensors,
    trainable=inference.trainable if others else frozenset(),
    default_size=default_size,
    other_size=other_size,
    training=example,
    drawn=drawn,
    batch_statistics=statistics,
    losses=losses,
    published=published,
    note=note,
  )
