"""The operations of LiteRT and ONNX files."""

from collections.abc import Iterator
import pathlib
import struct
from typing import Any

from google.protobuf import message
from tensorflow.lite.python import schema_py_generated as schema

from exporter import artifacts
from exporter import environment
from exporter.audit import abilities
from exporter.audit import findings
from model_specs import outside

_MOST_BYTES = 2**31 - 1  # No protocol buffer and no flat buffer is larger.
_IDENTIFIER = b'TFL3'


def of_litert(path: pathlib.Path) -> list[findings.Node]:
  """The operators of a LiteRT file.

  Raises:
    ValueError: The file is damaged, or is no LiteRT file.
    OSError: It cannot be read.
  """
  data = outside.read_file(path, _MOST_BYTES)
  if data[4:8] != _IDENTIFIER:
    raise ValueError(
      f'{path.name}, of {len(data):,} bytes, is no LiteRT file: it lacks TFL3'
    )
  try:
    nodes = list(_operators(schema.Model.GetRootAs(data)))
  except (struct.error, IndexError, TypeError, ValueError) as error:
    raise ValueError(f'{path.name} is damaged: {error}') from error
  return findings.of_program(nodes, path)


def _operators(model: Any) -> Iterator[findings.Node]:
  codes: list[tuple[abilities.Ability, str]] = []
  for number in range(model.OperatorCodesLength()):
    code = model.OperatorCodes(number)
    custom = (code.CustomCode() or b'').decode(errors='replace')
    builtin = artifacts.operator(code)
    is_unknown = builtin.isascii() and builtin.isdigit()
    is_custom = bool(custom) or is_unknown
    name = custom or (f'operator {builtin}' if is_unknown else builtin)
    codes.append((abilities.of_litert(name, is_custom=is_custom), name))
  for number in range(model.SubgraphsLength()):
    graph = model.Subgraphs(number)
    for position in range(graph.OperatorsLength()):
      ability, name = codes[graph.Operators(position).OpcodeIndex()]
      where = f'subgraph {number}'
      yield findings.Node(ability, name, where, f'operator {position}')


def of_onnx(path: pathlib.Path) -> list[findings.Node]:
  """The operators of an ONNX file, and its weights in other files.

  Raises:
    PackageError: The package onnx is missing.
    ValueError: The file is damaged, or is no ONNX file.
    OSError: It cannot be read.
  """
  environment.require('onnx')
  import onnx

  try:
    model = onnx.ModelProto.FromString(outside.read_file(path, _MOST_BYTES))
  except message.DecodeError as error:
    raise ValueError(f'{path.name} is damaged: {error}') from error
  return findings.of_program(_messages(model), path)


def _messages(model: Any) -> Iterator[findings.Node]:
  """Every node of a model, in its graph, its functions and its branches."""
  import onnx

  for each in artifacts.messages(model):
    if isinstance(each, onnx.NodeProto):
      name = f'{each.domain}.{each.op_type}' if each.domain else each.op_type
      ability = abilities.of_onnx(each.domain)
      yield findings.Node(ability, name, 'the graph', each.name)
    elif isinstance(each, onnx.TensorProto) and each.external_data:
      yield findings.Node(
        abilities.Ability.READS, 'external data', 'the graph', each.name
      )
