"""The format of versions 4 and 5: a TF2 SavedModel."""

from collections.abc import Mapping
import pathlib

import numpy as np

from exporter import artifacts
from exporter import proof
from exporter.formats import model_folder
import model_specs


class Tf2(model_folder.ModelFolder):
  """A TF2 SavedModel."""

  def _write_model(
    self,
    handle: model_specs.Handle,
    graphs: 'tuple[artifacts.Graph, ...]',
    tensors: Mapping[str, np.ndarray] | None,
    folder: pathlib.Path,
  ) -> None:
    artifacts.write_tf2(handle, graphs, tensors, folder)

  def _read(
    self, handle: model_specs.Handle, folder: pathlib.Path
  ) -> 'proof.Reading':
    return proof.read_tf2(handle, folder)

  def load(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
  ) -> 'artifacts.Run':
    """Loads it into TensorFlow, whose own threads it uses."""
    del threads
    return artifacts.load_tf2(handle, artifact)
