"""Measures the seconds to write the bytes of artifacts and do nothing else.

It is run as `python -m benchmarks.floor EXPORTS FOLDER` and prints the seconds.
TensorFlow's SaveV2 writes the variables; all other files are copied.
"""

import pathlib
import shutil
import sys
import time

import tensorflow as tf

from exporter.artifacts import variables


def _read(artifact: pathlib.Path) -> tuple[dict, dict[str, bytes]]:
  """Reads the tensors of an artifact, and the content of its other files."""
  reader = tf.train.load_checkpoint(str(artifact / 'variables' / 'variables'))
  tensors = {
    name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()
  }
  files = {
    path.relative_to(artifact).as_posix(): path.read_bytes()
    for path in artifact.rglob('*')
    if path.is_file() and path.parent.name != 'variables'
  }
  return tensors, files


def _write(
  folder: pathlib.Path, tensors: dict, files: dict[str, bytes]
) -> float:
  start = time.monotonic()
  variables.write_variables(folder, tensors)
  for name, data in files.items():
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
  return time.monotonic() - start


def main(exports: pathlib.Path, folder: pathlib.Path) -> None:
  """Writes a copy of each artifact, one at a time; prints the seconds."""
  seconds = 0.0
  for number, manifest in enumerate(sorted(exports.rglob('[0-9].json'))):
    artifact = _read(manifest.with_suffix(''))
    seconds += _write(folder / str(number), *artifact)
    shutil.rmtree(folder / str(number))  # The disk may not take them all.
  print(seconds)


if __name__ == '__main__':
  main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
