"""Runs the graphs of an artifact in a session, in a fraction of a second.

TensorFlow's public loaders take seconds for an artifact. What they add to its
graphs depends only on its program, so stranger.py loads one artifact of each
program through them, and all artifacts are proven in a session. Artifacts whose
graphs are equal, byte by byte, share a session, each with its own variables.
"""

import collections
from collections.abc import Iterable
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

from exporter import networks
from exporter.proof import computations
from exporter.proof import lateness
from exporter.proof import parts as parts_lib
from exporter.proof import stranger

# A TF2 SavedModel has a number in its names, by which two models can be told
# apart in one graph. It says nothing of what the model computes.
_NUMBER = re.compile(rb'\bmodel_(\d{10})/')
# How many sessions are kept: as many as a model mostly has artifacts, two tasks
# in two formats. Sessions of larger files are not kept: large networks come in
# one size alone, so no other model would use them.
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
  """The saved_model.pb of an artifact, with zeros for the number in names."""
  data = (folder / 'saved_model.pb').read_bytes()
  if numbered := _NUMBER.search(data):
    data = data.replace(numbered[1], b'0' * len(numbered[1]))
  return saved_model_pb2.SavedModel.FromString(data)


@dataclasses.dataclass(frozen=True, eq=False)
class Values:
  """The values that one artifact has for the variables of its program.

  Attributes:
    folder: The folder of the artifact.
    restore: The op that restores them.
    filename: The tensor that the op takes their prefix from.
    declared: The shapes that its graphs declare for their inputs, by tensor.
  """

  folder: pathlib.Path
  restore: str = parts_lib.ends(parts_lib.RESTORE)[0]
  filename: str = parts_lib.ends(parts_lib.RESTORE)[1]
  declared: dict[str, tf.TensorShape] = dataclasses.field(default_factory=dict)

  @property
  def prefix(self) -> str:
    """The prefix of the files that hold them."""
    return str(self.folder / 'variables' / 'variables')

  @property
  def bytes(self) -> int:
    """How large these files are."""
    return sum(each.stat().st_size for each in self.folder.glob('variables/*'))


def shape(declared: Any) -> tuple[int | None, ...]:
  """A shape that an artifact declares, with None for open sizes."""
  return tuple(tf.TensorShape(declared).as_list())


