"""What artifacts are made of and compared with: networks and weights."""

from collections.abc import Mapping
import dataclasses
import functools
import pathlib

import numpy as np

from exporter import checkpoints
from exporter import measure
from exporter import networks
from exporter import proof
from exporter import storage
import model_specs


# Types of what needs TensorFlow are spelled as text: nothing loads it yet.
@dataclasses.dataclass(frozen=True, eq=False)
class Original:
  """A model's networks with their weights, for all of its handles."""

  spec: model_specs.ModelSpec
  sources: 'tuple[networks.Source, networks.Source]'  # Inference, training.
  tensors: Mapping[str, np.ndarray]
  weights: storage.Weights  # Where the tensors are from.
  frozen_graph: bytes | None = None  # As it was published with them.
  pictures_dir: pathlib.Path | None = None  # To measure ranges on.
  # An artifact that the tensors were read from, still open.
  reading: 'proof.Reading | None' = None

  @functools.cached_property
  def reference(self) -> 'proof.Reference':
    """What the sources compute on a few images."""
    return proof.compute_reference(
      self.spec, self.sources, self.tensors, self.frozen_graph
    )

  @functools.cached_property
  def trials(self) -> 'proof.Trials':
    """What the inference source makes of many pictures."""
    is_trained = self.weights.kind != checkpoints.SYNTHETIC
    return proof.Trials(self.sources[0], self.spec, self.tensors, is_trained)

  @functools.cached_property
  def _pictures(self) -> np.ndarray:
    assert self.pictures_dir is not None  # Else what needs it is refused.
    return measure.read_pictures(self.pictures_dir, self.spec.size)

  def pictures_for(self, handle: model_specs.Handle) -> np.ndarray | None:
    """The pictures that ranges are measured on, if a handle needs them."""
    return self._pictures if handle.kind.needs_pictures else None
