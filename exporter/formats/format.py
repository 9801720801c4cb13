"""What a format must say of itself: all that differs between it and others.

Whoever works with an artifact looks its format up once, and asks it. What it
says needs TensorFlow only while it writes, loads or proves; a module of this
package loads nothing large when it is imported.
"""

import abc
from collections.abc import Callable
import pathlib
from typing import TypeAlias

from exporter import artifacts
from exporter import cards
from exporter import environment
from exporter import measure
from exporter import storage
from exporter.formats import original as original_lib
import model_specs
from model_specs import kinds

# A published handle -> what the artifact of it that lies beside holds.
Beside: TypeAlias = Callable[[model_specs.Handle], original_lib.Original]
# What is claimed in words, what was found, and what was expected.
Claim: TypeAlias = tuple[str, object, object]


class Format(abc.ABC):
  """How the artifacts of one kind are made, used, proven and described."""

  def __init__(self, kind: kinds.Kind):
    self.kind = kind

  @abc.abstractmethod
  def write(
    self,
    handle: model_specs.Handle,
    original: original_lib.Original,
    artifact: pathlib.Path,
  ) -> None:
    """Writes an artifact to a path at which nothing is yet.

    Raises:
      PackageError: What it takes is not installed.
      SlimhubError: The network cannot be written in this format.
    """

  @abc.abstractmethod
  def load(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
  ) -> 'artifacts.Run':
    """What runs an artifact, as its users do: images in [0, 1] -> outputs.

    Raises:
      PackageError: What runs it is not installed.
      ProofError: It cannot be loaded, or is not as promised.
    """

  @abc.abstractmethod
  def recover(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    made: storage.Manifest,
    beside: Beside,
  ) -> original_lib.Original:
    """What an artifact must agree with, as delivered files alone say.

    Args:
      handle: What it is.
      artifact: Where it is.
      made: Its manifest.
      beside: Gives the same of the published handle, for a format that holds
        no weights to compare with.

    Raises:
      ManifestError: Files and manifests contradict each other.
      ProofError: The artifact cannot be read, or holds other weights.
    """

  @abc.abstractmethod
  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares a written artifact with what it was made of.

    Returns:
      What was compared, and how near it came.

    Raises:
      ProofError: It is not near enough, or cannot be run.
    """

  @abc.abstractmethod
  def card(
    self,
    handle: model_specs.Handle,
    made: storage.Manifest,
    measured: measure.Measurements | None = None,
  ) -> cards.Card:
    """The card of an artifact, with what was measured of it since."""

  def claims(
    self, made: storage.Manifest, artifact: pathlib.Path
  ) -> tuple[Claim, ...]:
    """What a manifest says that the files of its artifact say, too."""
    del made, artifact
    return ()

  def note(self, original: original_lib.Original) -> str:
    """What a reader should know of a proof, beside its figures."""
    del original
    return ''

  def ask(
    self,
    python: str,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> str:
    """Proves an artifact in another interpreter, if it can be loaded there.

    Args:
      python: The interpreter.
      handle: What the artifact is.
      artifact: Where it is.
      original: What it must agree with.

    Returns:
      Where it was proven, in words; empty if it was not asked.
    """
    del python, handle, artifact, original
    return ''

  def require(self) -> None:
    """Raises a PackageError if a package that it takes is not installed."""
    if self.kind.extra:
      environment.require(self.kind.extra)

  @property
  def packages(self) -> tuple[str, ...]:
    """What has a part in an artifact, beside TensorFlow and TF-Slim."""
    return environment.packages(self.kind.extra) if self.kind.extra else ()
