"""What the source computes: the numbers an artifact must hit."""

from collections.abc import Mapping
import dataclasses
import functools

import numpy as np

from exporter import checkpoints
from exporter import networks
from exporter.proof import published_graph
import model_specs
from model_specs import versions

LOGITS = 'logits'
FEATURES = 'features'
_BATCH = 2
# Where any size is taken, another one is proven too, and one not square.
_OTHER_SIZE = (128, 96)


@dataclasses.dataclass(frozen=True)
class Example:
  """Some images and all that the source makes of them."""

  images: np.ndarray
  outputs: Mapping[str, np.ndarray]  # LOGITS, FEATURES, scoped endpoints.

  @functools.cached_property
  def deviations(self) -> dict[str, float]:
    """The standard deviation of each output."""
    return {name: float(np.std(value)) for name, value in self.outputs.items()}


@dataclasses.dataclass(frozen=True)
class Reference:
  """The numbers of one model, for all its handles."""

  tensors: Mapping[str, np.ndarray]
  trainable: frozenset[str]
  default_size: Example
  other_size: Example
  training: Example  # Without what dropout makes random.
  batch_statistics: Mapping[str, np.ndarray]  # By moving variable.
  losses: Mapping[str, float]  # By task.
  # What the published frozen graph makes of `default_size`: LOGITS, FEATURES.
  published: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
  note: str = ''  # Why `published` is empty although there is such a graph.

  def examples(self, handle: model_specs.Handle) -> tuple[Example, ...]:
    """The inference examples that an artifact must reproduce."""
    if handle.variable_size:
      return self.default_size, self.other_size
    return (self.default_size,)


def _infer(
  source: networks.Source, model: model_specs.ModelSpec, height: int, width: int
) -> Example:
  images = checkpoints.synthetic_images(_BATCH, height, width)
  tensors = {
    LOGITS: source.logits,
    FEATURES: source.features,
    **source.scoped_endpoints(model.family.scope),
  }
  return Example(images, source.run(tensors, images))


def _train(
  source: networks.Source, model: model_specs.ModelSpec
) -> tuple[Example, dict[str, np.ndarray]]:
  """One training step at momentum 0, which leaves the batch's statistics."""
  images = checkpoints.synthetic_images(_BATCH, model.size, model.size, seed=2)
  tensors = {
    LOGITS: source.logits,
    FEATURES: source.features,
    **source.scoped_endpoints(model.family.scope),
  }
  if source.is_random:
    del tensors[LOGITS]
    for name in model.family.classifier_endpoints:
      del tensors[f'{model.family.scope}/{name}']
  outputs, _ = source.run((tensors, source.updates), images)
  moving = {
    v.op.name: v for v in source.variables if v.op.name not in source.trainable
  }
  return Example(images, outputs), source.run(moving, images)


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
  """What the published graph says of an example, or why it says nothing."""
  if graph is None:
    return {}, ''
  found = published_graph.ask(graph, model.family, tensors, example.images)
  if found.logits is None or found.features is None:
    return {}, f'not compared with the published frozen graph: {found.problem}'
  return {LOGITS: found.logits, FEATURES: found.features}, ''


def compute_reference(
  model: model_specs.ModelSpec,
  sources: tuple[networks.Source, networks.Source],
  tensors: Mapping[str, np.ndarray],
  frozen_graph: bytes | None = None,
) -> Reference:
  """Runs a model's inference and training source on images of noise.

  Args:
    model: What the sources are of.
    sources: Its inference and its training network.
    tensors: Their weights.
    frozen_graph: What was published with the weights, to be asked, too.

  Returns:
    The numbers.
  """
  inference, training = sources
  inference.load(tensors)
  default_size = _infer(inference, model, model.size, model.size)
  other_size = _infer(inference, model, *_OTHER_SIZE)
  losses = _losses(inference, default_size, model.family.classifier)
  inference.unload()
  training.load(tensors)
  example, statistics = _train(training, model)
  training.unload()
  published, note = _ask(frozen_graph, model, tensors, default_size)
  return Reference(
    tensors=tensors,
    trainable=inference.trainable,
    default_size=default_size,
    other_size=other_size,
    training=example,
    batch_statistics=statistics,
    losses=losses,
    published=published,
    note=note,
  )
