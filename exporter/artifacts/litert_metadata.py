"""Adds TFLite Metadata, which describes a model to programs, to a LiteRT file.

The layout is that of metadata_schema.fbs: a FlatBuffer in a buffer of the model
named TFLITE_METADATA, and the files that it names in a zip at the end. No
package that writes it can be used: tflite-support needs protobuf below 4, and
MediaPipe's writer is incomplete. In the tests, MediaPipe reads it.
"""

import io
import pathlib
from typing import Any
import zipfile

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

import model_specs
from model_specs import formats
from model_specs import labels
from model_specs import versions

LABELS = 'labels.txt'
_NAME = 'TFLITE_METADATA'
_IDENTIFIER = b'M001'
_PARSER = '1.0.0'  # The oldest version that reads all fields used here.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # A fixed time keeps the bytes the same.
_ALIGNMENT = 16  # Bytes; the schema of models requires it for all buffers.

# The fields of each table in the order of the schema, up to the last one used
# here. The type of a union is a field of its own before it.
_FIELDS = {
  'AssociatedFile': ('name', 'description', 'type'),
  'ImageSize': ('width', 'height'),
  'FeatureProperties': (),
  'ImageProperties': ('color_space', 'default_size'),
  'Content': ('properties_type', 'properties'),
  'NormalizationOptions': ('mean', 'std'),
  'ProcessUnit': ('options_type', 'options'),
  'Stats': ('max', 'min'),
  'TensorMetadata': (
    'name',
    'description',
    'dimension_names',
    'content',
    'process_units',
    'stats',
    'associated_files',
  ),
  'SubGraphMetadata': ('name', 'description', 'inputs', 'outputs'),
  'ModelMetadata': (
    'name',
    'description',
    'version',
    'subgraphs',
    'author',
    'license',
    'associated_files',
    'min_parser_version',
  ),
}
_FEATURES, _IMAGE = np.int8(1), np.int8(2)  # In the union ContentProperties.
_NORMALIZATION = np.int8(1)  # In the union ProcessUnitOptions.
_AXIS_LABELS = np.int8(2)  # In the enum AssociatedFileType.
# In the enum ColorSpaceType, by the number of channels.
_COLOR_SPACES = {1: np.int8(2), 3: np.int8(1)}
_IMAGES = {1: 'Grey images', 3: 'RGB images'}

_Table = tuple[str, dict[str, Any]]


class _Builder(flatbuffers.Builder):
  """A builder that aligns vectors of bytes, as the generated code does not."""

  def StartVector(  # noqa: N802  # FlatBuffers' name.
    self, size: int, count: int, alignment: int
  ) -> int:
    """Starts a vector, aligned to 16 bytes if its elements are bytes."""
    if size == 1:
      alignment = _ALIGNMENT
    return super().StartVector(size, count, alignment)


def _add_value(builder: flatbuffers.Builder, value: Any) -> int:
  """Adds a value that is stored outside of its table; returns its offset."""
  if isinstance(value, str):
    return builder.CreateString(value)
  if isinstance(value, np.ndarray):
    return builder.CreateNumpyVector(value)
  if isinstance(value, tuple):
    return _add_table(builder, value)
  offsets = [_add_value(builder, item) for item in value]
  builder.StartVector(4, len(offsets), 4)
  for offset in reversed(offsets):
    builder.PrependUOffsetTRelative(offset)
  return builder.EndVector()


def _add_table(builder: flatbuffers.Builder, table: _Table) -> int:
  name, values = table
  scalars = (np.int8, np.uint32)
  stored = {
    field: value if isinstance(value, scalars) else _add_value(builder, value)
    for field, value in values.items()
  }
  builder.StartObject(len(_FIELDS[name]))
  for field, value in stored.items():
    slot = _FIELDS[name].index(field)
    if isinstance(value, np.int8):
      builder.PrependInt8Slot(slot, int(value), 0)
    elif isinstance(value, np.uint32):
      builder.PrependUint32Slot(slot, int(value), 0)
    else:
      builder.PrependUOffsetTRelativeSlot(slot, value, 0)
  return builder.EndObject()


def _floats(*values: float) -> np.ndarray:
  return np.array(values, np.float32)


