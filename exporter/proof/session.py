"""Runs the graphs of an artifact in a session, in a fraction of a second.

TensorFlow's public loaders take seconds for an artifact. What they add to its
graphs depends only on its program, so stranger.py loads one artifact of each
program through them, and all artifacts are proven in a session.
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
  """What the proof asks of an artifact in a session.

  It shares no code with the writers of the artifact.
  """

  def variables(self) -> Mapping[str, np.ndarray]:
    """Every variable's value in the files, by its TF-Slim name."""

  def names(self) -> stranger.Names:
    """The names of variables and signatures that the files list."""

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """What every signature or trace that infers returns for images."""

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """What every signature or trace that trains returns for images.

    Each starts from the values in the files.
    """

  def losses(self) -> float:
    """The sum of the regularization losses."""


class Loaded(Reading, Protocol):
  """What the proof asks of an artifact that TensorFlow's own loader loaded."""

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reaches."""


def read(folder: pathlib.Path) -> saved_model_pb2.SavedModel:
  """The program of an artifact: its saved_model.pb."""
  data = (folder / 'saved_model.pb').read_bytes()
  return saved_model_pb2.SavedModel.FromString(data)


def file(folder: pathlib.Path) -> str:
  """The prefix of the files that hold an artifact's variables."""
  return str(folder / 'variables' / 'variables')


def shape(declared: Any) -> tuple[int | None, ...]:
  """A shape that an artifact declares, with None for open sizes."""
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
  """The handles by the names, `handle_N`, that the graphs built here use."""
  return {f'handle_{i}': handle for i, handle in enumerate(handles.values())}


def _restore(keys: list[str]) -> tf.compat.v1.GraphDef:
  """A graph that sets the variable of `handle_N` to the Nth key of a file."""
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
  """A session whose graphs share the variables of one artifact."""

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
    """Adds the nodes of a graph.

    Args:
      definition: The graph.
      scope: The scope to import the nodes into; empty for none.
      inputs: The tensors of the session that replace inputs of the graph, by
        the names of the inputs.
    """
    with self._graph.as_default():
      given = {
        name: self._graph.get_tensor_by_name(tensor)
        for name, tensor in (inputs or {}).items()
      }
      tf.import_graph_def(definition, name=scope, input_map=given)

  def add_restore(self, handles: Mapping[str, str]) -> None:
    """Adds nodes that set variables, given the handles by key in the file."""
    self.add(_restore(list(handles)), '', _numbered(handles))

  def add_reads(self, handles: Mapping[str, str]) -> None:
    """Adds nodes that read variables, given the handles by name."""
    graph = tf.compat.v1.GraphDef()
    for number, name in enumerate(handles):
      node = graph.node.add(
        name=name, op='ReadVariableOp', input=[f'handle_{number}']
      )
      node.attr['dtype'].type = _FLOAT
    self.add(graph, 'value', _numbered(handles))

  def restore(self, op: str = _RESTORE, filename: str = f'{_FILE}:0') -> None:
    """Sets every variable to its value in the file, if an update has run."""
    if not self._is_restored:
      self._session.run(op, {filename: self._file})
    self._is_restored = True

  def values(self, names: list[str]) -> dict[str, np.ndarray]:
    """The present values of variables that `add_reads` was called for."""
    return self._session.run({name: f'value/{name}:0' for name in names})

  def run(self, fetches: Any, feeds: Mapping[str, Any] | None = None) -> Any:
    """Computes tensors, given by name."""
    return self._session.run(fetches, feeds)

  def update(
    self, fetches: Any, updates: list[str], feeds: Mapping[str, Any]
  ) -> Any:
    """Computes tensors, and runs ops that change variables."""
    self._is_restored = False
    answers, _ = self._session.run((fetches, updates), feeds)
    return answers
