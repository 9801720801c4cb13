"""A TF-Slim network in a session, which artifacts are compared with."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import functools
from typing import Any

import numpy as np
import tensorflow as tf

from exporter.networks import architectures
from exporter.networks import blueprint as blueprint_lib
from exporter.networks import building
from exporter.networks import imported
from exporter.networks import known
from exporter.networks import loading
import model_specs

_v1 = tf.compat.v1


class Source:
  """One network in one mode, inference or training, as TF-Slim builds it."""

  def __init__(self, blueprint: blueprint_lib.Blueprint):
    self.is_training = blueprint.is_training
    self.pooled = blueprint.pooled
    self._has_pool = blueprint.has_pool
    # The shape of every variable, in the order in which they were created.
    self.shapes = {each.name: each.shape for each in blueprint.variables}
    self.graph = imported.ImportedGraph()
    with self.graph.as_default():
      tf.import_graph_def(blueprint.definition, name='')
      self._loader = loading.Loader(blueprint.variables)
    tensor = self.graph.get_tensor_by_name
    self.images = tensor(blueprint_lib.IMAGES)
    self.momentum = tensor(blueprint_lib.MOMENTUM)
    self.logits = tensor(blueprint_lib.LOGITS)
    self.features = tensor(blueprint_lib.FEATURES)
    self.endpoints = {
      name: tensor(end) for name, end in blueprint.endpoints.items()
    }
    self.losses = tuple(map(tensor, blueprint.losses))
    self.updates = tuple(
      map(self.graph.get_operation_by_name, blueprint.updates)
    )
    self.trainable = frozenset(
      each.name for each in blueprint.variables if each.is_trainable
    )
    # What reads each variable, by its name.
    self.values = {
      each.name: tensor(each.value) for each in blueprint.variables
    }
    self._session = _v1.Session(graph=self.graph)

  @property
  def moving(self) -> dict[str, tf.Tensor]:
    """What reads the statistics that a training step updates, by name."""
    return {
      name: value
      for name, value in self.values.items()
      if name not in self.trainable
    }

  @functools.cached_property
  def draws(self) -> tuple[tf.Tensor, ...]:
    """The random numbers that dropout draws, one for each value."""
    ops = self.graph.get_operations()
    return tuple(op.outputs[0] for op in ops if 'Random' in op.type)

  @functools.cached_property
  def _random(self) -> frozenset[str]:
    """The operations that give something else each time."""
    found = set()
    waiting = [tensor.op for tensor in self.draws]
    while waiting:
      op = waiting.pop()
      if op.name not in found:
        found.add(op.name)
        waiting += [user for end in op.outputs for user in end.consumers()]
    return frozenset(found)

  def is_random(self, tensor: tf.Tensor) -> bool:
    """Whether a tensor is random, because it stands behind active dropout."""
    return tensor.op.name in self._random

  def scoped_endpoints(self, scope: str) -> dict[str, tf.Tensor]:
    """The endpoints by the names that signatures give them.

    The names begin with the scope, and features that are pooled are
    `global_pool`, whatever TF-Slim calls them.
    """
    names = {self.pooled: 'global_pool'} if self._has_pool else {}
    return {
      f'{scope}/{names.get(name, name)}': tensor
      for name, tensor in self.endpoints.items()
    }

  def load(self, tensors: Mapping[str, np.ndarray]) -> None:
    """Sets every variable to its tensor, by name."""
    self._loader.load(self._session, tensors)

  def unload(self) -> None:
    """Frees the memory of every variable; `load` sets them again."""
    self._loader.unload(self._session)

  def run(
    self,
    fetches: Any,
    images: np.ndarray,
    momentum: float = 0.0,
    draw: Callable[[Sequence[int]], np.ndarray] | None = None,
  ) -> Any:
    """Computes tensors, or runs ops, on images in [0, 1].

    Args:
      fetches: What to compute or to run.
      images: The images.
      momentum: How much of the moving averages remains.
      draw: Gives the numbers that dropout draws, by their shape. By default
        they are random.
    """
    feeds: dict[tf.Tensor, Any] = {
      self.images: images,
      self.momentum: momentum,
    }
    if draw:
      for tensor in self.draws:
        _, *sizes = tensor.shape.as_list()
        feeds[tensor] = draw([len(images), *sizes])
    return self._session.run(fetches, feeds)


@functools.lru_cache(maxsize=2)
def build(
  architecture: architectures.Architecture,
  is_training: bool,
  *,
  afresh: bool = False,
) -> Source:
  """The source of an architecture in one mode.

  The two that were used last stay in memory: both modes of one architecture.

  Args:
    architecture: The architecture.
    is_training: The mode.
    afresh: Builds it with TF-Slim although it was built before.
  """
  found = None if afresh else known.find(architecture, is_training)
  if found is None:
    found = building.build(architecture, is_training)
    known.remember(architecture, found)
  return Source(found)


def sources(
  model: model_specs.ModelSpec, *, afresh: bool = False
) -> tuple[Source, ...]:
  """A model's inference network and, if it has one, its training network."""
  of_model = architectures.architecture(model)
  return tuple(
    build(of_model, mode, afresh=afresh) for mode in architectures.modes(model)
  )
