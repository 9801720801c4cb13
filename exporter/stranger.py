"""An artifact as somebody meets it who has only the files."""

from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
from typing import Protocol

import numpy as np

from exporter import reference
from model_specs import spec
from model_specs import versions

DEFAULT = 'default'


@dataclasses.dataclass(frozen=True)
class Call:
  """One way of calling an artifact, and what came back."""

  name: str
  outputs: Mapping[str, np.ndarray]  # DEFAULT, and scoped endpoints.
  default: str  # What DEFAULT must be, by its name in a reference's example.
  has_endpoints: bool  # Whether it must return all of them.
  momentum: float = 1.0
  moving: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Names:
  """What an artifact says it has: place -> the names found there."""

  variables: Mapping[str, frozenset[str]]
  trainable: Mapping[str, frozenset[str]]
  signatures: Mapping[str, frozenset[str]]


class Stranger(Protocol):
  """A reloaded artifact; it knows nothing of how the files were written."""

  @property
  def variables(self) -> Mapping[str, np.ndarray]:
    """Every variable's value, by its TF-Slim name."""

  @property
  def names(self) -> Names:
    """What variables and signatures there are."""

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


def default_output(handle: spec.Handle) -> str:
  """What a handle's DEFAULT output is."""
  is_logits = handle.task == versions.CLASSIFICATION
  return reference.LOGITS if is_logits else reference.FEATURES
