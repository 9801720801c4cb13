"""A small model that was trained for 8 bits, exported once for all tests."""

import functools
import pathlib

import numpy as np

from exporter import networks
from exporter import pipeline
import model_specs
from model_specs import formats
from model_specs import spec_files
from tests import checkpoints_made
from tests import quantized
from tests import shared
from tests import some_spec_file

SIZE = 64
CHECKPOINT = 'train/model.ckpt-7'
_TABLE = {
  'name': 'small_quant',
  'version': 5,
  'tf1_version': 3,
  'network': quantized.V1.network,
  'size': SIZE,
  'num_classes': 1001,
  'checkpoint': CHECKPOINT,
}


def write_spec(folder: pathlib.Path, **changes: object) -> pathlib.Path:
  """Writes the spec file of the model, or of one that differs from it."""
  return some_spec_file.write(folder, **{**_TABLE, **changes})


def read_model(
  folder: pathlib.Path, **changes: object
) -> model_specs.ModelSpec:
  """The model of such a file."""
  (model,) = spec_files.read_models(write_spec(folder, **changes))
  return model


def source() -> networks.Source:
  """The network of the model."""
  return networks.build(quantized.V1, is_training=False)


@functools.cache
def tensors() -> dict[str, np.ndarray]:
  """The weights and the ranges of the model."""
  return quantized.tensors(source(), quantized.V1.network)


def slots() -> dict[str, np.ndarray]:
  """What quantization-aware training leaves beside the model."""
  slot_values = {'global_step': np.array(7, np.int64)}
  for name, value in tensors().items():
    scope, _, end = name.rpartition('/')
    if scope.endswith('act_quant'):
      slot_values[f'{scope}/{scope}/{end}/biased'] = value
      slot_values[f'{scope}/{scope}/{end}/local_step'] = np.array(7, np.float32)
  return slot_values


def write_checkpoint(folder: pathlib.Path) -> pathlib.Path:
  """Writes the checkpoint that the spec file names."""
  return checkpoints_made.write(folder / CHECKPOINT, {**tensors(), **slots()})


def _make(folder: pathlib.Path) -> None:
  write_checkpoint(folder)
  model = read_model(folder)
  pipeline.export_models(
    model.handles(),
    output_dir=folder / 'exports',
    formats=('tf1', 'tf2', 'litert.int8', 'onnx'),
  )


def folder() -> pathlib.Path:
  """The folder with the spec file, the checkpoint and `exports`."""
  return shared.once('quantized', _make)


def handle(task: str, number: int) -> model_specs.Handle:
  """A handle of the model."""
  model = spec_files.read_models(folder() / 'models.toml')[0]
  return model_specs.Handle(model, task, number, model.publisher)


def conversion(task: str, word: str = 'litert.int8') -> model_specs.Handle:
  """A file of 8 bits."""
  (converted,) = formats.select([handle(task, 5)], [word])
  return converted


def artifact(handle_: model_specs.Handle) -> pathlib.Path:
  """Where an artifact is."""
  return folder() / 'exports' / str(handle_)
