"""The original of artifacts: networks and weights to make and prove them."""

from collections.abc import Mapping
import dataclasses
import functools
import pathlib

import numpy as np

from exporter import artifacts
from exporter import checkpoints
from exporter import measure
from exporter import networks
from exporter import proof
from exporter import storage
import model_specs
from model_specs import kinds


# Types of modules that import TensorFlow are quoted, so that importing this one
# does not.
@dataclasses.dataclass(frozen=True, eq=False)
class Original:
  """The networks of a model and their weights, for all of its handles."""

  spec: model_specs.ModelSpec
  sources: 'tuple[networks.Source, ...]'  # Inference and, if any, training.
  tensors: Mapping[str, np.ndarray]
  weights: storage.Weights  # Where the tensors are from.
  # The graph that was published beside the checkpoint, if there is one.
  frozen_graph: bytes | None = None
  # The folder of the pictures that ranges are measured on, if it was named.
  pictures_dir: pathlib.Path | None = None
  batch: kinds.Batch = kinds.ONE  # Of files whose format can fix it.
  # Whether TensorFlow's loaders are asked again for programs that are known.
  afresh: bool = False
  # The artifact that the tensors were read from, if it is still open.
  reading: 'proof.Reading | None' = None

  @functools.cached_property
  def reference(self) -> 'proof.Reference':
    """What the two networks compute on a few images."""
    return proof.compute_reference(
      self.spec, self.sources, self.tensors, self.frozen_graph
    )

  @functools.cached_property
  def vectors(self) -> 'artifacts.Vectors':
    """The test vectors of the inference network."""
    return artifacts.compute_vectors(self.sources[0], self.spec, self.tensors)

  @functools.cached_property
  def trials(self) -> 'proof.Trials':
    """What the inference network answers on many pictures."""
    is_trained = self.weights.kind != checkpoints.SYNTHETIC
    return proof.Trials(self.sources[0], self.spec, self.tensors, is_trained)

  @functools.cached_property
  def _pictures(self) -> np.ndarray:
    # An export that needs pictures is refused where there are none.
    assert self.pictures_dir is not None
    return measure.read_pictures(
      self.pictures_dir, self.spec.size, self.spec.family.channels
    )

  def pictures_for(self, handle: model_specs.Handle) -> np.ndarray | None:
    """The pictures to measure ranges on; None if the handle needs none."""
    return self._pictures if handle.needs_pictures else None
