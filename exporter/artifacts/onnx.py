"""Converts a frozen network to an ONNX file, and runs such files."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import pathlib
import re
from typing import Any

import numpy as np

import exporter
from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import onnx_facts
from exporter.artifacts import onnx_fold
from exporter.artifacts import onnx_quantized
from exporter.artifacts import onnx_translated
from exporter.artifacts import operations
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import outside

OPSET = 18
BATCH = 'batch'
_COUNTER = re.compile('__[0-9]+$')  # tf2onnx counts the nodes of all models.


def _sorted(nodes: Iterable[Any], output: str) -> list[Any]:
  """Sorts nodes so that inputs come first, in an order of their own.

  The order depends only on the graph, not on the order that they are given in.
  """
  producers = {name: node for node in nodes for name in node.output}
  ordered: dict[str, Any] = {}  # By name.
  waiting = [(output, False)]
  while waiting:
    name, has_inputs = waiting.pop()
    node = producers.get(name)
    if node is None or node.name in ordered:
      continue
    if has_inputs:
      ordered[node.name] = node
    else:
      waiting.append((name, True))
      waiting += [(tensor, False) for tensor in reversed(node.input)]
  return list(ordered.values())


def _replace(field: Any, messages: Iterable[Any]) -> None:
  """Replaces the content of a repeated field, also by messages from itself."""
  copies = [type(m).FromString(m.SerializeToString()) for m in messages]
  del field[:]
  field.extend(copies)


def _rename(graph: Any, names: dict[str, str]) -> None:
  """Renames nodes, weights and tensors, in place.

  The names of tf2onnx depend on how many models it has converted before; the
  new ones depend on the graph alone. Weights that no node uses are removed.

  Args:
    graph: The graph, its nodes in their final order.
    names: The new names of input and output. All others are added to it.
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
    for number, tensor in enumerate(node.input):
      if tensor in weights and tensor not in names:
        names[tensor] = f'{name}/input_{number}'
        used.append(weights[tensor])
    for number, output in enumerate(node.output):
      names.setdefault(output, f'{name}:{number}')
    for side in (node.input, node.output):
      side[:] = [names.get(tensor, tensor) for tensor in side]
  for weight in used:
    weight.name = names[weight.name]
  _replace(graph.initializer, used)


def _describe(model: Any, conversion: model_specs.Handle) -> None:
  """Adds the facts, names and the open batch."""
  for key, value in onnx_facts.facts(conversion).items():
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
  """Converts a network and writes the file.

  Args:
    conversion: What to convert it to.
    network: The network.
    path: The file to write.
  """
  import onnx

  ends = f'{formats.INPUT}:0', f'{network.output}:0'
  definition = network.definition
  kernels: tuple[onnx_quantized.Kernel, ...] = ()
  if conversion.spec.family.is_quantized:
    definition, kernels = onnx_quantized.fold(network)
  is_nchw = conversion.kind.layout == kinds.NCHW
  model = onnx_translated.translate(definition, ends, OPSET, is_nchw)
  graph = model.graph
  onnx_fold.fold(graph)
  if kernels:
    onnx_quantized.round_kernels(graph, kernels)
  _replace(graph.node, _sorted(graph.node, ends[1]))
  del graph.value_info[:]
  names = {f'{end}:0': end for end in (formats.INPUT, network.output)}
  _rename(graph, names)
  for value in (*graph.input, *graph.output):
    value.name = names[value.name]
  _describe(model, conversion)
  onnx.checker.check_model(model, full_check=True)
  path.write_bytes(model.SerializeToString(deterministic=True))


def _unfolded(graph: Any) -> int:
  """How many batch norms could still be folded into the convolution before."""
  producers = {
    name: node.op_type for node in graph.node for name in node.output
  }
  return sum(
    node.op_type == 'BatchNormalization'
    and producers.get(node.input[0]) == 'Conv'
    for node in graph.node
  )


def _transposes(graph: Any) -> int:
  """How many Transposes there are, without those before dense layers.

  Those are needed: a dense layer takes values in the order of its weights.
  """
  flattened = {
    node.input[0] for node in graph.node if node.op_type == 'Reshape'
  }
  return sum(
    node.op_type == 'Transpose' and node.output[0] not in flattened
    for node in graph.node
  )


def _allowed(conversion: model_specs.Handle) -> int:
  """How many of the Transposes that `_transposes` counts a file may have.

  tf2onnx computes mean and deviation of an image in TensorFlow's layout.
  """
  if conversion.kind.layout == kinds.NHWC:
    return 1
  preprocessing = conversion.spec.family.preprocessing
  return 2 if isinstance(preprocessing, model_specs.Standardization) else 0


def _problems(model: Any, conversion: model_specs.Handle) -> list[str]:
  """Says how a converted network differs from what was promised."""
  opsets = {o.version for o in model.opset_import if o.domain == ''}
  (images,) = model.graph.input
  shape = images.type.tensor_type.shape
  first = shape.dim[0].dim_param
  allowed = _allowed(conversion)
  checks = (
    (_unfolded(model.graph), 0, 'batch norms are not folded'),
    (max(_transposes(model.graph) - allowed, 0), 0, 'Transposes too many'),
    (opsets, {OPSET}, 'is its opset'),
    (first, BATCH, 'is the name of its first axis'),
  )
  return [f'{a} {what}, expected {b}' for a, b, what in checks if a != b]


def messages(parent: Any) -> Iterator[Any]:
  """A message and all messages in it."""
  waiting = [parent]
  while waiting:
    each = waiting.pop()
    yield each
    for field, value in each.ListFields():
      if field.message_type:
        waiting += value if isinstance(value, Sequence) else [value]


def _strange(model: Any) -> Iterator[operations.Found]:
  """All that a file does and no export does, wherever it does it."""
  import onnx

  for each in messages(model):
    if isinstance(each, onnx.NodeProto):
      name = f'{each.domain}.{each.op_type}' if each.domain else each.op_type
      if name not in operations.ONNX:
        yield operations.Found('the graph', each.name, name)
    elif isinstance(each, onnx.FunctionProto):
      yield operations.Found('the model', each.name, 'a function')
    elif isinstance(each, onnx.TensorProto) and (
      each.external_data or each.data_location == onnx.TensorProto.EXTERNAL
    ):
      yield operations.Found('the graph', each.name, 'weights in another file')


def _read(conversion: model_specs.Handle, path: pathlib.Path) -> Any:
  """Reads a file, and checks what it does before anything is made of it."""
  import onnx

  model = onnx.ModelProto.FromString(
    outside.read_file(path, onnx_facts.MOST_BYTES)
  )
  operations.refuse(conversion, path.name, list(_strange(model)))
  return model


def load_onnx(
  conversion: model_specs.Handle, path: pathlib.Path, threads: int = 1
) -> Callable[[np.ndarray], np.ndarray]:
  """Loads a file; returns a function from images in [0, 1] to outputs.

  Images are [batch, height, width, 3], whatever the layout of the file.

  Raises:
    ProofError: The file is not as promised, or does what no export does.
  """
  import onnx
  import onnxruntime

  model = _read(conversion, path)
  onnx.checker.check_model(model, full_check=True)
  problems = _problems(model, conversion)
  if problems:
    raise errors.ProofError(
      f'{conversion} is not as promised: {"; ".join(problems)}; report it, as '
      'the installed tf2onnx converts differently from what slimhub expects'
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
    (output,) = session.run([conversion.output], {formats.INPUT: images})
    return output

  return run
