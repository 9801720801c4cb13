"""Says what a file is that somebody takes for a checkpoint and that is none."""

import pathlib

from exporter.checkpoints import prefixes
from model_specs import outside

# Offset and bytes by which files are recognized, and what they are.
_STARTS = (
  (0, b'\x89HDF', 'a file of HDF5, as Keras writes weights'),
  (0, b'PK\x03\x04', 'a zip archive, such as a .keras model'),
  (4, b'TFL3', 'a LiteRT file, which holds no variables'),
)
_ENDS = {
  '.meta': "a checkpoint's graph without its weights",
  '.pbtxt': 'a graph as text, without weights',
  prefixes.GRAPH: (
    'a graph, whose weights are constants: slimhub inspects it, and exports '
    'the checkpoint that it was made of'
  ),
}


def describe(path: pathlib.Path) -> str:
  """What a file is that holds no variables that slimhub can read."""
  try:
    with outside.open_file(path) as file:
      start = file.read(8)
  except outside.NotUsableError as error:
    return str(error.strerror).removeprefix('is ')
  for at, magic, what in _STARTS:
    if start[at:].startswith(magic):
      return what
  return _ENDS.get(path.suffix, 'no file of weights that slimhub knows')
