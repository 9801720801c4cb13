"""Frozen network -> ONNX file; and what onnxruntime computes from one."""

from collections.abc import Callable
from collections.abc import Iterable
import json
import os
import pathlib
import re
from typing import Any

import numpy as np

import exporter
from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import onnx_fold
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import labels

OPSET = 18
BATCH = 'batch'
_COUNTER = re.compile(r'__\d+$')  # tf2onnx counts on from model to model.


def _sorted(nodes: Iterable[Any], output: str) -> list[Any]:
  """Nodes in the order in which the output needs them, whatever it was."""
  makers = {name: node for node in nodes for name in node.output}
  found: dict[str, Any] = {}
  waiting = [(output, False)]
  while waiting:
    name, has_inputs = waiting.pop()
    node = makers.get(name)
    if node is None or node.name in found:
      continue
    if has_inputs:
      found[node.name] = node
    else:
      waiting.append((name, True))
      waiting += [(given, False) for given in reversed(node.input)]
  return list(found.values())


def _replace(field: Any, messages: Iterable[Any]) -> None:
  """Sets a repeated field to some of its own messages."""
  copies = [type(m).FromString(m.SerializeToString()) for m in messages]
  del field[:]
  field.extend(copies)


def _rename(graph: Any, names: dict[str, str]) -> None:
  """Names all by what it is, not by when tf2onnx made it, in place.

  Args:
    graph: The nodes, in their order.
    names: What has its name already: the input and the output.
  """
  weights = {weight.name: weight for weight in graph.initializer}
  used: list[Any] = []
  taken: set[str] = set()
  for node in graph.node:
    name = _COUNTER.sub('', node.name)
    while name in taken:
      name = f'{name}_{node.op_type}'
    taken.add(name)
    node.name = name
    for number, given in enumerate(node.input):
      if given in weights and given not in names:
        names[given] = f'{name}/input_{number}'
        used.append(weights[given])
    for number, made in enumerate(node.output):
      names.setdefault(made, f'{name}:{number}')
    for side in (node.input, node.output):
      side[:] = [names.get(given, given) for given in side]
  for weight in used:
    weight.name = names[weight.name]
  _replace(graph.initializer, used)


def _describe(model: Any, conversion: model_specs.Handle) -> None:
  """Says what a program must know, in ONNX's own words where it has some."""
  facts = {
    'Image.BitmapPixelFormat': 'Rgb8',
    'Image.ColorSpaceGamma': 'SRGB',
    'Image.NominalPixelRange': 'Normalized_0_1',
    'handle': str(conversion.origin),
    'layout': conversion.kind.layout,
  }
  if conversion.spec.license:
    facts['license'] = conversion.spec.license
  names = labels.of(conversion)
  if names:
    facts['labels'] = json.dumps(names)
  for key, value in facts.items():
    model.metadata_props.add(key=key, value=value)
  model.producer_name = 'slimhub'
  model.producer_version = exporter.__version__
  model.doc_string = ''
  model.graph.name = conversion.spec.name
  model.graph.doc_string = ''
  for value in (*model.graph.input, *model.graph.output):
    value.type.tensor_type.shape.dim[0].dim_param = BATCH


def write_onnx(
  conversion: model_specs.Handle, network: frozen.Frozen, path: pathlib.Path
) -> None:
  """Converts a network.

  Args:
    conversion: To what.
    network: The network.
    path: The file to write.
  """
  import onnx
  import tf2onnx

  # Else it copies the network before each of its steps, to hide what fails:
  # the largest would need more than 20 GB.
  os.environ['TF2ONNX_CATCH_ERRORS'] = 'FALSE'
  ends = [f'{formats.INPUT}:0'], [f'{network.output}:0']
  is_nchw = conversion.kind.layout == kinds.NCHW
  model, _ = tf2onnx.convert.from_graph_def(
    network.definition,
    input_names=ends[0],
    output_names=ends[1],
    opset=OPSET,
    inputs_as_nchw=ends[0] if is_nchw else None,
  )
  graph = model.graph
  onnx_fold.fold(graph)
  _replace(graph.node, _sorted(graph.node, ends[1][0]))
  del graph.value_info[:]
  names = {f'{end}:0': end for end in (formats.INPUT, network.output)}
  _rename(graph, names)
  for value in (*graph.input, *graph.output):
    value.name = names[value.name]
  _describe(model, conversion)
  onnx.checker.check_model(model, full_check=True)
  path.write_bytes(model.SerializeToString(deterministic=True))


def _unfolded(graph: Any) -> int:
  """How many batch norms a convolution before them could have held."""
  makers = {name: node.op_type for node in graph.node for name in node.output}
  return sum(
    node.op_type == 'BatchNormalization' and makers.get(node.input[0]) == 'Conv'
    for node in graph.node
  )


def _problems(model: Any, conversion: model_specs.Handle) -> list[str]:
  """What a converted network has, or lacks, against the promises."""
  found = [node.op_type for node in model.graph.node]
  opsets = {o.version for o in model.opset_import if o.domain == ''}
  (images,) = model.graph.input
  shape = images.type.tensor_type.shape
  first = shape.dim[0].dim_param
  allowed = int(conversion.kind.layout == kinds.NHWC)
  checks = (
    (_unfolded(model.graph), 0, 'batch norms are not folded'),
    (max(found.count('Transpose') - allowed, 0), 0, 'Transposes too many'),
    (opsets, {OPSET}, 'is its opset'),
    (first, BATCH, 'is the name of its first axis'),
  )
  return [f'{a} {what}, expected {b}' for a, b, what in checks if a != b]


def load_onnx(
  conversion: model_specs.Handle, path: pathlib.Path, threads: int = 1
) -> Callable[[np.ndarray], np.ndarray]:
  """A file as onnxruntime runs it: images in [0, 1] -> outputs.

  Raises:
    ProofError: Something of it is not as promised.
  """
  import onnx
  import onnxruntime

  model = onnx.load(str(path))
  onnx.checker.check_model(model, full_check=True)
  problems = _problems(model, conversion)
  if problems:
    raise errors.ProofError(
      f'{conversion} is not as promised: {"; ".join(problems)}; report it: the '
      'tf2onnx installed here does otherwise'
    )
  options = onnxruntime.SessionOptions()
  options.intra_op_num_threads = threads
  session = onnxruntime.InferenceSession(
    str(path), options, providers=['CPUExecutionProvider']
  )
  is_nchw = conversion.kind.layout == kinds.NCHW

  def run(images: np.ndarray) -> np.ndarray:
    if is_nchw:
      images = np.ascontiguousarray(np.moveaxis(images, -1, 1))
    (found,) = session.run([conversion.output], {formats.INPUT: images})
    return found

  return run