def _are_same(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
  """Whether two calls are fed the same objects, which nobody changes."""
  return other is not None and all(
    one.get(name) is other.get(name) for name in one.keys() | other.keys()
  )


class Session:
  """A session of some graphs, with the variables of one artifact at a time."""

  def __init__(self, parts: Sequence[parts_lib.Part]):
    """Imports graphs.

    All are imported before the first run: TensorFlow would prepare the whole
    graph again for what is added later.

    Args:
      parts: The graphs; the inputs of each are tensors of those before it.
    """
    self._graph = networks.ImportedGraph()
    with self._graph.as_default():
      for part in parts:
        inputs = {
          name: self._graph.get_tensor_by_name(tensor)
          for name, tensor in part.inputs.items()
        }
        tf.import_graph_def(part.definition, name=part.scope, input_map=inputs)
    session = tf.compat.v1.Session(graph=self._graph)
    self._computations = computations.Computations(session)
    self._values: Values | None = None
    self._is_updated = False
    self._lateness: dict[tuple[str, ...], lateness.Lateness] = {}
    # What was last fed while the variables had their values in the files, and
    # the tensors that this decides, whatever is fed late.
    self._fed: Mapping[str, Any] | None = None
    self._early: Mapping[str, np.ndarray] = {}

  def hold(self, values: Values) -> None:
    """Restores the variables, unless they are those of this artifact already.

    A training step may have updated them since.
    """
    if self._values is not values:
      self._fed, self._early = None, {}
      self._set(values, values.restore, values.filename)

  def restore(self, values: Values) -> None:
    """Sets every variable to its value in the files, if it may differ.

    After a training step only the moving averages do.
    """
    self.hold(values)
    if self._is_updated:
      self._set(values, *parts_lib.ends(parts_lib.RENEW))

  def _set(self, values: Values, op: str, filename: str) -> None:
    self._values = None  # Until all are there.
    self._computations.compute((), (op,), {filename: values.prefix})
    self._values, self._is_updated = values, False

  def values(self, names: Iterable[str]) -> dict[str, np.ndarray]:
    """The present values of variables that a part reads."""
    tensors = {f'value/{name}:0': name for name in names}
    computed = self._computations.compute(tensors)
    return {tensors[tensor]: value for tensor, value in computed.items()}

  def run(
    self, fetches: Iterable[str], feeds: Mapping[str, Any] | None = None
  ) -> dict[str, np.ndarray]:
    """Computes tensors, given by name; returns their values by name.

    Raises:
      ValueError: The artifact does not take what it is fed.
    """
    self._check(feeds or {})
    return self._computations.compute(fetches, (), feeds)

  def _check(self, feeds: Mapping[str, Any]) -> None:
    """Refuses what TensorFlow refuses where inputs have declared shapes."""
    declared = self._values.declared if self._values else {}
    for name, value in feeds.items():
      expected = declared.get(name, tf.TensorShape(None))
      if not expected.is_compatible_with(np.shape(value)):
        raise ValueError(
          f'Cannot feed value of shape {np.shape(value)} for {name}, which the '
          f'graph declares as {expected}'
        )

  def update(
    self,
    fetches: Sequence[str],
    updates: Sequence[str],
    feeds: Mapping[str, Any],
    late: tuple[str, ...],
  ) -> dict[str, np.ndarray]:
    """Computes tensors, given by name, and runs ops that change variables.

    Args:
      fetches: The names of the tensors.
      updates: The names of the ops.
      feeds: Values of tensors, by name.
      late: The names of tensors that matter at the end of the computation
        alone, such as a momentum. If all other feeds are those of the call
        before, what does not depend on these is not computed again.

    Returns:
      The values of the tensors by name.
    """
    self._check(feeds)
    if late not in self._lateness:
      self._lateness[late] = lateness.find(self._graph, late)
    behind = self._lateness[late]
    fed = behind.early(feeds)
    early: Mapping[str, np.ndarray] = {}
    if not self._is_updated and _are_same(fed, self._fed):
      early = behind.early(self._early)  # Other tensors may be late now.
    self._fed = None if self._is_updated else fed
    self._is_updated = True
    wanted = sorted({*fetches, *behind.border} - early.keys())
    border = {n: early[n] for n in behind.border if n in early}
    fed_too = {**border, **feeds}
    computed = self._computations.compute(wanted, updates, fed_too)
    values = {**early, **computed}
    self._early = behind.early(values)
    return {name: values[name] for name in fetches}


_kept: collections.OrderedDict[str, Session] = collections.OrderedDict()


def _digest(parts: Sequence[parts_lib.Part]) -> str:
  """A hash of all that a session imports."""
  hashed = hashlib.sha256()
  for part in parts:
    definition = part.definition.SerializeToString(deterministic=True)
    place = repr((len(definition), part.scope, sorted(part.inputs.items())))
    hashed.update(place.encode() + definition)
  return hashed.hexdigest()


def opened(parts: Sequence[parts_lib.Part], values: Values) -> Session:
  """A session of an artifact's graphs; the one that has them, if there is one.

  Args:
    parts: The graphs.
    values: The artifact's variables, which tell how much memory it would take
      to keep the session.
  """
  values.declared.update(
    each for part in parts for each in parts_lib.declared(part)
  )
  parts = [parts_lib.comparable(part) for part in parts]
  if values.bytes > _MOST_BYTES:
    return Session(parts)
  key = _digest(parts)
  session = _kept.pop(key, None) or Session(parts)
  _kept[key] = session
  if len(_kept) > _MOST_KEPT:
    _kept.popitem(last=False)
  return session
