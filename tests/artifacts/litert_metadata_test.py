"""What MediaPipe, and any reader of TFLite Metadata, learns from a file."""

import zipfile

import numpy as np
import pytest
from tensorflow.lite.python import schema_py_generated as schema

from exporter.checkpoints import synthetic
from model_specs import labels
from tests import conversions_made
from tests import phone

_WORDS = [w for w in conversions_made.WORDS if w.startswith('litert')]
_V1 = conversions_made.V1


@phone.needed
def test_the_schema_reads_all_that_was_written():
  metadata = phone.schema()
  data = conversions_made.file(_V1, 'litert.float32').read_bytes()
  model = schema.ModelT.InitFromPackedBuf(data, 0)
  (entry,) = (m for m in model.metadata if m.name == b'TFLITE_METADATA')
  packed = bytes(model.buffers[entry.buffer].data)
  assert packed[4:8] == b'M001'
  model_metadata = metadata.ModelMetadataT.InitFromPackedBuf(packed, 0)
  assert (
    model_metadata.name
    == b'google/imagenet/mobilenet_v1_025_128/classification/5'
  )
  assert b'LiteRT, float32' in model_metadata.description
  assert (model_metadata.version, model_metadata.license) == (
    b'5',
    b'Apache-2.0',
  )
  assert model_metadata.minParserVersion == b'1.0.0'
  (subgraph,) = model_metadata.subgraphMetadata
  (images,), (logits,) = (
    subgraph.inputTensorMetadata,
    subgraph.outputTensorMetadata,
  )
  assert (images.name, logits.name) == (b'inputs', b'logits')
  properties = images.content.contentProperties
  assert properties.colorSpace == metadata.ColorSpaceType.RGB
  assert (properties.defaultSize.width, properties.defaultSize.height) == (
    128,
    128,
  )
  (unit,) = images.processUnits
  assert unit.optionsType == metadata.ProcessUnitOptions.NormalizationOptions
  assert (unit.options.mean, unit.options.std) == ([0], [255])
  (file,) = logits.associatedFiles
  assert file.name == b'labels.txt'
  assert file.type == metadata.AssociatedFileType.TENSOR_AXIS_LABELS


@pytest.mark.parametrize('word', _WORDS)
def test_labels_are_in_the_zip_at_the_end(word):
  with zipfile.ZipFile(conversions_made.file(_V1, word)) as appendix:
    names = appendix.read('labels.txt').decode().splitlines()
  assert tuple(names) == labels.imagenet()


@pytest.mark.parametrize('word', _WORDS)
def test_nobody_labels_classes_that_are_not_imagenets(word):
  path = conversions_made.file(conversions_made.TINY, word)
  assert not zipfile.is_zipfile(path)


@pytest.mark.parametrize('word', _WORDS)
def test_weights_are_aligned_as_the_schema_asks(word):
  data = conversions_made.file(_V1, word).read_bytes()
  model = schema.Model.GetRootAsModel(data, 0)
  buffers = [model.Buffers(n) for n in range(model.BuffersLength())]
  tables = [b._tab for b in buffers if b.DataLength()]
  starts = [tab.Vector(tab.Offset(4)) for tab in tables]
  assert len(starts) > 20
  assert not [start for start in starts if start % 16]


@phone.needed
@pytest.mark.parametrize('word', _WORDS)
def test_mediapipe_classifies_a_picture_with_nothing_but_the_file(word):
  picture = synthetic.synthetic_pictures(1, 128)[0]
  best = phone.classify(conversions_made.file(_V1, word), picture)
  images = picture[np.newaxis] / np.float32(255)
  logits = conversions_made.run(_V1, word)(images)
  assert best.index == np.argmax(logits)
  assert best.category_name == labels.imagenet()[best.index]
  assert best.score == pytest.approx(float(np.max(logits)), abs=0.05)


@phone.needed
def test_mediapipe_embeds_a_picture():
  name = conversions_made.V2_FEATURES
  picture = synthetic.synthetic_pictures(1, 96)[0]
  embedding = phone.embed(
    conversions_made.file(name, 'litert.float32'), picture
  )
  expected = conversions_made.expected(name, picture[np.newaxis] / 255)
  np.testing.assert_allclose(embedding, expected[0], atol=1e-3)
