"""The base class of the formats that TensorFlow itself loads."""

import abc
from collections.abc import Mapping
import json
import pathlib
import tempfile

import numpy as np

from exporter import artifacts
from exporter import cards
from exporter import checkpoints
from exporter import errors
from exporter import measure
from exporter import networks
from exporter import proof
from exporter import storage
from exporter.formats import format as format_lib
from exporter.formats import original as original_lib
import model_specs
from model_specs import outside
from model_specs import versions

_MOST_FACTS = 1 << 24  # Bytes.


def _check_weights(
  handle: model_specs.Handle,
  manifest: storage.Manifest,
  tensors: Mapping[str, np.ndarray],
) -> None:
  """Raises a ProofError if tensors are not those that a manifest names.

  Feature vectors are not checked: the hash is of the whole network, and they
  lack the classifier.
  """
  if handle.task != versions.CLASSIFICATION:
    return
  sha256 = checkpoints.hash_tensors(tensors)
  if sha256 != manifest.weights.sha256:
    raise errors.ProofError(
      f'{handle} holds weights of hash {sha256}, expected those of '
      f'{manifest.weights.checkpoint}, {manifest.weights.sha256}; '
      'export it again with --force'
    )


class ModelFolder(format_lib.Format):
  """A folder with a graph and all variables that the graph uses."""

  @abc.abstractmethod
  def _write_model(
    self,
    handle: model_specs.Handle,
    graphs: 'tuple[artifacts.Graph, ...]',
    tensors: Mapping[str, np.ndarray] | None,
    folder: pathlib.Path,
  ) -> None:
    """Writes the graphs and, if there are any, the variables.

    Args:
      handle: What is written.
      graphs: Its inference graph and, if it trains, its training graph.
      tensors: The values of the variables by name.
      folder: An existing, empty folder.
    """

  @abc.abstractmethod
  def _read(
    self, handle: model_specs.Handle, folder: pathlib.Path
  ) -> 'proof.Reading':
    """Loads an artifact into a session."""

  def write(
    self,
    handle: model_specs.Handle,
    original: original_lib.Original,
    artifact: pathlib.Path,
  ) -> None:
    """Writes the folder, with its labels, facts and test vectors."""
    self._write(handle, original, original.tensors, artifact)
    artifacts.write_vectors(original.vectors, handle, artifact)

  def _write(
    self,
    handle: model_specs.Handle,
    original: original_lib.Original,
    tensors: Mapping[str, np.ndarray] | None,
    artifact: pathlib.Path,
  ) -> None:
    graphs = tuple(
      artifacts.build_graph(source, handle) for source in original.sources
    )
    artifact.mkdir()
    self._write_model(handle, graphs, tensors, artifact)
    artifacts.write_facts(handle, graphs[0], original.weights, artifact)

  def foreign_files(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> list[str]:
    """Writes all but the numbers again, and compares.

    Variables and test vectors are numbers, which the proof compares.
    """
    with tempfile.TemporaryDirectory() as folder:
      again = pathlib.Path(folder, 'again')
      self._write(handle, original, None, again)
      return artifacts.differing_files(artifact, again)

  def recover(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    manifest: storage.Manifest,
    beside: format_lib.Beside,
  ) -> original_lib.Original:
    """The networks with the weights that the folder holds.

    The classifier, which a feature vector lacks, is filled with zeros. The
    artifact stays open in `reading`, so that a proof need not load it again.
    """
    del beside
    reading = self._read(handle, artifact)
    variables = reading.variables()
    sources = networks.sources(handle.spec)
    tensors = {
      name: variables.get(name, np.zeros(shape, np.float32))
      for name, shape in sources[0].shapes.items()
    }
    _check_weights(handle, manifest, tensors)
    return original_lib.Original(
      handle.spec, sources, tensors, manifest.weights, reading=reading
    )

  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares everything that the folder offers with the original network."""
    checks = proof.prove(
      handle,
      artifact,
      original.reference,
      lambda: original.reading or self._read(handle, artifact),
      afresh=original.afresh,
    )
    vectors = proof.prove_vectors(handle, artifact, original.vectors)
    return (*checks, vectors) if vectors else checks

  def card(
    self,
    handle: model_specs.Handle,
    manifest: storage.Manifest,
    measured: measure.Measurements | None = None,
  ) -> cards.Card:
    """The model card."""
    return cards.model_card(handle, manifest, measured)

  def claims(
    self,
    handle: model_specs.Handle,
    manifest: storage.Manifest,
    artifact: pathlib.Path,
  ) -> tuple[format_lib.Claim, ...]:
    """Claims on weights and labels, and on vectors in files and proof."""
    with artifacts.explained(handle, 'read'):
      labels = artifacts.read_model_labels(artifact)
    try:
      facts = outside.read_file(artifact / artifacts.FACTS, _MOST_FACTS)
      stated = dict(json.loads(facts)['weights'])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
      stated = {}  # Every claim below is false then.
    return (
      *format_lib.of_labels(handle, labels),
      ('weights', manifest.weights.kind, stated.get('kind')),
      ('weights', manifest.weights.sha256, stated.get('sha256')),
      (
        proof.TEST_VECTORS,
        artifacts.VECTORS in manifest.files,
        any(check.name == proof.TEST_VECTORS for check in manifest.proof),
      ),
    )

  def note(self, original: original_lib.Original) -> str:
    """Why the published frozen graph was not compared; empty if it was."""
    return original.reference.note

  def ask(
    self,
    python: str,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> str:
    """Proves the folder in another interpreter, and names its TensorFlow.

    Raises:
      InterpreterError: The interpreter cannot load any artifact.
      ProofError: The answers there differ from those of the original.
    """
    expected = original.reference
    agreed = proof.Agreement(handle, expected, proof.LENIENCY)
    with tempfile.TemporaryDirectory() as folder:
      interpreter = proof.Interpreter(python, pathlib.Path(folder))
      interpreter.ask(handle, artifact, expected)
      agreed.compare_stranger(interpreter)
    where = f'TensorFlow {interpreter.tensorflow}'
    outcome = f' in {where} of {python}'
    proof.raise_on_misses(handle, agreed.of_stranger, outcome)
    return f'in {where}, too'
