"""What is in a file of weights whose network is not known."""

from collections.abc import Callable
from collections.abc import Mapping
import dataclasses
import pathlib

from google.protobuf import message
import numpy as np
import tensorflow as tf

from exporter import errors
from exporter.checkpoints import checkpoint

NEW, OLD = 'checkpoint, V2 format', 'checkpoint, V1 format'
FROZEN = 'frozen graph'
_FLOATS = (tf.float16.as_datatype_enum, tf.float32.as_datatype_enum)
_CONSTANT, _INPUT = 'Const', 'Placeholder'


@dataclasses.dataclass(frozen=True)
class Specimen:
  """Named tensors, each read when it is asked for."""

  name: str  # As whoever asks knows it.
  kind: str  # NEW, OLD or FROZEN.
  shapes: Mapping[str, tuple[int, ...]]
  dtypes: Mapping[str, str]
  read: Callable[[str], np.ndarray]
  path: str  # What an export would read.
  size: int | None = None  # Of the images, where the file says it.


def _damaged(name: str, error: Exception) -> errors.CheckpointError:
  reason = str(error).partition('\n')[0]
  return errors.CheckpointError(
    f'{name} cannot be read: {reason}; it is damaged or incomplete, copy or '
    'download it again'
  )


def of_checkpoint(
  prefix: pathlib.Path, name: str, path: str | None = None
) -> Specimen:
  """Opens a checkpoint of either format.

  Args:
    prefix: Where it is.
    name: What to call it.
    path: What an export would read, if it is not the name.

  Returns:
    Its tensors.

  Raises:
    CheckpointError: It is damaged; so does `read` of the result.
  """
  try:
    reader = tf.train.load_checkpoint(str(prefix))
    shapes = reader.get_variable_to_shape_map()
    dtypes = reader.get_variable_to_dtype_map()
  except checkpoint.UNREADABLE as error:
    raise _damaged(name, error) from error

  def read(key: str) -> np.ndarray:
    try:
      return reader.get_tensor(key)
    except checkpoint.UNREADABLE as error:
      raise _damaged(f'{key} in {name}', error) from error

  return Specimen(
    name,
    OLD if prefix.is_file() else NEW,
    {key: tuple(shapes[key]) for key in sorted(shapes)},
    {key: dtype.name for key, dtype in dtypes.items()},
    read,
    path or name,
  )


def _image_size(graph: tf.compat.v1.GraphDef) -> int | None:
  """The height that the only input of a graph has."""
  shapes = [
    tf.TensorShape(node.attr['shape'].shape)
    for node in graph.node
    if node.op == _INPUT
  ]
  return shapes[0][1] if len(shapes) == 1 and shapes[0].rank == 4 else None


def of_frozen_graph(data: bytes, name: str) -> Specimen:
  """Opens a frozen graph: its constants are named as its variables were.

  Args:
    data: The file.
    name: What to call it.

  Returns:
    Its constants, as far as they may be weights.

  Raises:
    CheckpointError: It is damaged, or another kind of file.
  """
  try:
    graph = tf.compat.v1.GraphDef.FromString(data)
  except message.DecodeError as error:
    raise _damaged(name, error) from error
  found = {
    node.name: node.attr['value'].tensor
    for node in graph.node
    if node.op == _CONSTANT and node.attr['dtype'].type in _FLOATS
  }
  shapes = {
    key: tuple(dim.size for dim in found[key].tensor_shape.dim)
    for key in sorted(found)
  }
  # Single numbers are settings of operations, empty ones stand for nothing.
  shapes = {
    key: shape
    for key, shape in shapes.items()
    if (shape and 0 not in shape) or checkpoint.QUANTIZED.search(key)
  }
  return Specimen(
    name,
    FROZEN,
    shapes,
    {key: tf.as_dtype(found[key].dtype).name for key in shapes},
    lambda key: tf.make_ndarray(found[key]),
    name,
    _image_size(graph),
  )