def _input(conversion: model_specs.Handle) -> _Table:
  size = np.uint32(conversion.spec.size)
  channels = conversion.spec.family.channels
  image = {
    'color_space': _COLOR_SPACES[channels],
    'default_size': ('ImageSize', {'width': size, 'height': size}),
  }
  content = {
    'properties_type': _IMAGE,
    'properties': ('ImageProperties', image),
  }
  # (byte - mean) / std is the value that the tensor expects.
  normalization = {'mean': _floats(0), 'std': _floats(255)}
  unit = {
    'options_type': _NORMALIZATION,
    'options': ('NormalizationOptions', normalization),
  }
  return 'TensorMetadata', {
    'name': formats.INPUT,
    'description': (
      f'{_IMAGES[channels]} with values in [0, 1], or bytes in [0, 255].'
    ),
    'content': ('Content', content),
    'process_units': [('ProcessUnit', unit)],
    'stats': ('Stats', {'max': _floats(1), 'min': _floats(0)}),
  }


def _output(conversion: model_specs.Handle) -> _Table:
  is_classifier = conversion.task == versions.CLASSIFICATION
  content = {
    'properties_type': _FEATURES,
    'properties': ('FeatureProperties', {}),
  }
  tensor: dict[str, Any] = {
    'name': conversion.output,
    'description': (
      'Logits; their softmax is the probability of each class.'
      if is_classifier
      else 'Feature vectors.'
    ),
    'content': ('Content', content),
  }
  if labels.of(conversion):
    file = {
      'name': LABELS,
      'description': 'The classes, one a line, in the order of the logits.',
      'type': _AXIS_LABELS,
    }
    tensor['associated_files'] = [('AssociatedFile', file)]
  return 'TensorMetadata', tensor


def _metadata(conversion: model_specs.Handle) -> bytes:
  model = conversion.spec
  subgraph = {
    'inputs': [_input(conversion)],
    'outputs': [_output(conversion)],
  }
  metadata = {
    'name': str(conversion.origin),
    'description': (
      f'{model.family.title}, {model.width}'
      f'{model.size} x {model.size} pixels: {conversion.task}, '
      f'{conversion.kind.title}.'
    ),
    'version': str(conversion.number),
    'subgraphs': [('SubGraphMetadata', subgraph)],
    **({'license': model.license} if model.license else {}),
    'min_parser_version': _PARSER,
  }
  builder = flatbuffers.Builder()
  builder.Finish(_add_table(builder, ('ModelMetadata', metadata)), _IDENTIFIER)
  return bytes(builder.Output())


def _with_labels(model: bytes, names: str) -> bytes:
  """A model, followed by a zip that holds its labels."""
  file = io.BytesIO(model)
  with zipfile.ZipFile(file, mode='a') as appendix:
    info = zipfile.ZipInfo(LABELS, _LONG_AGO)
    appendix.writestr(info, names)
  return file.getvalue()


def pack(conversion: model_specs.Handle, model: schema.ModelT) -> bytes:
  """A LiteRT file: a model with all that a program must know to call it."""
  buffer = schema.BufferT()
  buffer.data = np.frombuffer(_metadata(conversion), np.uint8)
  entry = schema.MetadataT()
  entry.name, entry.buffer = _NAME, len(model.buffers)
  model.buffers.append(buffer)
  model.metadata = [*(model.metadata or []), entry]
  sizes = [len(b.data) for b in model.buffers if b.data is not None]
  builder = _Builder(sum(sizes))
  builder.Finish(model.Pack(builder), b'TFL3')
  packed = bytes(builder.Output())
  if not labels.of(conversion):
    return packed
  return _with_labels(packed, labels.file_text(conversion))


def read_litert_labels(path: pathlib.Path) -> tuple[str, ...]:
  """The names of the classes in a LiteRT file; none if it has no zip.

  Raises:
    OSError: The file cannot be read.
    KeyError, ValueError, zipfile.BadZipFile: The zip is not as it was written.
  """
  if not zipfile.is_zipfile(path):
    return ()
  with zipfile.ZipFile(path) as appendix, appendix.open(LABELS) as file:
    return labels.parse_file(file.read(labels.MOST_BYTES))


def is_litert_described(
  conversion: model_specs.Handle, path: pathlib.Path
) -> bool:
  """Whether a LiteRT file says of itself what it would be written with.

  Raises:
    OSError: The file cannot be read.
    IndexError, struct.error: It is no LiteRT file.
  """
  model = schema.Model.GetRootAs(path.read_bytes())
  entries = [model.Metadata(n) for n in range(model.MetadataLength())]
  found = [
    model.Buffers(entry.Buffer()).DataAsNumpy().tobytes()
    for entry in entries
    if entry.Name() == _NAME.encode()
  ]
  return found == [_metadata(conversion)]
