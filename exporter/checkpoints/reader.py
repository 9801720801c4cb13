"""Reads tensors from a checkpoint on disk, whoever made it."""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import copy
import math
import os
import pathlib
import re

import numpy as np
import tensorflow as tf

from exporter import errors
from exporter.checkpoints import index
from exporter.checkpoints import prefixes
from model_specs import outside

# What TensorFlow raises for a damaged file. It raises an IndexError if the file
# is too short, a MemoryError if a length inside the file makes no sense, and a
# TypeError for a type that it does not know.
_UNREADABLE = (
  IndexError,
  MemoryError,
  RuntimeError,
  TypeError,
  ValueError,
  tf.errors.OpError,
)
# Bytes of one tensor, and of a frozen graph. The largest network's have 0.02 GB
# and 0.4 GB.
MAX_BYTES = 2**30
DOWNLOAD = 'it is damaged or incomplete; download it again'
# TensorFlow takes the prefix of a checkpoint for a pattern of file names.
_PATTERN = re.compile(r'[*?\[\\]')


class UnreadableError(Exception):
  """Says why a tensor cannot be read."""


def _size(path: pathlib.Path) -> int:
  """The size of a regular file, which TensorFlow is about to open.

  In the place of a file may be a pipe, for whose writer TensorFlow would wait
  for ever.
  """
  with outside.open_file(path) as file:
    return os.fstat(file.fileno()).st_size


def read_graph(path: pathlib.Path) -> bytes:
  """The content of a frozen graph.

  Raises:
    CheckpointError: It is no file, or too large.
  """
  try:
    return outside.read_file(path, MAX_BYTES)
  except outside.NotUsableError as error:
    raise errors.CheckpointError(
      f'frozen graph {error}; put the one of the checkpoint in its place'
    ) from error


class Reader:
  """Reads the tensors of a checkpoint of V1 or V2 format."""

  def __init__(self, checkpoint: prefixes.Files):
    """Opens a checkpoint.

    Args:
      checkpoint: The checkpoint.

    Raises:
      CheckpointError: It is missing, damaged, or cannot be opened.
    """
    self.files = checkpoint
    self._entries: index.Entries = {}
    self._shards = 0
    self.is_old = False
    self._keys: dict[str, str] = {}
    try:
      with self._explain():
        self._open()
    except UnreadableError as error:
      raise errors.CheckpointError(
        f'checkpoint {checkpoint.shown} cannot be read: {error}; expected '
        f'{checkpoint.name}.index and {checkpoint.name}.data-*, or one file in '
        f'the older format; {DOWNLOAD}'
      ) from error
    except OSError as error:
      raise errors.CheckpointError(
        f'checkpoint {checkpoint.shown} cannot be read: {error}; see that you '
        'may read its files'
      ) from error

  def _open(self) -> None:
    if _PATTERN.search(str(self.files.prefix)):
      raise UnreadableError(
        'TensorFlow takes the characters * ? [ \\ in a path for a pattern; '
        'give it a path without them'
      )
    index_file = prefixes.index_of(self.files.prefix)
    self.is_old = not index_file.exists() and self.files.prefix.exists()
    if self.is_old:
      _size(self.files.prefix)
    else:
      data = outside.read_file(index_file, index.MAX_BYTES)
      self._entries, self._shards = index.parse(data)
      self._check_shards()
    self._reader = tf.train.load_checkpoint(str(self.files.prefix))
    shapes = self._reader.get_variable_to_shape_map()
    dtypes = self._reader.get_variable_to_dtype_map()
    self.shapes = {key: tuple(shapes[key]) for key in sorted(shapes)}
    self.dtypes = {key: dtype.name for key, dtype in dtypes.items()}
    for key, shape in self.shapes.items():
      if math.prod(filter(None, shape)) > index.MAX_VALUES:
        raise UnreadableError(f'{key} has the shape {list(shape)}')

  def _shard(self, number: int) -> pathlib.Path:
    """The path of a file with values."""
    prefix = self.files.prefix
    return prefix.with_name(
      f'{prefix.name}.data-{number:05d}-of-{self._shards:05d}'
    )

  def _check_shards(self) -> None:
    """Raises an UnreadableError if a file lacks values that the index names."""
    ends = dict.fromkeys(range(self._shards), 0)
    for entry in self._entries.values():
      end = entry.offset + entry.size
      ends[entry.shard_id] = max(ends.get(entry.shard_id, 0), end)
    for number, end in ends.items():
      path = self._shard(number)
      if not path.exists():
        raise UnreadableError(self._renamed(f'{path} is missing'))
      size = _size(path)
      if size < end:
        text = f'{path} has {size:,} bytes, expected {end:,}'
        raise UnreadableError(self._renamed(text))

  @contextlib.contextmanager
  def _explain(self) -> Iterator[None]:
    """Turns what a damaged file causes into an UnreadableError."""
    try:
      yield
    except index.DamagedError as error:
      raise UnreadableError(f'its index is damaged: {error}') from error
    except (outside.NotUsableError, FileNotFoundError) as error:
      path = self._renamed(str(error.filename))
      raise UnreadableError(f'{path}: {error.strerror}') from error
    except _UNREADABLE as error:
      reason = str(error).partition('\n')[0]
      raise UnreadableError(self._renamed(reason)) from error

  def _renamed(self, text: str) -> str:
    """A text that names the archive instead of the copy from it."""
    return text.replace(str(self.files.prefix), self.files.shown)

  def renamed(self, keys: Mapping[str, str]) -> 'Reader':
    """The same checkpoint with other names.

    Args:
      keys: What each tensor is called in the file, by its new name.

    Returns:
      A reader that knows no other names.
    """
    other = copy.copy(self)
    other._keys = {name: self.key(key) for name, key in keys.items()}
    other.shapes = {name: self.shapes[key] for name, key in keys.items()}
    other.dtypes = {name: self.dtypes[key] for name, key in keys.items()}
    return other

  def key(self, name: str) -> str:
    """What a tensor is called in the file."""
    return self._keys.get(name, name)

  def _files(self, key: str) -> list[pathlib.Path]:
    """The files that hold a tensor; all, for one that was saved in parts."""
    if self.is_old:
      return [self.files.prefix]
    entry = self._entries[self.key(key)]
    holders = self._entries.values() if entry.slices else (entry,)
    return [*map(self._shard, sorted({each.shard_id for each in holders}))]

  def _check(self, key: str) -> None:
    """Raises an UnreadableError for a tensor that would fill the memory.

    Its shape is believed only if its files have as many bytes as it has values.
    """
    shape = self.shapes[key]
    count = math.prod(shape)
    size = count * tf.as_dtype(self.dtypes[key]).size
    if size > MAX_BYTES:
      raise UnreadableError(
        f'its shape is {list(shape)}, that is {size:,} bytes, expected at most '
        f'{MAX_BYTES:,}'
      )
    held = sum(map(_size, self._files(key)))
    if count > held:
      raise UnreadableError(
        f'its shape is {list(shape)}, but there are {held:,} bytes in all'
      )

  def read(self, key: str) -> np.ndarray:
    """Reads one tensor.

    Raises:
      UnreadableError: It is damaged.
    """
    try:
      with self._explain():
        self._check(key)
        # TensorFlow verifies the checksum of the tensor.
        return self._reader.get_tensor(self.key(key))
    except OSError as error:
      raise UnreadableError(self._renamed(str(error))) from error
