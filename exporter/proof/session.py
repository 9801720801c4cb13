"""Runs the graphs of an artifact in a session, in a fraction of a second.

TensorFlow's public loaders take seconds for an artifact. What they add to its
graphs depends only on its program, so stranger.py loads one artifact of each
program through them, and all artifacts are proven in a session. Artifacts whose
graphs are equal, byte by byte, share a session, each with its own variables.
"""

import collections
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import hashlib
import pathlib
import re
from typing import Any
from typing import Protocol

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from exporter.proof import stranger

_FLOAT = tf.float32.as_datatype_enum
_STRING = tf.string.as_datatype_enum
_FILE, _RESTORE = 'restore/file', 'restore/all'
# A TF2 SavedModel has a number in its names, by which two models can be told
# apart in one graph. It says nothing of what the model computes.
_NUMBER = re.compile(rb'\bmodel_(\d{10})/')
# The graphs that depend on nothing but their architecture: what a model mostly
# has, two tasks in two formats. Large networks come in one size alone, so their
# sessions would be kept for nobody.
_MOST_KEPT = 4
_MOST_BYTES = 1 << 25


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
  """The program of an artifact: its saved_model.pb, its number being zero."""
  data = (folder / 'saved_model.pb').read_bytes()
  if numbered := _NUMBER.search(data):
    data = data.replace(numbered[1], b'0' * len(numbered[1]))
  return saved_model_pb2.SavedModel.FromString(data)


@dataclasses.dataclass(frozen=True, eq=False)
class Values:
  """The values that one artifact has for the variables of its program."""

  folder: pathlib.Path

  @property
  def prefix(self) -> str:
    """The prefix of the files that hold them."""
    return str(self.folder / 'variables' / 'variables')

  @property
  def bytes(self) -> int:
    """How large these files are."""
    return sum(each.stat().st_size for each in self.folder.glob('variables/*'))


@dataclasses.dataclass(frozen=True)
class Part:
  """A graph that a session imports.

  Attributes:
    definition: The graph.
    scope: The scope to import the nodes into; empty for none.
    inputs: The tensors of the session that replace inputs of the graph, by the
      names of the inputs.
  """

  definition: tf.compat.v1.GraphDef
  scope: str
  inputs: Mapping[str, str] = dataclasses.field(default_factory=dict)


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


def restoring(handles: Mapping[str, str]) -> Part:
  """A graph that sets variables, given the handles by key in the file."""
  keys = list(handles)
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
  return Part(graph, '', _numbered(handles))


def reading(handles: Mapping[str, str]) -> Part:
  """A graph that reads variables, given the handles by name."""
  graph = tf.compat.v1.GraphDef()
  for number, name in enumerate(handles):
    node = graph.node.add(
      name=name, op='ReadVariableOp', input=[f'handle_{number}']
    )
    node.attr['dtype'].type = _FLOAT
  return Part(graph, 'value', _numbered(handles))


def _of_any_size(
  definition: tf.compat.v1.GraphDef,
) -> tf.compat.v1.GraphDef:
  """A copy of a graph whose inputs have no declared shapes.

  What an artifact declares of shapes is compared with the shapes of what it
  returns, so the session need not hold it to them.
  """
  changed = tf.compat.v1.GraphDef()
  changed.CopyFrom(definition)
  for node in changed.node:
    if node.op == 'Placeholder':
      node.attr.pop('shape', None)
  for function in changed.library.function:
    function.attr.pop('_input_shapes', None)
  return changed


class Session:
  """A session of some graphs, with the variables of one artifact at a time."""

  def __init__(self, parts: Sequence[Part]):
    """Imports graphs.

    All are imported before the first run: TensorFlow would prepare the whole
    graph again for what is added later.

    Args:
      parts: The graphs; the inputs of each are tensors of those before it.
    """
    self._graph = tf.Graph()
    with self._graph.as_default():
      for part in parts:
        given = {
          name: self._graph.get_tensor_by_name(tensor)
          for name, tensor in part.inputs.items()
        }
        tf.import_graph_def(part.definition, name=part.scope, input_map=given)
    self._session = tf.compat.v1.Session(graph=self._graph)
    self._values: Values | None = None
    self._is_updated = False

  def hold(
    self, values: Values, op: str = _RESTORE, filename: str = f'{_FILE}:0'
  ) -> None:
    """Restores the variables, unless they are those of this artifact already.

    They may have been updated since.
    """
    if self._values is not values:
      self._values = None
      self._session.run(op, {filename: values.prefix})
      self._values, self._is_updated = values, False

  def restore(
    self, values: Values, op: str = _RESTORE, filename: str = f'{_FILE}:0'
  ) -> None:
    """Sets every variable to its value in the files, if it may differ."""
    if self._is_updated:
      self._values = None
    self.hold(values, op, filename)

  def values(self, names: list[str]) -> dict[str, np.ndarray]:
    """The present values of variables that a part reads."""
    return self._session.run({name: f'value/{name}:0' for name in names})

  def run(self, fetches: Any, feeds: Mapping[str, Any] | None = None) -> Any:
    """Computes tensors, given by name."""
    return self._session.run(fetches, feeds)

  def update(
    self, fetches: Any, updates: list[str], feeds: Mapping[str, Any]
  ) -> Any:
    """Computes tensors, and runs ops that change variables."""
    self._is_updated = True
    answers, _ = self._session.run((fetches, updates), feeds)
    return answers


_kept: collections.OrderedDict[str, Session] = collections.OrderedDict()


def _digest(parts: Sequence[Part]) -> str:
  """A hash of all that a session imports."""
  hashed = hashlib.sha256()
  for part in parts:
    definition = part.definition.SerializeToString(deterministic=True)
    place = repr((len(definition), part.scope, sorted(part.inputs.items())))
    hashed.update(place.encode() + definition)
  return hashed.hexdigest()


def opened(parts: Sequence[Part], values: Values) -> Session:
  """A session of an artifact's graphs; the one that has them, if there is one.

  Args:
    parts: The graphs.
    values: The artifact's variables, which tell how much memory it would take
      to keep the session.
  """
  parts = [
    dataclasses.replace(part, definition=_of_any_size(part.definition))
    for part in parts
  ]
  if values.bytes > _MOST_BYTES:
    return Session(parts)
  key = _digest(parts)
  session = _kept.pop(key, None) or Session(parts)
  _kept[key] = session
  if len(_kept) > _MOST_KEPT:
    _kept.popitem(last=False)
  return session
