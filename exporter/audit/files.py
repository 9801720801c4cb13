"""Audits a model, whatever format it is of."""

import itertools
import os
import pathlib
from typing import NoReturn

from exporter import errors
from exporter import storage
from exporter.audit import browser_files
from exporter.audit import findings
from exporter.audit import portable_files
from exporter.audit import tensorflow_graphs

_EXPECTED = (
  'expected the folder of a SavedModel, of a TF1 module or for TensorFlow.js, '
  'or a file that ends in .pb (a frozen graph), .tflite or .onnx'
)
_FILES = ('.pb', '.tflite', '.onnx')
_MOST_FOLDERS = 10_000  # That are looked into for something to name.


def _is_tfjs(path: pathlib.Path) -> bool:
  name = browser_files.MODEL
  has_model = path.is_dir() and (path / name).is_file()
  has_program = (path / tensorflow_graphs.PROGRAM).exists()
  return path.name == name or (has_model and not has_program)


def _saved_model(path: pathlib.Path) -> pathlib.Path | None:
  """The folder of a SavedModel that a path names, or of which it is a file."""
  name = tensorflow_graphs.PROGRAM
  if path.is_dir():
    return path if (path / name).exists() else None
  return path.parent if path.name == name else None


def _model_below(folder: pathlib.Path) -> pathlib.Path | None:
  """The first model in the folders of a folder."""
  walk = itertools.islice(os.walk(folder), _MOST_FOLDERS)
  for place, folders, names in walk:
    folders.sort()
    files = sorted(name for name in names if name.endswith(_FILES))
    if tensorflow_graphs.PROGRAM in names:
      return pathlib.Path(place)
    if files:
      return pathlib.Path(place, files[0])
    if browser_files.MODEL in names:
      return pathlib.Path(place)
  return None


def _refuse(path: pathlib.Path) -> NoReturn:
  """Raises a ValueError for what is no model."""
  if not path.is_dir():
    raise ValueError(_EXPECTED)
  names = f'{tensorflow_graphs.PROGRAM} or {browser_files.MODEL}'
  below = _model_below(path)
  raise ValueError(
    f'it is a folder without {names}; '
    + (f'name a model, such as {below}' if below else _EXPECTED)
  )


def audit(named: storage.LocalPath) -> findings.Audit:
  """Says what a model can do, without loading it.

  Args:
    named: The folder of a SavedModel or for TensorFlow.js, its program, a
      frozen graph, a LiteRT or an ONNX file.

  Raises:
    AuditError: The path leads to nothing of this kind, or it is damaged.
    PackageError: A package to read it is missing.
  """
  path, problems = storage.to_path(named), list[str]()
  try:
    if not path.exists():
      raise ValueError('there is no such file or folder')
    if _is_tfjs(path):
      what = 'a model of TensorFlow.js'
      nodes = browser_files.of_tfjs(path if path.is_dir() else path.parent)
    elif folder := _saved_model(path):
      what = 'a SavedModel'
      nodes, problems = tensorflow_graphs.of_saved_model(folder)
    elif path.suffix == '.pb':
      what, nodes = 'a graph', tensorflow_graphs.of_frozen_graph(path)
    elif path.suffix == '.tflite':
      what, nodes = 'a LiteRT file', portable_files.of_litert(path)
    elif path.suffix == '.onnx':
      what, nodes = 'an ONNX file', portable_files.of_onnx(path)
    else:
      _refuse(path)
  except (OSError, ValueError) as error:
    raise errors.AuditError(f'{path} cannot be audited: {error}') from error
  return findings.Audit(
    str(path), what, findings.collect(nodes), tuple(problems)
  )
