"""The base classes of the formats that a TF2 SavedModel is converted to."""

import abc
from collections.abc import Sequence
import pathlib

from exporter import artifacts
from exporter import cards
from exporter import measure
from exporter import proof
from exporter import storage
from exporter.formats import format as format_lib
from exporter.formats import original as original_lib
import model_specs
from model_specs import formats


class ConvertedFile(format_lib.Format):
  """A format of one file, which is compared with the SavedModel beside it."""

  @abc.abstractmethod
  def usage(self, handle: model_specs.Handle) -> Sequence[str]:
    """The blocks of Markdown that show on a card how to use the file.

    They say what goes in and what comes out, and have code that runs.
    """

  def remarks(self, manifest: storage.Manifest) -> Sequence[str]:
    """What is true of one file and not of all of its kind, for its card."""
    del manifest
    return ()

  def figures(self, handle: model_specs.Handle) -> str:
    """How to read the figures of the proof, for the card."""
    return cards.trial_figures(handle)

  def recover(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    manifest: storage.Manifest,
    beside: format_lib.Beside,
  ) -> original_lib.Original:
    """The original of the SavedModel that lies beside the file.

    Raises:
      ManifestError: The manifests of the two name different weights.
    """
    del artifact
    original = beside(handle.origin)
    storage.check_same_weights(manifest, original.weights)
    return original

  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares what the file and its network answer on many pictures."""
    run = self.load(handle, artifact)
    return proof.prove_file(handle, run, original.trials)

  def card(
    self,
    handle: model_specs.Handle,
    manifest: storage.Manifest,
    measured: measure.Measurements | None = None,
  ) -> cards.Card:
    """The card: what the file is, how to use it, and how exact it is."""
    use = (*self.usage(handle), *self.remarks(manifest))
    return cards.conversion_card(
      handle, manifest, use, self.figures(handle), measured
    )


class ConvertedNetwork(ConvertedFile):
  """A file with the whole network and its weights, for a runtime of its own."""

  @abc.abstractmethod
  def _convert(
    self,
    handle: model_specs.Handle,
    network: 'artifacts.Frozen',
    original: original_lib.Original,
    path: pathlib.Path,
  ) -> None:
    """Writes a frozen network to a file."""

  @abc.abstractmethod
  def _run(
    self, handle: model_specs.Handle, path: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    """Loads a file into its runtime, which may use so many threads."""

  @abc.abstractmethod
  def _labels(self, path: pathlib.Path) -> tuple[str, ...]:
    """Reads the names of the classes in a file; none if it has no labels."""

  @abc.abstractmethod
  def _is_described(
    self, handle: model_specs.Handle, path: pathlib.Path
  ) -> bool:
    """Whether a file says of itself what it would be written with."""

  def foreign_files(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> list[str]:
    """The artifact, if it says something else of itself to programs.

    Its network is not converted again, which takes long and may need pictures.
    """
    del original
    with artifacts.explained(handle, 'read'):
      is_described = self._is_described(handle, artifact)
    return [] if is_described else [artifact.name]

  def claims(
    self,
    handle: model_specs.Handle,
    manifest: storage.Manifest,
    artifact: pathlib.Path,
  ) -> tuple[format_lib.Claim, ...]:
    """Claims on the labels."""
    del manifest
    self.require()
    with artifacts.explained(handle, 'read'):
      return tuple(format_lib.of_labels(handle, self._labels(artifact)))

  def write(
    self,
    handle: model_specs.Handle,
    original: original_lib.Original,
    artifact: pathlib.Path,
  ) -> None:
    """Freezes the inference network and converts it.

    If that rounds the weights, the network is proven while they are as they
    were.
    """
    self.require()

    def convert(network: 'artifacts.Frozen') -> None:
      if not formats.is_exact(handle):
        proof.prove_frozen(handle, network, original.trials)
      self._convert(handle, network, original, artifact)

    artifacts.convert(handle, original.sources[0], original.tensors, convert)

  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares answers and, where ranges were trained, the ranges."""
    checks = super().prove(handle, artifact, original)
    if not handle.spec.family.is_quantized:
      return checks
    in_order = {
      name: original.tensors[name] for name in original.sources[0].shapes
    }
    return (*checks, proof.prove_ranges(handle, artifact, in_order))

  def load(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
  ) -> 'artifacts.Run':
    """Loads the file into its own runtime.

    Raises:
      PackageError: The runtime is not installed.
      ProofError: The runtime refuses the file.
    """
    self.require()
    with artifacts.explained(handle, 'loaded'):
      return self._run(handle, artifact, threads)
