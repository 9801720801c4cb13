"""What all formats have in common that a TF2 artifact is converted to."""

import abc
from collections.abc import Sequence
import pathlib

from exporter import artifacts
from exporter import cards
from exporter import errors
from exporter import measure
from exporter import proof
from exporter import storage
from exporter.formats import format as format_lib
from exporter.formats import original as original_lib
import model_specs


class ConvertedFile(format_lib.Format):
  """A file beside the SavedModel that has its weights."""

  @abc.abstractmethod
  def usage(self, handle: model_specs.Handle) -> Sequence[str]:
    """What goes in and what comes out, and code that runs: Markdown blocks."""

  def figures(self, handle: model_specs.Handle) -> str:
    """How the figures of its proof are to be read, for its card."""
    return cards.trial_figures(handle)

  def recover(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    made: storage.Manifest,
    beside: format_lib.Beside,
  ) -> original_lib.Original:
    """The networks with the weights of the SavedModel beside the file."""
    del artifact
    original = beside(handle.origin)
    if made.weights.sha256 != original.weights.sha256:
      raise errors.ManifestError(
        f'{handle} has weights of hash {made.weights.sha256}, and the '
        f'SavedModel beside it {original.weights.sha256}; export both again'
      )
    return original

  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares what the file answers on many pictures with its source."""
    run = self.load(handle, artifact)
    return proof.prove_file(handle, run, original.trials)

  def card(
    self,
    handle: model_specs.Handle,
    made: storage.Manifest,
    measured: measure.Measurements | None = None,
  ) -> cards.Card:
    """A card of what the file is, how it is used and how near it comes."""
    return cards.conversion_card(
      handle, made, self.usage(handle), self.figures(handle), measured
    )


class ConvertedNetwork(ConvertedFile):
  """A file that holds the whole network, frozen, for a runtime of its own."""

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
    """A file in its own runtime."""

  def write(
    self,
    handle: model_specs.Handle,
    original: original_lib.Original,
    artifact: pathlib.Path,
  ) -> None:
    """Freezes the inference network and converts it."""
    self.require()
    artifacts.convert(
      handle,
      original.sources[0],
      original.tensors,
      lambda network: self._convert(handle, network, original, artifact),
    )

  def load(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
  ) -> 'artifacts.Run':
    """Runs the file in its own runtime."""
    self.require()
    with artifacts.explained(handle, 'loaded'):
      return self._run(handle, artifact, threads)
