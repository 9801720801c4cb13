"""Opens a file of weights whose network is not known yet."""

from collections.abc import Callable
from collections.abc import Mapping
import dataclasses
import math
import pathlib

from google.protobuf import message
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from exporter import errors
from exporter.checkpoints import outer
from exporter.checkpoints import prefixes
from exporter.checkpoints import ranges
from exporter.checkpoints import reader as reader_lib
from model_specs import outside

NEW, OLD = 'checkpoint, V2 format', 'checkpoint, V1 format'
FROZEN = 'frozen graph'
_FLOATS = (tf.float16.as_datatype_enum, tf.float32.as_datatype_enum)
_CONSTANT, _INPUT = 'Const', 'Placeholder'
_MAX_SIZE = 2**16  # Height of images.
_MAX_VALUES = 2**28  # In a frozen graph; that of the largest network has 2**27.


@dataclasses.dataclass(frozen=True)
class Specimen:
  """A file of weights; a tensor is read only when it is asked for."""

  name: str  # What to call the file, such as ARCHIVE: MEMBER.
  kind: str  # NEW, OLD or FROZEN.
  shapes: Mapping[str, tuple[int, ...]]
  dtypes: Mapping[str, str]
  read: Callable[[str], np.ndarray]
  path: str  # The path that an export would be given.
  size: int | None = None  # Height and width of images, if the file says it.
  training: pathlib.Path | None = None  # The graph of its training, if any.

  def within(self, scope: str) -> 'Specimen':
    """The same file, its tensors called by their names within a scope."""
    return self.renamed(outer.names(self.shapes, scope))

  def renamed(self, keys: Mapping[str, str]) -> 'Specimen':
    """The same file with other names; the values are those in the file."""
    return dataclasses.replace(
      self,
      shapes={name: self.shapes[key] for name, key in keys.items()},
      dtypes={name: self.dtypes[key] for name, key in keys.items()},
      read=lambda name: self.read(keys[name]),
    )


def _damaged(name: str, error: Exception) -> errors.CheckpointError:
  reason = str(error).partition('\n')[0]
  return errors.CheckpointError(
    f'{name} cannot be read: {reason}; it is damaged or incomplete, copy or '
    'download it again'
  )


def of_checkpoint(files: prefixes.Files, path: str | None = None) -> Specimen:
  """Opens a checkpoint of V1 or V2 format.

  Args:
    files: The checkpoint.
    path: The path that an export would be given, if it differs from its own.

  Returns:
    Its tensors.

  Raises:
    CheckpointError: It is damaged. The `read` of the result raises it, too.
  """
  reader = reader_lib.Reader(files)

  def read(key: str) -> np.ndarray:
    try:
      return reader.read(key)
    except reader_lib.UnreadableError as error:
      raise _damaged(f'{outside.shown(key)} in {files.shown}', error) from error

  return Specimen(
    files.shown,
    OLD if reader.is_old else NEW,
    reader.shapes,
    reader.dtypes,
    read,
    path or files.shown,
    training=files.training,
  )


def _image_size(graph: tf.compat.v1.GraphDef) -> int | None:
  """The height of the only input of a graph; None if it is open or unclear."""
  shapes = [
    [dim.size for dim in node.attr['shape'].shape.dim]
    for node in graph.node
    if node.op == _INPUT
  ]
  if len(shapes) != 1 or len(shapes[0]) != 4:
    return None
  height = shapes[0][1]
  return height if 0 < height <= _MAX_SIZE else None


def _check(shapes: Mapping[str, tuple[int, ...]], name: str) -> None:
  """Raises a CheckpointError for constants that would fill the memory.

  A constant may repeat one value, so that few bytes declare many values.
  """
  declared = 0
  for key, shape in shapes.items():
    declared += math.prod(filter(None, shape))
    if min(shape, default=0) < 0 or declared > _MAX_VALUES:
      raise errors.CheckpointError(
        f'{name} cannot be read: {outside.shown(key)} has the shape '
        f'{list(shape)}, and a frozen graph at most {_MAX_VALUES:,} values; '
        'it is damaged, copy or download it again'
      )


def _read_constant(
  constant: tensor_pb2.TensorProto, key: str, name: str
) -> np.ndarray:
  try:
    return tf.make_ndarray(constant)
  except (TypeError, ValueError) as error:
    raise _damaged(f'{outside.shown(key)} in {name}', error) from error


def of_frozen_graph(data: bytes, name: str) -> Specimen:
  """Opens a frozen graph, whose constants have the names of its variables.

  Args:
    data: The content of the file.
    name: What to call it.

  Returns:
    The constants that may be weights.

  Raises:
    CheckpointError: It is damaged, or is another kind of file.
  """
  try:
    graph = tf.compat.v1.GraphDef.FromString(data)
  except message.DecodeError as error:
    raise _damaged(name, error) from error
  constants = {
    node.name: node.attr['value'].tensor
    for node in graph.node
    if node.op == _CONSTANT and node.attr['value'].tensor.dtype in _FLOATS
  }
  shapes = {
    key: tuple(dim.size for dim in constants[key].tensor_shape.dim)
    for key in sorted(constants)
  }
  # Scalars are settings of operations, and empty constants hold nothing.
  shapes = {
    key: shape
    for key, shape in shapes.items()
    if (shape and 0 not in shape) or ranges.PATTERN.search(key)
  }
  _check(shapes, name)
  return Specimen(
    name,
    FROZEN,
    shapes,
    {key: tf.as_dtype(constants[key].dtype).name for key in shapes},
    lambda key: _read_constant(constants[key], key, name),
    name,
    _image_size(graph),
  )
