"""The operations that exports have: closed lists, checked before any loading.

An artifact is a program, and to load it is to run it. So its operations are
read from its files first, in every graph and every function, used or not. One
that is not listed here is not run: it might write a file. The lists are what
the writers of this package write for all networks that there are; a network
with another operation is not exported until it is listed here.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import pathlib
from typing import Any
from typing import NamedTuple

from google.protobuf import message
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter import checkpoints
from exporter import errors
from exporter.artifacts import graph as graph_lib
import model_specs
from model_specs import kinds
from model_specs import outside

_PROGRAM = 'saved_model.pb'
_INDEX = 'variables/variables.index'
_MOST_BYTES = 2**31 - 1  # No protocol buffer is larger.
_MOST_SHOWN = 10

_VARIABLES = frozenset(('VarHandleOp', 'ReadVariableOp'))
INFERENCE = _VARIABLES | {
  *('Const', 'Placeholder', 'PlaceholderWithDefault', 'Identity', 'NoOp'),
  *('Conv2D', 'DepthwiseConv2dNative', 'MatMul', 'BiasAdd'),
  *('FusedBatchNormV3', 'Relu', 'Relu6', 'Softmax'),
  *('AddV2', 'Sub', 'Mul', 'L2Loss', 'Mean', 'AvgPool', 'MaxPool'),
  *('ConcatV2', 'Pad', 'Squeeze', 'StridedSlice', 'Reshape', 'LRN'),
  *('SquaredDifference', 'Sqrt', 'Maximum', 'RealDiv'),
  *('FakeQuantWithMinMaxVars', 'Rsqrt'),
}
TRAINING = INFERENCE | {
  *('AssignSubVariableOp', 'GreaterEqual', 'RandomUniform', 'SelectV2'),
  'Shape',
}
# Operations of functions: some only call another one, and one adds up losses.
_FUNCTIONS = TRAINING | {'StatefulPartitionedCall', 'AddN'}
_SERVING = _VARIABLES | {
  *('AssignVariableOp', 'Const', 'Identity', 'NoOp', 'Placeholder'),
  *('RestoreV2', 'SaveV2', 'StatefulPartitionedCall'),
}
# The operations that write and read files, each with the one field of the saver
# that may lead to it.
_SAVER = {'SaveV2': 'save_tensor_name', 'RestoreV2': 'restore_op_name'}

# Of frozen graphs, which others made with older releases of TensorFlow.
FROZEN = frozenset(
  (
    *('Placeholder', 'Const', 'Identity', 'Squeeze', 'Reshape', 'Shape', 'Pad'),
    *('Conv2D', 'DepthwiseConv2dNative', 'MatMul', 'BiasAdd'),
    *('FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'),
    *('Add', 'AddV2', 'Sub', 'Mul', 'Rsqrt', 'ConcatV2'),
    *('Relu', 'Relu6', 'AvgPool', 'MaxPool', 'Mean'),
  )
)
# Names of LiteRT's schema and of ONNX's own domain.
LITERT = frozenset(
  (
    *('ADD', 'AVERAGE_POOL_2D', 'CONCATENATION', 'CONV_2D'),
    *('DEPTHWISE_CONV_2D', 'DEQUANTIZE', 'FULLY_CONNECTED', 'HARD_SWISH'),
    *(
      'MAX_POOL_2D',
      'MEAN',
      'MUL',
      'PAD',
      'PADV2',
      'QUANTIZE',
      'RELU',
      'RESHAPE',
    ),
    *('STRIDED_SLICE', 'SUB', 'LOCAL_RESPONSE_NORMALIZATION'),
    *('SQUARED_DIFFERENCE', 'SQRT', 'MAXIMUM', 'DIV'),
  )
)
ONNX = frozenset(
  (
    *('Add', 'AveragePool', 'BatchNormalization', 'Clip', 'Concat', 'Conv'),
    *('Gemm', 'MatMul', 'MaxPool', 'Mul', 'Pad', 'ReduceMean', 'Relu'),
    *('Reshape', 'Slice', 'Squeeze', 'Sub', 'Transpose', 'LRN', 'Sqrt', 'Max'),
    *('Div', 'QuantizeLinear', 'DequantizeLinear'),
  )
)

# Of TensorFlow.js's graphs, in which a layer and what follows it are one.
TFJS = frozenset(
  (
    *('Placeholder', 'Const', 'Identity', 'Squeeze', 'Reshape', 'Pad'),
    *('Conv2D', 'DepthwiseConv2dNative', 'MatMul', 'BiasAdd'),
    *('_FusedConv2D', 'FusedDepthwiseConv2dNative', '_FusedMatMul'),
    *('FusedBatchNormV3', 'Relu', 'Relu6', 'AvgPool', 'MaxPool', 'Mean', 'LRN'),
    *('AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'ConcatV2', 'StridedSlice'),
    *('SquaredDifference', 'Sqrt', 'Rsqrt'),
  )
)


class Found(NamedTuple):
  """An operation, or something else that runs, and where it is."""

  where: str  # A graph or a function, in words.
  node: str
  does: str


def strange(
  where: str, nodes: Iterable[Any], known: frozenset[str]
) -> Iterator[Found]:
  """The nodes of a graph or of a function that are not of known operations."""
  for node in nodes:
    if node.op not in known:
      yield Found(where, node.name, node.op)


def refuse(
  handle: model_specs.Handle, file: str, found: Sequence[Found]
) -> None:
  """Raises a ProofError that names what no export has, if there is any."""
  if not found:
    return
  lines = [
    f'{each.where}: node {each.node!r} is {each.does!r}'
    for each in found[:_MOST_SHOWN]
  ]
  if len(found) > _MOST_SHOWN:
    lines.append(f'and {len(found) - _MOST_SHOWN} more')
  raise errors.ProofError(
    f'{handle}: {file} has {len(found)} operations that no export of slimhub '
    'has, and it was not run; ask who made it, and use it nowhere. If slimhub '
    'has just written it, its network needs them: add them to '
    'exporter/artifacts/operations.py\n  ' + '\n  '.join(lines)
  )


def _roots(meta: meta_graph_pb2.MetaGraphDef) -> Iterator[tuple[str, str]]:
  """The nodes and tensors that somebody may run, each with what names it."""
  for field in _SAVER.values():
    if name := getattr(meta.saver_def, field):
      yield field, name
  for signature in meta.signature_def.values():
    for info in signature.outputs.values():
      yield 'signature', info.name
  for collection in meta.collection_def.values():
    for name in collection.node_list.value:
      yield 'collection', name


def _misplaced(
  where: str, meta: meta_graph_pb2.MetaGraphDef
) -> Iterator[Found]:
  """Operations of the saver that something other than its field leads to."""
  saving = {n.name: n.op for n in meta.graph_def.node if n.op in _SAVER}
  if not saving:
    return
  inputs = graph_lib.inputs_of(meta.graph_def)
  for field, root in _roots(meta):
    for name in sorted(graph_lib.reachable(inputs, [root]) & {*saving}):
      if _SAVER[saving[name]] != field:
        yield Found(f'{where}, which runs it for {root!r}', name, saving[name])


def _lists(
  kind: kinds.Kind, tags: Iterable[str]
) -> tuple[frozenset[str], frozenset[str]]:
  """The operations of the graph with these tags, and of its functions."""
  if kind.group == kinds.TF2:
    return _SERVING, _FUNCTIONS
  return (TRAINING if 'train' in tags else INFERENCE), frozenset()


def _found(
  handle: model_specs.Handle, model: saved_model_pb2.SavedModel
) -> Iterator[Found]:
  for meta in model.meta_graphs:
    tags = sorted(meta.meta_info_def.tags)
    where = f'the graph tagged {tags}'
    of_graph, of_functions = _lists(handle.kind, tags)
    yield from strange(where, meta.graph_def.node, of_graph)
    for function in meta.graph_def.library.function:
      name = f'function {function.signature.name!r}'
      yield from strange(name, function.node_def, of_functions)
    yield from _misplaced(where, meta)


def check_model(handle: model_specs.Handle, folder: pathlib.Path) -> None:
  """Checks all graphs and functions of a TF1 module or a TF2 SavedModel.

  The index of its variables is checked as well: over a shape that no tensor has
  TensorFlow would end the process.

  To be called before TensorFlow loads the folder.

  Raises:
    ProofError: It has operations that no export has.
    ValueError: It is damaged.
    OSError: It cannot be read.
  """
  data = outside.read_file(folder / _PROGRAM, _MOST_BYTES)
  try:
    model = saved_model_pb2.SavedModel.FromString(data)
  except message.DecodeError as error:
    raise ValueError(f'{_PROGRAM} is damaged: {error}') from error
  refuse(handle, _PROGRAM, list(_found(handle, model)))
  checkpoints.check_index(folder / _INDEX)
