"""Converts a frozen network to a LiteRT file, and runs such files."""

from collections.abc import Callable
from collections.abc import Iterator
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema

from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import litert_interface
from exporter.artifacts import litert_means
from exporter.artifacts import litert_metadata
from exporter.artifacts import litert_quantized
from exporter.artifacts import operations
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import outside

_WHITE = 255
_MOST_BYTES = 2**31 - 1  # No FlatBuffer is larger.
_OPERATORS = {
  number: name
  for name, number in vars(schema.BuiltinOperator).items()
  if isinstance(number, int)
}
_TYPES = {
  number: name
  for name, number in vars(schema.TensorType).items()
  if isinstance(number, int)
}
# The type of weights by the name of the kind. Networks that were trained for 8
# bits have the second one.
_WEIGHTS = {
  'float32': ('FLOAT32',),
  'float16': ('FLOAT16',),
  'dynamic': ('INT8',),
  'int8': ('INT8', 'UINT8'),
}
_SMALL = 1024  # Of a constant with fewer numbers the converter rounds none.
# Where a model's table has the names of other files with weights, and which
# parts of them it takes. The schemas of older TensorFlows lack these fields.
_EXTERNAL_FIELDS = (20, 22)


def _function(network: frozen.Frozen) -> Any:
  """The network as a TensorFlow function with named input and output."""
  images = tf.TensorSpec([None, *network.shape], tf.float32, formats.INPUT)

  @tf.function(input_signature=[images])
  def serve(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
    (answer,) = tf.import_graph_def(
      network.definition,
      input_map={formats.INPUT: inputs},
      return_elements=[f'{network.output}:0'],
      name='',
    )
    return {network.output: answer}

  return serve.get_concrete_function()


def _representative(
  pictures: np.ndarray,
) -> Callable[[], Iterator[list[np.ndarray]]]:
  """The pictures in the form in which the converter asks for them.

  A black and a white pixel are put into the first picture. So the range of the
  input is always [0, 1], in steps of 1/255, whatever the pictures hold.
  """

  def give() -> Iterator[list[np.ndarray]]:
    for number, picture in enumerate(pictures):
      image = picture.astype(np.float32) / _WHITE
      if not number:
        image[0, 0], image[0, 1] = 0.0, 1.0
      yield [image[np.newaxis]]

  return give


def _convert(
  network: frozen.Frozen, kind: kinds.Kind, pictures: np.ndarray | None
) -> bytes:
  converter = tf.lite.TFLiteConverter.from_concrete_functions(
    [_function(network)], tf.Module()
  )
  if not kind.is_exact:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
  if kind.name == 'float16':
    converter.target_spec.supported_types = [tf.float16]
  if pictures is not None:
    converter.representative_dataset = _representative(pictures)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    # Cameras give bytes, and MediaPipe takes no other integers.
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8
  return converter.convert()


def write_litert(
  conversion: model_specs.Handle,
  network: frozen.Frozen,
  pictures: np.ndarray | None,
  batch: kinds.Batch,
  path: pathlib.Path,
) -> None:
  """Converts a network and writes the file.

  Args:
    conversion: What to convert it to.
    network: The network.
    pictures: Pictures as bytes, to measure ranges on; None unless the format
      needs them.
    batch: Whether the file has a fixed batch.
    path: The file to write.
  """
  if conversion.spec.family.is_quantized:
    data = litert_quantized.convert(network, conversion)
  else:
    if pictures is not None:
      network = litert_means.keep_means(network, pictures)
    data = _convert(network, conversion.kind, pictures)
  model = schema.ModelT.InitFromPackedBuf(data, 0)
  litert_interface.finish(conversion, model, batch)
  path.write_bytes(litert_metadata.pack(conversion, model))


def _check(conversion: model_specs.Handle, runner: Any) -> None:
  """Raises a ProofError if an end is not of the promised type and scale."""
  taken = runner.get_input_details()[formats.INPUT]
  given = runner.get_output_details()[conversion.output]
  if conversion.kind.needs_pictures:
    dtype, of_input, of_output = 'uint8', 'bytes of scale 1/255', 'bytes'
    takes = bool(np.isclose(taken['quantization'][0] * _WHITE, 1.0))
    gives = given['quantization'][0] > 0
  else:
    dtype = of_input = of_output = 'float32'
    takes = gives = True
  for verb, details, is_scaled, expected in (
    ('takes', taken, takes, of_input),
    ('gives', given, gives, of_output),
  ):
    if details['dtype'].__name__ != dtype or not is_scaled:
      scale, zero = details['quantization']
      raise errors.ProofError(
        f'{conversion} {verb} {details["dtype"].__name__} of scale {scale} and '
        f'zero {zero}, expected {expected}'
        '; report it, as the converter of the installed TensorFlow differs '
        'from what slimhub expects'
      )


def operator(code: Any) -> str:
  """The name in the schema of an operator; its number if it has none."""
  # Operators from number 127 on are in a newer field than the others.
  builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
  return _OPERATORS.get(builtin, str(builtin))


def _operators(model: Any) -> Iterator[operations.Found]:
  """The operators of a file that no export has."""
  for number in range(model.OperatorCodesLength()):
    code = model.OperatorCodes(number)
    name = operator(code)
    if code.CustomCode():
      name = f'{name} {code.CustomCode().decode(errors="replace")}'
    if name not in operations.LITERT:
      yield operations.Found('the table of operators', str(number), name)
  # `_tab` is private, but gives the only access to fields that the installed
  # schema does not know.
  if any(model._tab.Offset(field) for field in _EXTERNAL_FIELDS):
    yield operations.Found('the model', '', 'weights in other files')


def _check_content(conversion: model_specs.Handle, path: pathlib.Path) -> None:
  """Raises a ProofError if a file does or holds what its export does not."""
  data = outside.read_file(path, _MOST_BYTES)
  model = schema.Model.GetRootAs(data)
  operations.refuse(conversion, path.name, list(_operators(model)))
  _check_weights(conversion, model)


def _largest(model: Any) -> tuple[int, str]:
  """How many numbers the largest constant of a file has, and of which type."""
  (graph,) = (model.Subgraphs(i) for i in range(model.SubgraphsLength()))
  tensors = (graph.Tensors(i) for i in range(graph.TensorsLength()))
  return max(
    (int(np.prod(tensor.ShapeAsNumpy())), _TYPES[tensor.Type()])
    for tensor in tensors
    if model.Buffers(tensor.Buffer()).DataLength()
  )


def _check_weights(conversion: model_specs.Handle, model: Any) -> None:
  """Raises a ProofError if weights are not of the type that was promised.

  The converter leaves the smallest as they are, so the largest is looked at.
  """
  expected = _WEIGHTS[conversion.kind.name]
  count, found = _largest(model)
  if count > _SMALL and found not in expected:
    raise errors.ProofError(
      f'{conversion} has weights in {found}, expected {" or ".join(expected)}; '
      'report it, as the converter of the installed TensorFlow differs from '
      'what slimhub expects'
    )


def load_litert(
  conversion: model_specs.Handle, path: pathlib.Path, threads: int = 1
) -> Callable[[np.ndarray], np.ndarray]:
  """Loads a file; returns a function from images in [0, 1] to outputs.

  Files that take bytes are given bytes, and their outputs are scaled back.

  Raises:
    ProofError: The file does not take the promised type of input, or has
      operators that no export has, or weights of another type.
  """
  from ai_edge_litert import interpreter as litert

  _check_content(conversion, path)
  interpreter = litert.Interpreter(str(path), num_threads=threads)
  runner = interpreter.get_signature_runner(litert_interface.SIGNATURE)
  _check(conversion, runner)
  scale, zero = runner.get_output_details()[conversion.output]['quantization']

  def run(images: np.ndarray) -> np.ndarray:
    if conversion.kind.needs_pictures:
      images = np.round(images * _WHITE).astype(np.uint8)
    output = runner(**{formats.INPUT: images})[conversion.output]
    if output.dtype == np.uint8:
      output = (output.astype(np.float32) - zero) * np.float32(scale)
    return output

  return run


def check_litert_batch(
  conversion: model_specs.Handle, path: pathlib.Path, batch: kinds.Batch
) -> None:
  """Raises a ProofError unless a file that was loaded has this batch."""
  from ai_edge_litert import interpreter as litert

  (details,) = litert.Interpreter(str(path)).get_input_details()
  litert_interface.check_batch(conversion, details['shape_signature'], batch)
