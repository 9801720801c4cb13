"""The interface of a format: everything in which one differs from the others.

Code that works with an artifact looks up its format and calls the methods of
it. Modules of this package must not import TensorFlow or another large library
when they are imported; formats need them only to write, load and prove.
"""

import abc
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
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
from model_specs import labels

# Gives what the SavedModel of a published handle, in the same folder, holds.
Beside: TypeAlias = Callable[[model_specs.Handle], original_lib.Original]
# A statement to check: what it is about, what was found, what was expected.
Claim: TypeAlias = tuple[str, object, object]


def of_labels(
  handle: model_specs.Handle, found: Sequence[str]
) -> Sequence[Claim]:
  """Claims that classes are called by their names; no more than one is false.

  Args:
    handle: What the artifact is.
    found: The names in its files.
  """
  expected = labels.of(handle)
  if len(found) != len(expected):
    return [('labels', len(found), len(expected))]
  numbered = enumerate(zip(found, expected, strict=True))
  claims = ((f'label {number}', *names) for number, names in numbered)
  return [claim for claim in claims if claim[1] != claim[2]][:1]


def untrue(claims: Iterable[Claim]) -> list[str]:
  """A line for each claim that is false."""
  return [
    f'{what}: {found}, expected {expected}'
    for what, found, expected in claims
    if found != expected
  ]


class Format(abc.ABC):
  """How artifacts of one kind are written, loaded, proven and described."""

  def __init__(self, kind: kinds.Kind):
    self.kind = kind

  @abc.abstractmethod
  def write(
    self,
    handle: model_specs.Handle,
    original: original_lib.Original,
    artifact: pathlib.Path,
  ) -> None:
    """Writes an artifact to a path that does not exist yet.

    Raises:
      PackageError: A package that the format needs is not installed.
      SlimhubError: The network cannot be written in this format.
    """

  @abc.abstractmethod
  def load(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
  ) -> 'artifacts.Run':
    """Loads an artifact as its users do.

    Args:
      handle: What the artifact is.
      artifact: Where it is.
      threads: On how many threads it runs, where its runtime lets us choose.

    Returns:
      A function from images in [0, 1] to outputs.

    Raises:
      PackageError: The package that runs it is not installed.
      ProofError: It cannot be loaded, or does not have the promised interface.
    """

  def alone(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    """Loads an artifact that `load` took, with no more than its runtime.

    Where `load` needs TensorFlow to check a file, and running it does not, the
    memory of that must not count as the file's.
    """
    return self.load(handle, artifact, threads)

  @abc.abstractmethod
  def recover(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    manifest: storage.Manifest,
    beside: Beside,
  ) -> original_lib.Original:
    """Restores the original of an artifact from delivered files alone.

    Args:
      handle: What the artifact is.
      artifact: Where it is.
      manifest: Its manifest.
      beside: Gives the original of a published handle; for formats whose own
        files do not hold the weights as they were.

    Returns:
      What the artifact is compared with.

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
    """Compares an artifact that was written with its original.

    Returns:
      What was compared, with the differences and what is allowed.

    Raises:
      ProofError: A difference is too large, or the artifact cannot be run.
    """

  @abc.abstractmethod
  def card(
    self,
    handle: model_specs.Handle,
    manifest: storage.Manifest,
    measured: measure.Measurements | None = None,
  ) -> cards.Card:
    """The card of an artifact.

    Args:
      handle: What the artifact is.
      manifest: Its manifest.
      measured: The speed and accuracy that were measured since, if any.
    """

  def claims(
    self,
    handle: model_specs.Handle,
    manifest: storage.Manifest,
    artifact: pathlib.Path,
  ) -> tuple[Claim, ...]:
    """What an artifact says, in its files, of itself and its manifest.

    Raises:
      PackageError: A package that reads the files is not installed.
      ProofError: They cannot be read.
    """
    del handle, manifest, artifact
    return ()

  def note(self, original: original_lib.Original) -> str:
    """A remark on the proof for its result; empty if there is none."""
    del original
    return ''

  def ask(
    self,
    python: str,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> str:
    """Proves an artifact in another interpreter, if its format can do that.

    Args:
      python: The interpreter.
      handle: What the artifact is.
      artifact: Where it is.
      original: What it must agree with.

    Returns:
      Where it was proven, in words; empty if it was not.
    """
    del python, handle, artifact, original
    return ''

  def foreign_files(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> list[str]:
    """Which files are not those that would be written of the same weights.

    It is asked only where the packages are those that wrote the artifact. By
    default no file is looked at, as it takes long to convert a network again.

    Args:
      handle: What the artifact is.
      artifact: Where it is.
      original: The networks, with the weights that the artifact holds.

    Returns:
      The paths of these files, sorted.
    """
    del handle, artifact, original
    return []

  def require(self) -> None:
    """Raises a PackageError if a package that it needs is not installed."""
    if self.kind.extra:
      environment.require(self.kind.extra)

  @property
  def packages(self) -> tuple[str, ...]:
    """The packages that artifacts depend on besides TensorFlow and TF-Slim."""
    return environment.packages(self.kind.extra) if self.kind.extra else ()
