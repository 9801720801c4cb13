"""The peer: keras.applications + model.export, unproven, in one process.

Run as `python -m benchmarks.keras_peer FOLDER`.
"""

import pathlib
import sys

import keras

_SIZE = 224
_MULTIPLIERS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)


def main(folder: pathlib.Path) -> None:
  """Exports the classifier and the feature extractor of each multiplier."""
  for multiplier in _MULTIPLIERS:
    for task, top in (('classification', True), ('feature_vector', False)):
      model = keras.applications.MobileNetV2(
        input_shape=(_SIZE, _SIZE, 3),
        alpha=multiplier,
        include_top=top,
        weights=None,
        pooling=None if top else 'avg',
      )
      model.export(folder / f'{multiplier}' / task, verbose=False)


if __name__ == '__main__':
  main(pathlib.Path(sys.argv[1]))
