"""Compares the ranges of a file of 8 bits with those that were trained.

Outputs do not show a wrong range. It often changes them less than one value
that falls on the other side of a step, as some do in every runtime. So the
ranges themselves are compared, each with that of its layer: the networks are
chains, and files list their layers in the order in which they are computed.
"""

from collections.abc import Mapping
import pathlib
from typing import NamedTuple

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from exporter import artifacts
from exporter import storage
from exporter.proof import comparison
from exporter.proof import proving
import model_specs
from model_specs import kinds
from model_specs import versions

_CONVOLUTIONS = (
  schema.BuiltinOperator.CONV_2D,
  schema.BuiltinOperator.DEPTHWISE_CONV_2D,
)
_SUM = schema.BuiltinOperator.ADD
_KERNEL = 'weights_quant'
_LOW, _HIGH = '/min', '/max'
# Relative to the step. Scales are float32, and one is multiplied by a factor.
_TOLERANCE = 1e-5
# Of a step, by which a range is moved so that a whole number stands for zero:
# half of one, and what float32 makes of it.
_NUDGE = 0.501
_LOWEST = {schema.TensorType.UINT8: 0, schema.TensorType.INT8: -128}


class _Range(NamedTuple):
  """The values that the integers of one tensor stand for."""

  step: float
  low: float  # What the lowest integer in use stands for.


_Ranges = dict[str, list[_Range]]  # By `kernels` and `results`, in order.


def _of_integers(
  scale: float, zero: float, lowest: int, *, is_kernel: bool
) -> _Range:
  """The range of integers; kernels leave out the lowest of 256."""
  return _Range(scale, (lowest + is_kernel - zero) * scale)


def _expected(
  conversion: model_specs.Handle, tensors: Mapping[str, np.ndarray]
) -> dict[str, dict[str, _Range]]:
  """The ranges that were trained, by the scope of their variables."""
  ranges: dict[str, dict[str, _Range]] = {'kernels': {}, 'results': {}}
  classifier = conversion.spec.family.classifier
  for name, value in tensors.items():
    scope, end, _ = name.rpartition(_LOW)
    is_used = conversion.task == versions.CLASSIFICATION or not name.startswith(
      classifier
    )
    if end and is_used and f'{scope}{_HIGH}' in tensors:
      is_kernel, low = scope.endswith(_KERNEL), float(value)
      width = float(tensors[f'{scope}{_HIGH}']) - low
      step = width / (254 if is_kernel else 255)
      ranges['kernels' if is_kernel else 'results'][scope] = _Range(step, low)
  return ranges


def _of_onnx(path: pathlib.Path) -> _Ranges:
  """The ranges that an ONNX file has, of kernels and of results."""
  import onnx
  from onnx import numpy_helper

  graph = onnx.load(path).graph
  weights = {weight.name: weight for weight in graph.initializer}
  ranges: _Ranges = {'kernels': [], 'results': []}
  for node in graph.node:
    is_kernel = bool(node.input) and node.input[0] in weights
    # A result has a pair of ops with the same range, of which one counts.
    if node.op_type == 'QuantizeLinear' or (
      node.op_type == 'DequantizeLinear' and is_kernel
    ):
      scale, zero = (
        numpy_helper.to_array(weights[name]) for name in node.input[1:3]
      )
      lowest = int(np.iinfo(zero.dtype).min)
      ranges['kernels' if is_kernel else 'results'].append(
        _of_integers(float(scale), float(zero), lowest, is_kernel=is_kernel)
      )
  return ranges


def _of_tensor(tensor: schema.TensorT, *, is_kernel: bool) -> _Range:
  """The range of a tensor of a LiteRT file; of no width if it has none."""
  quantization, lowest = tensor.quantization, _LOWEST.get(tensor.type)
  if quantization is None or quantization.scale is None or lowest is None:
    return _Range(0.0, 0.0)
  scale, zero = float(quantization.scale[0]), float(quantization.zeroPoint[0])
  return _of_integers(scale, zero, lowest, is_kernel=is_kernel)


def _of_litert(conversion: model_specs.Handle, path: pathlib.Path) -> _Ranges:
  """The ranges that a LiteRT file has, of kernels and of results."""
  model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
  codes = [
    max(code.builtinCode, code.deprecatedBuiltinCode)
    for code in model.operatorCodes
  ]
  (graph,) = model.subgraphs
  ranges: _Ranges = {'kernels': [], 'results': []}
  for op in graph.operators:
    code = codes[op.opcodeIndex]
    if code in _CONVOLUTIONS:
      kernel = graph.tensors[op.inputs[1]]
      ranges['kernels'].append(_of_tensor(kernel, is_kernel=True))
    if code in (*_CONVOLUTIONS, _SUM):
      result = graph.tensors[op.outputs[0]]
      ranges['results'].append(_of_tensor(result, is_kernel=False))
  # The kernel of the first layer was multiplied by the factor of the colours.
  factor = conversion.spec.family.preprocessing.factor
  first = ranges['kernels'][0]
  ranges['kernels'][0] = _Range(first.step / factor, first.low / factor)
  return ranges


def _compare(
  compared: comparison.Comparison, scope: str, actual: _Range, wanted: _Range
) -> None:
  compared.measure(
    f'{scope}: a step of {actual.step:.6g}',
    abs(actual.step - wanted.step) / wanted.step,
  )
  moved = abs(actual.low - wanted.low) / wanted.step
  compared.measure(
    f'{scope}: a lowest value of {actual.low:.6g}', max(0.0, moved - _NUDGE)
  )


def prove_ranges(
  conversion: model_specs.Handle,
  path: pathlib.Path,
  tensors: Mapping[str, np.ndarray],
) -> storage.Check:
  """Compares the ranges in a file with those that were trained.

  Args:
    conversion: What the file is.
    path: Where it is; what it does was checked when it was loaded.
    tensors: The variables of its network, in the order in which it has them.

  Raises:
    ProofError: A range is missing, differs, or was never trained.
  """
  compared = comparison.Comparison('ranges', _TOLERANCE)
  with artifacts.explained(conversion, 'read'):
    is_onnx = conversion.kind.group == kinds.ONNX
    ranges = _of_onnx(path) if is_onnx else _of_litert(conversion, path)
    for what, expected in _expected(conversion, tensors).items():
      if len(ranges[what]) != len(expected):
        compared.miss(what, f'are {len(ranges[what])}, not {len(expected)}')
        continue
      for (scope, wanted), actual in zip(
        expected.items(), ranges[what], strict=True
      ):
        _compare(compared, scope, actual, wanted)
  proving.raise_on_misses(conversion, [compared])
  return compared.check()
