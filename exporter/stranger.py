"""An artifact as somebody meets it who has only the files."""

from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
from typing import Protocol

import numpy as np

from exporter import reference
from model_specs import spec
from model_specs import versions


@dataclasses.dataclass(frozen=True)
class Call:
  """One way of calling an artifact, and what came back."""

  name: str
  outputs: Mapping[str, np.ndarray]  # Keys as in a reference's example.
  momentum: float = 1.0
  moving: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)


class Stranger(Protocol):
  """A reloaded artifact; it knows nothing of how the files were written."""

  @property
  def variables(self) -> Mapping[str, np.ndarray]:
    """Every variable's value, by its TF-Slim name."""

  @property
  def trainable(self) -> frozenset[str]:
    """Names of the variables offered for training."""

  def infer(self, images: np.ndarray) -> Iterator[Call]:
    """Calls everything that infers."""

  def train(self, images: np.ndarray, momentum: float) -> Iterator[Call]:
    """Calls everything that trains, each from the initial state.

    Args:
      images: A batch.
      momentum: For whatever takes one; the rest uses the version's default.
    """

  def losses(self) -> float:
    """The sum of the regularization losses."""

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reaches."""


def name_default(
  handle: spec.Handle, outputs: Mapping[str, np.ndarray], features: bool
) -> dict[str, np.ndarray]:
  """Puts the output `default` under the name that says what it is."""
  is_logits = handle.task == versions.CLASSIFICATION and not features
  name = reference.LOGITS if is_logits else reference.FEATURES
  return {name if k == 'default' else k: v for k, v in outputs.items()}
