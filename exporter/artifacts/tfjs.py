"""Writes a frozen network for TensorFlow.js, and runs such files in Node.

No converter takes part: the one of TensorFlow.js cannot be installed beside a
TensorFlow of today.
"""

from collections.abc import Callable
import json
import pathlib
from typing import Any

from google.protobuf import json_format
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import node_def_pb2

import exporter
from exporter.artifacts import frozen
from exporter.artifacts import shapes
from exporter.artifacts import tfjs_files
from exporter.artifacts import tfjs_graph
from exporter.artifacts import tfjs_node
from exporter.artifacts import tfjs_weights
import model_specs
from model_specs import formats
from model_specs import labels

_LABELS = 'labels.txt'


def _constant(name: str, value: np.ndarray) -> node_def_pb2.NodeDef:
  """A constant without its value, which is in another file."""
  node = node_def_pb2.NodeDef(name=name, op='Const')
  dtype = tf.as_dtype(value.dtype).as_datatype_enum
  node.attr['dtype'].type = dtype
  tensor = node.attr['value'].tensor
  tensor.dtype = dtype
  shapes.fill(tensor.tensor_shape, value.shape)
  return node


def _tensor(name: str, *shape: int) -> dict[str, Any]:
  sizes = [{'size': f'{size}'} for size in (-1, *shape)]
  return {
    'name': f'{name}:0',
    'dtype': 'DT_FLOAT',
    'tensorShape': {'dim': sizes},
  }


def _metadata(conversion: model_specs.Handle) -> dict[str, Any]:
  """What a program must know to call the model; TensorFlow.js hands it on."""
  model = conversion.spec
  is_grey = model.family.channels == 1
  facts: dict[str, Any] = {
    'handle': str(conversion.origin),
    'input': {
      'color': 'grayscale' if is_grey else 'RGB',
      'range': [0, 1],
      'height': model.size,
      'width': model.size,
    },
    'output': {'kind': conversion.output, 'size': conversion.num_outputs},
  }
  if model.license:
    facts['license'] = model.license
  if labels.of(conversion):
    facts['labels'] = _LABELS
  return facts


def write_tfjs(
  conversion: model_specs.Handle, network: frozen.Frozen, folder: pathlib.Path
) -> None:
  """Writes a network as a folder of files.

  Args:
    conversion: What to write.
    network: The network.
    folder: Where the files go; it does not exist yet.
  """
  graph = tfjs_graph.simplify(network)
  name = conversion.kind.name
  if name == 'uint8':
    tfjs_graph.even_out(graph)
  kernels = {graph.kernel_of(node) for node, _ in graph.kernels()}
  specs, data = tfjs_weights.encode(graph.values, kernels, name)
  shards = tfjs_weights.shards(data)
  nodes = [_constant(*each) for each in graph.values.items()]
  output = conversion.output
  model = {
    'format': tfjs_files.FORMAT,
    'generatedBy': f'slimhub {exporter.__version__}',
    'convertedBy': f'slimhub {exporter.__version__}',
    'signature': {
      'inputs': {formats.INPUT: _tensor(tfjs_graph.IMAGES, *network.shape)},
      'outputs': {output: _tensor(output, conversion.num_outputs)},
    },
    'userDefinedMetadata': _metadata(conversion),
    'modelTopology': {
      'node': [
        json_format.MessageToDict(each)
        for each in (*nodes, *graph.nodes.values())
      ],
      'versions': json_format.MessageToDict(network.definition.versions),
    },
    'weightsManifest': [{'paths': [*shards], 'weights': specs}],
  }
  folder.mkdir()
  for path, part in shards.items():
    (folder / path).write_bytes(part)
  # The keys are sorted, as protocol buffers list attributes in any order.
  (folder / tfjs_files.MODEL).write_text(json.dumps(model, sort_keys=True))
  if labels.of(conversion):
    text = labels.file_text(conversion)
    (folder / _LABELS).write_text(text, encoding='utf-8', newline='\n')


def read_tfjs_labels(folder: pathlib.Path) -> tuple[str, ...]:
  """The names of the classes in a folder; none if it has no labels.

  Raises:
    OSError: They cannot be read.
    ValueError: They are no text.
  """
  return labels.read_file(folder / _LABELS)


def is_tfjs_described(
  conversion: model_specs.Handle, folder: pathlib.Path
) -> bool:
  """Whether a folder says of itself what it would be written with.

  Raises:
    OSError: It cannot be read.
    ValueError, TypeError: It holds no model.
  """
  model = dict(json.loads((folder / tfjs_files.MODEL).read_bytes()))
  return bool(model.get('userDefinedMetadata') == _metadata(conversion))


def load_tfjs(
  conversion: model_specs.Handle,
  folder: pathlib.Path,
  backend: tfjs_node.Backend = tfjs_node.WASM,
) -> Callable[[np.ndarray], np.ndarray]:
  """Loads a folder; returns a function from images in [0, 1] to outputs.

  Node is given what was read and checked, and no path in the folder.

  Raises:
    PackageError: There is no Node.
    ProofError: The files are not as promised, or do what no export does.
  """
  read = tfjs_files.read(conversion, folder)
  process = tfjs_node.Process(conversion, read, backend)
  return process.run
