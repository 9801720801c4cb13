"""Converts SavedModels as their converters do, to compare slimhub with.

It is run as `python -m benchmarks.converter_peer EXPORTS FOLDER` and writes, of
each TF2 SavedModel below EXPORTS, three LiteRT files and an ONNX file.
"""

import pathlib
import sys

import tensorflow as tf
import tf2onnx


def _to_litert(model: pathlib.Path, folder: pathlib.Path) -> None:
  """Writes its floats, its halves, and its weights as integers."""
  for name, optimizations, types in (
    ('float32', [], []),
    ('float16', [tf.lite.Optimize.DEFAULT], [tf.float16]),
    ('dynamic', [tf.lite.Optimize.DEFAULT], []),
  ):
    converter = tf.lite.TFLiteConverter.from_saved_model(str(model))
    converter.optimizations = optimizations
    converter.target_spec.supported_types = types
    (folder / f'{name}.tflite').write_bytes(converter.convert())


def _to_onnx(model: pathlib.Path, folder: pathlib.Path) -> None:
  """Writes what answers as its default signature."""
  loaded = tf.saved_model.load(str(model))
  serve = loaded.signatures['serving_default']
  (spec,) = serve.structured_input_signature[1].values()

  @tf.function(input_signature=[spec])
  def answer(images: tf.Tensor) -> dict[str, tf.Tensor]:
    return serve(images)

  path = str(folder / 'model.onnx')
  tf2onnx.convert.from_function(answer, [spec], output_path=path)


def main(exports: pathlib.Path, folder: pathlib.Path) -> None:
  """Converts each SavedModel."""
  for number, program in enumerate(sorted(exports.rglob('saved_model.pb'))):
    place = folder / str(number)
    place.mkdir(parents=True)
    _to_litert(program.parent, place)
    _to_onnx(program.parent, place)


if __name__ == '__main__':
  main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
