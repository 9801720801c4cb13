"""Compares the files of two artifacts, apart from the numbers in them."""

import pathlib

from tensorflow.core.protobuf import saved_model_pb2

from exporter.artifacts import vectors

_MODEL = 'saved_model.pb'
_VARIABLES = 'variables'


def _content(folder: pathlib.Path, name: str) -> bytes:
  if name == vectors.VECTORS:
    return b''  # Numbers, which depend on the processor in their last digits.
  data = (folder / name).read_bytes()
  if name != _MODEL:
    return data
  # Another protobuf may have written the same message otherwise.
  model = saved_model_pb2.SavedModel.FromString(data)
  return model.SerializeToString(deterministic=True)


def _contents(folder: pathlib.Path) -> dict[str, bytes]:
  names = (
    path.relative_to(folder).as_posix()
    for path in folder.rglob('*')
    if path.is_file()
  )
  return {
    name: _content(folder, name)
    for name in names
    if not name.startswith(f'{_VARIABLES}/')
  }


def differing_files(artifact: pathlib.Path, again: pathlib.Path) -> list[str]:
  """The files of an artifact that are not as they were written again.

  Args:
    artifact: The folder of the artifact.
    again: The folder of the other one, which needs no variables and no test
      vectors: these are numbers, for a proof to compare.

  Returns:
    The paths of the files that differ, are missing or are too many, sorted.
  """
  found = _contents(artifact)
  expected = {**_contents(again), vectors.VECTORS: b''}
  return sorted(
    name
    for name in found.keys() | expected.keys()
    if found.get(name) != expected.get(name)
  )
