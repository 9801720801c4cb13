"""The format of versions 1 to 3: a TF1 module, which `hub.Module` loads."""

from collections.abc import Mapping
import pathlib

import numpy as np

from exporter import artifacts
from exporter import proof
from exporter.formats import model_folder
import model_specs


class Tf1(model_folder.ModelFolder):
  """A TF1 module, which `hub.Module` loads."""

  def _write_model(
    self,
    handle: model_specs.Handle,
    graphs: 'tuple[artifacts.Graph, ...]',
    tensors: Mapping[str, np.ndarray] | None,
    folder: pathlib.Path,
  ) -> None:
    artifacts.write_tf1(handle, graphs, tensors, folder)

  def _read(
    self, handle: model_specs.Handle, folder: pathlib.Path
  ) -> 'proof.Reading':
    return proof.read_tf1(handle, folder)

  def load(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
  ) -> 'artifacts.Run':
    """Loads it into TensorFlow, whose own threads it uses."""
    del threads
    return artifacts.load_tf1(handle, artifact)
