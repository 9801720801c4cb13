"""A session on an artifact's own graphs: all its numbers in part of a second.

TensorFlow's public loaders take seconds for an artifact. What they add to its
graphs depends on its program alone, so `stranger` meets each program once.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import pathlib
from typing import Any
from typing import Protocol

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from exporter.proof import stranger

_FLOAT = tf.float32.as_datatype_enum
_STRING = tf.string.as_datatype_enum
_FILE, _RESTORE = 'restore/file', 'restore/all'


class Reading(Protocol):
  """An artifact in a session; it knows nothing of how the files were made."""

  def variables(self) -> Mapping[str, np.ndarray]:
    """Every variable's value in the files, by its TF-Slim name."""

  def names(self) -> stranger.Names:
    """What variables and signatures the files list."""

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """What everything that infers returns."""

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """What everything that trains returns, each from the initial state."""

  def losses(self) -> float:
    """The sum of the regularization losses."""


class Loaded(Reading, Protocol):
  """An artifact as a TensorFlow loads it, here or elsewhere."""

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reaches."""


def read(folder: pathlib.Path) -> saved_model_pb2.SavedModel:
  """An artifact's program."""
  data = (folder / 'saved_model.pb').read_bytes()
  return saved_model_pb2.SavedModel.FromString(data)


def file(folder: pathlib.Path) -> str:
  """What TensorFlow calls the files of an artifact's variables."""
  return str(folder / 'variables' / 'variables')


def shape(declared: Any) -> tuple[int | None, ...]:
  """A shape that an artifact declares."""
  return tuple(tf.TensorShape(declared).as_list())


def _add_strings(
  graph: tf.compat.v1.GraphDef, name: str, values: list[str]
) -> str:
  value = tf.make_tensor_proto(np.array(values, object), tf.string)
  node = graph.node.add(name=name, op='Const')
  node.attr['dtype'].type = _STRING
  node.attr['value'].tensor.CopyFrom(value)
  return name


def _numbered(handles: Mapping[str, str]) -> dict[str, str]:
  """The Nth handle as `handle_N`, which the graphs made here call it."""
  return {f'handle_{i}': handle for i, handle in enumerate(handles.values())}


def _restore(keys: list[str]) -> tf.compat.v1.GraphDef:
  """A graph that sets the variable `handle_N` from the Nth key of a file."""
  graph = tf.compat.v1.GraphDef()
  graph.node.add(name=_FILE, op='Placeholder').attr['dtype'].type = _STRING
  inputs = [
    _FILE,
    _add_strings(graph, 'restore/keys', keys),
    _add_strings(graph, 'restore/slices', [''] * len(keys)),
  ]
  values = graph.node.add(name='restore/values', op='RestoreV2', input=inputs)
  values.attr['dtypes'].list.type.extend([_FLOAT] * len(keys))
  for number in range(len(keys)):
    assign = graph.node.add(name=f'restore/{number}', op='AssignVariableOp')
    assign.input.extend([f'handle_{number}', f'{values.name}:{number}'])
    assign.attr['dtype'].type = _FLOAT
  graph.node.add(
    name=_RESTORE,
    op='NoOp',
    input=[f'^restore/{number}' for number in range(len(keys))],
  )
  return graph


class Session:
  """Graphs whose variables come from one file."""

  def __init__(self, folder: pathlib.Path):
    self._file = file(folder)
    self._graph = tf.Graph()
    self._session = tf.compat.v1.Session(graph=self._graph)
    self._is_restored = False

  def add(
    self,
    definition: tf.compat.v1.GraphDef,
    scope: str,
    inputs: Mapping[str, str] | None = None,
  ) -> None:
    """Adds nodes.

    Args:
      definition: The nodes.
      scope: Goes before all their names.
      inputs: Tensors that take the place of inputs, by the inputs' names.
    """
    with self._graph.as_default():
      given = {
        name: self._graph.get_tensor_by_name(tensor)
        for name, tensor in (inputs or {}).items()
      }
      tf.import_graph_def(definition, name=scope, input_map=given)

  def add_restore(self, handles: Mapping[str, str]) -> None:
    """Adds nodes that set variables: their handles, by key in the file."""
    self.add(_restore(list(handles)), '', _numbered(handles))

  def add_reads(self, handles: Mapping[str, str]) -> None:
    """Adds nodes that read variables: their handles, by name."""
    graph = tf.compat.v1.GraphDef()
    for number, name in enumerate(handles):
      node = graph.node.add(
        name=name, op='ReadVariableOp', input=[f'handle_{number}']
      )
      node.attr['dtype'].type = _FLOAT
    self.add(graph, 'value', _numbered(handles))

  def restore(self, op: str = _RESTORE, filename: str = f'{_FILE}:0') -> None:
    """Sets every variable as the file has it, if anything may differ."""
    if not self._is_restored:
      self._session.run(op, {filename: self._file})
    self._is_restored = True

  def values(self, names: list[str]) -> dict[str, np.ndarray]:
    """The present values of variables that can be read."""
    return self._session.run({name: f'value/{name}:0' for name in names})

  def run(self, fetches: Any, feeds: Mapping[str, Any] | None = None) -> Any:
    """Computes tensors, by their names."""
    return self._session.run(fetches, feeds)

  def update(
    self, fetches: Any, updates: list[str], feeds: Mapping[str, Any]
  ) -> Any:
    """Computes tensors and runs what changes variables."""
    self._is_restored = False
    answers, _ = self._session.run((fetches, updates), feeds)
    return answers
