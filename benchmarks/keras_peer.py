"""Exports models of keras.applications in one process, to compare slimhub with.

It is run as `python -m benchmarks.keras_peer FOLDER [PATTERN...]` and writes
the model of every handle that the patterns name, of those that Keras has.
"""

import gc
import pathlib
import sys

import keras

from exporter.measure import runners
import model_specs


def main(folder: pathlib.Path, patterns: list[str]) -> None:
  """Exports the model of each handle."""
  for handle in model_specs.find(*patterns):
    if model := runners.keras_model(handle):
      model.export(folder / str(handle), verbose=False)
      del model
      keras.backend.clear_session()  # Else each takes longer than the last.
      gc.collect()


if __name__ == '__main__':
  main(pathlib.Path(sys.argv[1]), sys.argv[2:])
