"""Makes an ONNX file round where its network does, in the trained ranges.

An op that rounds becomes a pair of `QuantizeLinear` and `DequantizeLinear`,
which every runtime of ONNX knows. tf2onnx writes the pairs of activations. A
kernel is kept as bytes before a `DequantizeLinear` of its own.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import graph as graph_lib
from model_specs import formats

_v1 = tf.compat.v1
_OP = 'FakeQuantWithMinMaxVars'
# The bytes that kernels use. They leave out 0, which TensorFlow calls a narrow
# range.
_LOWEST, _HIGHEST = 1, 255
# The order of a kernel's axes in ONNX, as numbers of axes in TensorFlow, by the
# operation that takes the kernel.
_ORDERS = {'Conv2D': (3, 2, 0, 1), 'DepthwiseConv2dNative': (2, 3, 0, 1)}


class Kernel(NamedTuple):
  """A kernel that is rounded, in ONNX's order of axes."""

  name: str
  values: np.ndarray  # The numbers after rounding.
  scale: float
  zero: int  # The byte that stands for 0.

  @property
  def bytes(self) -> np.ndarray:
    """The bytes that stand for the values."""
    steps = np.round(self.values / np.float32(self.scale)).astype(int)
    return (steps + self.zero).astype(np.uint8)


def _of_images(definition: tf.compat.v1.GraphDef) -> set[str]:
  """The nodes whose outputs depend on images."""
  users: dict[str, list[str]] = {}
  for node in definition.node:
    for name in node.input:
      users.setdefault(graph_lib.op_name(name), []).append(node.name)
  dependent: set[str] = set()
  waiting = [formats.INPUT]
  while waiting:
    name = waiting.pop()
    if name not in dependent:
      dependent.add(name)
      waiting += users.get(name, [])
  return dependent


def _kernels(
  nodes: Sequence[tf.compat.v1.NodeDef],
  values: dict[str, np.ndarray],
) -> Iterator[Kernel]:
  """The kernels of convolutions that are rounded."""
  by_name = {node.name: node for node in nodes}
  for node in nodes:
    if node.op not in _ORDERS:
      continue
    rounding = by_name[graph_lib.op_name(node.input[1])]
    if rounding.op != _OP or not rounding.attr['narrow_range'].b:
      raise errors.PortabilityError(
        f'{node.name} has the kernel {rounding.name}, expected one that is '
        'rounded in a narrow range; report it'
      )
    low, high = (
      float(values[graph_lib.op_name(name)]) for name in rounding.input[1:]
    )
    scale = (high - low) / (_HIGHEST - _LOWEST)
    zero = round(_LOWEST - low / scale)
    yield Kernel(
      rounding.name.removesuffix(f'/{_OP}'),
      np.transpose(values[rounding.name], _ORDERS[node.op]),
      scale,
      min(max(zero, _LOWEST), _HIGHEST),
    )


def fold(
  network: frozen.Frozen,
) -> tuple[tf.compat.v1.GraphDef, tuple[Kernel, ...]]:
  """Computes beforehand what does not depend on images.

  Returns:
    The graph with constants in the place of all that, and the kernels that are
    rounded, whose constants are rounded already.
  """
  definition = network.definition
  live = _of_images(definition)
  ends = {
    graph_lib.op_name(name)
    for node in definition.node
    if node.name in live
    for name in node.input
  } - live
  ranges = {
    graph_lib.op_name(name)
    for node in definition.node
    if node.op == _OP
    for name in node.input[1:]
  }
  names = sorted(ends | ranges)
  values = dict(zip(names, frozen.values(definition, names), strict=True))
  folded = _v1.GraphDef(versions=definition.versions)
  for node in definition.node:
    if node.name in live:
      folded.node.add().CopyFrom(node)
    elif node.name in ends:
      constant = folded.node.add(name=node.name, op='Const')
      tensor = tf.make_tensor_proto(values[node.name])
      constant.attr['dtype'].type = tensor.dtype
      constant.attr['value'].tensor.CopyFrom(tensor)
  return folded, tuple(_kernels(definition.node, values))


def round_kernels(graph: Any, kernels: Sequence[Kernel]) -> None:
  """Keeps the kernels of an ONNX graph as bytes, in place.

  Raises:
    PortabilityError: A convolution has another kernel than the network.
  """
  from onnx import helper
  from onnx import numpy_helper

  weights = {weight.name: weight for weight in graph.initializer}
  left = list(kernels)
  added = []
  for node in graph.node:
    if node.op_type != 'Conv':
      continue
    values = numpy_helper.to_array(weights[node.input[1]])
    number = next(
      (i for i, k in enumerate(left) if np.array_equal(k.values, values)), None
    )
    if number is None:
      raise errors.PortabilityError(
        f'the convolution {node.name} has a kernel that its network does not '
        'have; report it, as tf2onnx changes kernels in a new way'
      )
    kernel = left.pop(number)
    parts = {
      kernel.name: kernel.bytes,
      f'{kernel.name}/scale': np.array(kernel.scale, np.float32),
      f'{kernel.name}/zero': np.array(kernel.zero, np.uint8),
    }
    graph.initializer.extend(
      numpy_helper.from_array(value, name) for name, value in parts.items()
    )
    node.input[1] = f'{kernel.name}/values'
    added.append(
      helper.make_node(
        'DequantizeLinear', [*parts], [node.input[1]], name=kernel.name
      )
    )
  graph.node.extend(added)
