"""What an ONNX file says of itself to the programs that call it."""

import json
import pathlib

import model_specs
from model_specs import labels
from model_specs import outside

MOST_BYTES = 2**31 - 1  # No protocol buffer is larger.


def facts(conversion: model_specs.Handle) -> dict[str, str]:
  """What a program must know to call the model.

  Keys such as `Image.ColorSpaceGamma` are those that ONNX defines.
  """
  is_grey = conversion.spec.family.channels == 1
  known = {
    'Image.BitmapPixelFormat': 'Gray8' if is_grey else 'Rgb8',
    'Image.ColorSpaceGamma': 'SRGB',
    'Image.NominalPixelRange': 'Normalized_0_1',
    'handle': str(conversion.origin),
    'layout': conversion.kind.layout,
  }
  if conversion.spec.license:
    known['license'] = conversion.spec.license
  names = labels.of(conversion)
  if names:
    known['labels'] = json.dumps(names)
  return known


def _read_facts(path: pathlib.Path) -> dict[str, str]:
  import onnx

  model = onnx.ModelProto.FromString(outside.read_file(path, MOST_BYTES))
  return {entry.key: entry.value for entry in model.metadata_props}


def read_onnx_labels(path: pathlib.Path) -> tuple[str, ...]:
  """The names of the classes in a file; none if it names none.

  Raises:
    OSError: It cannot be read.
    ValueError, TypeError, google.protobuf.message.DecodeError: It is damaged.
  """
  return tuple(json.loads(_read_facts(path).get('labels', '[]')))


def is_onnx_described(
  conversion: model_specs.Handle, path: pathlib.Path
) -> bool:
  """Whether a file says of itself what it would be written with.

  Raises:
    OSError: It cannot be read.
    google.protobuf.message.DecodeError: It is damaged.
  """
  return _read_facts(path) == facts(conversion)
