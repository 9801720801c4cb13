"""Opens a file of weights whose network is not known yet."""

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
  """A file of weights; a tensor is read only when it is asked for."""

  name: str  # What to call the file, such as ARCHIVE: MEMBER.
  kind: str  # NEW, OLD or FROZEN.
  shapes: Mapping[str, tuple[int, ...]]
  dtypes: Mapping[str, str]
  read: Callable[[str], np.ndarray]
  path: str  # The path that an export would be given.
  size: int | None = None  # Height and width of images, if the file says it.


def _damaged(name: str, error: Exception) -> errors.CheckpointError:
  reason = str(error).partition('\n')[0]
  return errors.CheckpointError(
    f'{name} cannot be read: {reason}; it is damaged or incomplete, copy or '
    'download it again'
  )


def of_checkpoint(
  prefix: pathlib.Path, name: str, path: str | None = None
) -> Specimen:
  """Opens a checkpoint of V1 or V2 format.

  Args:
    prefix: The prefix of its files.
    name: What to call it.
    path: The path that an export would be given, if it differs from the name.

  Returns:
    Its tensors.

  Raises:
    CheckpointError: It is damaged. The `read` of the result raises it, too.
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
  """The height of the only input of a graph; None if it is open or unclear."""
  shapes = [
    tf.TensorShape(node.attr['shape'].shape)
    for node in graph.node
    if node.op == _INPUT
  ]
  return shapes[0][1] if len(shapes) == 1 and shapes[0].rank == 4 else None


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
    if node.op == _CONSTANT and node.attr['dtype'].type in _FLOATS
  }
  shapes = {
    key: tuple(dim.size for dim in constants[key].tensor_shape.dim)
    for key in sorted(constants)
  }
  # Scalars are settings of operations, and empty constants hold nothing.
  shapes = {
    key: shape
    for key, shape in shapes.items()
    if (shape and 0 not in shape) or checkpoint.QUANTIZED.search(key)
  }
  return Specimen(
    name,
    FROZEN,
    shapes,
    {key: tf.as_dtype(constants[key].dtype).name for key in shapes},
    lambda key: tf.make_ndarray(constants[key]),
    name,
    _image_size(graph),
  )
