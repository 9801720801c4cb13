"""An own model and its tensors, to see what is read of checkpoints."""

import pathlib

import numpy as np

from exporter import networks
from exporter.checkpoints import checkpoint
from exporter.checkpoints import own
from exporter.checkpoints import synthetic
from exporter.checkpoints import training_graph
from model_specs import spec
from model_specs.spec_files import model as model_lib
from tests import some_spec_file

_INFERENCE, _TRAINING = networks.sources(some_spec_file.model())
GRAPH = _INFERENCE.graph.as_graph_def()
TRAINING_GRAPH = _TRAINING.graph.as_graph_def()
WANTED = checkpoint.Wanted(
  _INFERENCE.shapes,
  _INFERENCE.trainable,
  lambda: training_graph.traits(GRAPH),
)
TENSORS = synthetic.tensors(WANTED.shapes)


def model(folder: pathlib.Path, path: str | None, **changes) -> spec.ModelSpec:
  """A model whose spec file lies in a folder and names a checkpoint."""
  values = some_spec_file.values(checkpoint=path, **changes)
  return model_lib.read_model(values, f'{folder}/my.toml', folder)


def read(
  folder: pathlib.Path, path: str | None, weights='auto', other=None, **changes
) -> checkpoint.Checkpoint:
  """Reads the checkpoint of such a model."""
  spec_ = model(folder, path, **changes)
  return own.read_own(other or folder, spec_, WANTED, weights)


def same(loaded: checkpoint.Checkpoint) -> bool:
  """Whether these are TENSORS, and no others."""
  return loaded.tensors.keys() == TENSORS.keys() and all(
    np.array_equal(loaded.tensors[name], TENSORS[name]) for name in TENSORS
  )
