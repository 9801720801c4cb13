"""Audits a model, whatever format it is of."""

import pathlib

from exporter import errors
from exporter.audit import browser_files
from exporter.audit import findings
from exporter.audit import portable_files
from exporter.audit import tensorflow_graphs

_EXPECTED = (
  'expected the folder of a SavedModel, of a TF1 module or for TensorFlow.js, '
  'or a file that ends in .pb (a frozen graph), .tflite or .onnx'
)


def _is_tfjs(path: pathlib.Path) -> bool:
  name = browser_files.MODEL
  has_model = path.is_dir() and (path / name).is_file()
  has_program = (path / tensorflow_graphs.PROGRAM).exists()
  return path.name == name or (has_model and not has_program)


def audit(path: pathlib.Path) -> findings.Audit:
  """Says what a model can do, without loading it.

  Args:
    path: The folder of a SavedModel or for TensorFlow.js, its program, a
      frozen graph, a LiteRT or an ONNX file.

  Raises:
    AuditError: The path leads to nothing of this kind, or it is damaged.
    PackageError: A package to read it is missing.
  """
  problems: list[str] = []
  try:
    if _is_tfjs(path):
      what = 'a model of TensorFlow.js'
      nodes = browser_files.of_tfjs(path if path.is_dir() else path.parent)
    elif path.name == tensorflow_graphs.PROGRAM or path.is_dir():
      folder = path if path.is_dir() else path.parent
      what = 'a SavedModel'
      nodes, problems = tensorflow_graphs.of_saved_model(folder)
    elif path.suffix == '.pb':
      what, nodes = 'a graph', tensorflow_graphs.of_frozen_graph(path)
    elif path.suffix == '.tflite':
      what, nodes = 'a LiteRT file', portable_files.of_litert(path)
    elif path.suffix == '.onnx':
      what, nodes = 'an ONNX file', portable_files.of_onnx(path)
    else:
      raise ValueError(_EXPECTED)
  except (OSError, ValueError) as error:
    raise errors.AuditError(f'{path} cannot be audited: {error}') from error
  return findings.Audit(
    str(path), what, findings.collect(nodes), tuple(problems)
  )
