"""The peer: keras.applications + model.export, unproven, in one process.

Run as `python -m benchmarks.keras_peer FOLDER [PATTERN...]`: writes the models
of all handles of version 5 that the patterns name.
"""

import pathlib
import sys

import keras

import model_specs
from model_specs import versions

_NETWORKS = {
  'mobilenet_v1': keras.applications.MobileNet,
  'mobilenet_v2': keras.applications.MobileNetV2,
}


def _build(handle: model_specs.Handle) -> keras.Model:
  spec = handle.spec
  is_classifier = handle.task == versions.CLASSIFICATION
  return _NETWORKS[spec.network](
    input_shape=(spec.size, spec.size, 3),
    alpha=spec.multiplier,
    include_top=is_classifier,
    weights=None,
    pooling=None if is_classifier else 'avg',
  )


def main(folder: pathlib.Path, patterns: list[str]) -> None:
  """Exports one model a handle."""
  for handle in model_specs.find(*patterns):
    _build(handle).export(folder / str(handle), verbose=False)


if __name__ == '__main__':
  main(pathlib.Path(sys.argv[1]), sys.argv[2:])
