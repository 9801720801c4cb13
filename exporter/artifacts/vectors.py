"""Test vectors of a model: two pictures, and what its network answers on them.

With them, whoever has the artifact sees whether a runtime answers as it should,
without the network and without slimhub. Pictures are bytes; a model takes them
divided by 255. Files that a SavedModel is converted to have no vectors of their
own, as they must give the same answers.
"""

from collections.abc import Mapping
import dataclasses
import io
import math
import pathlib
from typing import Any
import zipfile

import numpy as np

from exporter import checkpoints
from exporter import errors
from exporter import networks
from exporter import storage
import model_specs
from model_specs import versions

VECTORS = 'assets.extra/test_vectors.npz'
_PICTURES = 'pictures'
_LOGITS, _FEATURES = 'logits', 'feature_vector'
_COUNT = 2
_WHITE = np.float32(255)
_HEADERS = 2**16  # More than the names, types and shapes of all arrays take.


@dataclasses.dataclass(frozen=True, eq=False)
class Vectors:
  """Some pictures, and the outputs that belong to them, by name."""

  pictures: np.ndarray
  outputs: Mapping[str, np.ndarray]

  @property
  def images(self) -> np.ndarray:
    """The pictures as a model takes them, in [0, 1]."""
    return self.pictures / _WHITE

  def of(self, task: str) -> dict[str, np.ndarray]:
    """The outputs of a task; a classifier has those of features, too."""
    names = [_FEATURES]
    if task == versions.CLASSIFICATION:
      names.append(_LOGITS)
    return {name: self.outputs[name] for name in names}


def compute_vectors(
  source: 'networks.Source',  # A text, as `networks` imports TensorFlow.
  model: model_specs.ModelSpec,
  tensors: Mapping[str, np.ndarray],
) -> Vectors:
  """The vectors of a network with these weights, which it holds meanwhile."""
  pictures = checkpoints.synthetic_pictures(
    _COUNT, model.size, model.family.channels
  )
  source.load(tensors)
  ends = {_LOGITS: source.logits, _FEATURES: source.features}
  outputs = source.run(ends, pictures / _WHITE)
  source.unload()
  return Vectors(pictures, outputs)


def write_vectors(
  vectors: Vectors, handle: model_specs.Handle, folder: pathlib.Path
) -> None:
  """Writes the vectors of a handle's task into its artifact."""
  arrays: dict[str, Any] = {_PICTURES: vectors.pictures}
  arrays |= vectors.of(handle.task)
  # The same arrays always give the same bytes: there is no time in them.
  with (folder / VECTORS).open('wb') as file:
    np.savez_compressed(file, **arrays)


def _expected(handle: model_specs.Handle) -> dict[str, tuple]:
  """The type and the shape of each array, by name."""
  model = handle.spec
  sides = (model.size, model.size, model.family.channels)
  arrays: dict[str, tuple] = {
    _PICTURES: (np.dtype(np.uint8), (_COUNT, *sides)),
    _FEATURES: (np.dtype(np.float32), (_COUNT, model.num_features)),
  }
  if handle.task == versions.CLASSIFICATION:
    arrays[_LOGITS] = np.dtype(np.float32), (_COUNT, handle.num_outputs)
  return arrays


def most_vectors_bytes(handle: model_specs.Handle) -> int:
  """The largest size of the vectors of a handle."""
  values = sum(
    dtype.itemsize * math.prod(shape)
    for dtype, shape in _expected(handle).values()
  )
  return values + _HEADERS


def parse_vectors(handle: model_specs.Handle, data: bytes) -> Vectors:
  """Parses what `write_vectors` wrote.

  Args:
    handle: What the vectors are of.
    data: The content of the file, which may be from somebody else.

  Raises:
    ValueError: It holds something else.
  """
  try:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
      size = sum(member.file_size for member in packed.infolist())
    if size > (most := most_vectors_bytes(handle)):
      raise ValueError(f'{size} bytes, expected {most} at most')
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
      arrays = {name: file[name] for name in file.files}
  except (OSError, EOFError, zipfile.BadZipFile) as error:
    raise ValueError(f'no .npz: {error}') from error
  found = {name: (each.dtype, each.shape) for name, each in arrays.items()}
  expected = _expected(handle)
  if found != expected:
    raise ValueError(f'arrays {found}, expected {expected}')
  return Vectors(arrays.pop(_PICTURES), arrays)


def read_vectors(item: storage.Item) -> Vectors:
  """The vectors of a SavedModel or module that was delivered.

  Raises:
    ManifestError: It has none, or they are not what its manifest describes.
  """
  if VECTORS not in item.manifest.files:
    raise errors.ManifestError(
      f'{item.handle} has no {VECTORS}, as an older slimhub made it; export it '
      'again with --force'
    )
  with (
    storage.local_root(item.root, item.manifest.handle) as root,
    storage.reading(root, item.manifest, VECTORS) as reader,
  ):
    data = reader.read(most_vectors_bytes(item.handle))
  try:
    return parse_vectors(item.handle, data)
  except ValueError as error:
    raise errors.ManifestError(
      f'{item.handle}: {VECTORS} are no test vectors: {error}; export it again '
      'with --force'
    ) from error
