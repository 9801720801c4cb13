"""Compares the ranges of a file of 8 bits with those that were trained.

Outputs do not show a wrong range. It often changes them less than one value
that falls on the other side of a step, as some do in every runtime. So the
ranges themselves are compared; as all of them differ, none can stand in the
place of another.
"""

from collections.abc import Iterable
from collections.abc import Mapping
import pathlib
from typing import Any

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
_Steps = dict[str, list[float]]  # By `kernels` and `results`.


def _expected(
  conversion: model_specs.Handle, tensors: Mapping[str, np.ndarray]
) -> _Steps:
  """The steps of all ranges that were trained."""
  steps: _Steps = {'kernels': [], 'results': []}
  classifier = conversion.spec.family.classifier
  for name, low in tensors.items():
    scope, end, _ = name.rpartition(_LOW)
    is_used = conversion.task == versions.CLASSIFICATION or not name.startswith(
      classifier
    )
    if end and is_used and f'{scope}{_HIGH}' in tensors:
      is_kernel = scope.endswith(_KERNEL)
      width = float(tensors[f'{scope}{_HIGH}']) - float(low)
      # Kernels leave out the lowest of the 256 values.
      steps['kernels' if is_kernel else 'results'].append(
        width / (254 if is_kernel else 255)
      )
  return steps


def _scales(graph: schema.SubGraphT, numbers: Iterable[int]) -> list[float]:
  scales = []
  for number in numbers:
    quantization = graph.tensors[number].quantization
    scale = None if quantization is None else quantization.scale
    scales.append(float(scale[0]) if scale is not None else 0.0)
  return scales


def _of_onnx(path: pathlib.Path) -> _Steps:
  """The steps that an ONNX file has, of kernels and of results."""
  import onnx
  from onnx import numpy_helper

  graph = onnx.load(path).graph
  weights = {weight.name: weight for weight in graph.initializer}

  def scale(node: Any) -> float:
    return float(numpy_helper.to_array(weights[node.input[1]]))

  steps: _Steps = {'kernels': [], 'results': []}
  for node in graph.node:
    is_kernel = bool(node.input) and node.input[0] in weights
    # A result has a pair of ops with the same step, of which one counts.
    if node.op_type == 'QuantizeLinear' or (
      node.op_type == 'DequantizeLinear' and is_kernel
    ):
      steps['kernels' if is_kernel else 'results'].append(scale(node))
  return steps


def _of_litert(conversion: model_specs.Handle, path: pathlib.Path) -> _Steps:
  """The steps that a LiteRT file has, of kernels and of results."""
  model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
  codes = [
    max(code.builtinCode, code.deprecatedBuiltinCode)
    for code in model.operatorCodes
  ]
  (graph,) = model.subgraphs
  layers = [
    op for op in graph.operators if codes[op.opcodeIndex] in _CONVOLUTIONS
  ]
  sums = [op for op in graph.operators if codes[op.opcodeIndex] == _SUM]
  kernels = _scales(graph, (op.inputs[1] for op in layers))
  # The kernel of the first layer was multiplied by the factor of the colours.
  kernels[0] /= conversion.spec.family.preprocessing.factor
  return {
    'kernels': kernels,
    'results': _scales(graph, (op.outputs[0] for op in (*layers, *sums))),
  }


def prove_ranges(
  conversion: model_specs.Handle,
  path: pathlib.Path,
  tensors: Mapping[str, np.ndarray],
) -> storage.Check:
  """Compares the ranges in a file with those that were trained.

  Args:
    conversion: What the file is.
    path: Where it is; what it does was checked when it was loaded.
    tensors: The variables of its network.

  Raises:
    ProofError: A range is missing, differs, or was never trained.
  """
  compared = comparison.Comparison('ranges', _TOLERANCE)
  with artifacts.explained(conversion, 'read'):
    is_onnx = conversion.kind.group == kinds.ONNX
    steps = _of_onnx(path) if is_onnx else _of_litert(conversion, path)
    for what, expected in _expected(conversion, tensors).items():
      if len(steps[what]) != len(expected):
        compared.miss(what, f'are {len(steps[what])}, not {len(expected)}')
        continue
      for actual, wanted in zip(
        sorted(steps[what]), sorted(expected), strict=True
      ):
        compared.measure(
          f'{what}: a step of {actual:.6g}', abs(actual - wanted) / wanted
        )
  proving.raise_on_misses(conversion, [compared])
  return compared.check()
