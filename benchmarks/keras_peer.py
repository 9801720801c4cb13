"""The peer: keras.applications + model.export, unproven, in one process.

Run as `python -m benchmarks.keras_peer FOLDER [PATTERN...]`: writes the models
of all handles of version 5 that the patterns name.
"""

import pathlib
import sys

from exporter.measure import runners
import model_specs


def main(folder: pathlib.Path, patterns: list[str]) -> None:
  """Exports one model a handle."""
  for handle in model_specs.find(*patterns):
    model = runners.keras_model(handle)
    model.export(folder / str(handle), verbose=False)


if __name__ == '__main__':
  main(pathlib.Path(sys.argv[1]), sys.argv[2:])
