"""Test vectors: the same bytes each time, and no stranger is believed."""

import io

import numpy as np
import pytest

from exporter import errors
from exporter import storage
from exporter.artifacts import vectors as vectors_lib
from exporter.checkpoints import synthetic
from model_specs import versions
from tests import artifacts_made as artifacts
from tests import some_exports
from tests import some_spec_file

_CLASSIFIER = artifacts.handle(f'{artifacts.TINY}/classification/5')
_FEATURES = artifacts.handle(f'{artifacts.TINY}/feature_vector/5')


def _vectors() -> vectors_lib.Vectors:
  model = _CLASSIFIER.spec
  source, _ = artifacts.sources(model)
  name = f'{artifacts.TINY}/classification/5'
  return vectors_lib.compute_vectors(source, model, artifacts.tensors(name))


def _write(folder, handle):
  (folder / 'assets.extra').mkdir(exist_ok=True)
  vectors_lib.write_vectors(_vectors(), handle, folder)
  return (folder / vectors_lib.VECTORS).read_bytes()


def test_they_are_pictures_and_what_the_network_answers(tmp_path):
  data = _write(tmp_path, _CLASSIFIER)
  with np.load(io.BytesIO(data)) as file:
    arrays = dict(file)
  assert arrays.keys() == {'pictures', 'logits', 'feature_vector'}
  pictures = arrays['pictures']
  assert (pictures.shape, pictures.dtype) == ((2, 32, 32, 3), np.uint8)
  np.testing.assert_array_equal(pictures, synthetic.synthetic_pictures(2, 32))
  source, _ = artifacts.sources(_CLASSIFIER.spec)
  source.load(artifacts.tensors(f'{artifacts.TINY}/classification/5'))
  expected = source.run(source.logits, pictures / np.float32(255))
  np.testing.assert_array_equal(arrays['logits'], expected)
  assert np.std(expected[0] - expected[1]) > 0.01  # The answers differ.


def test_features_come_without_a_classifier(tmp_path):
  vectors = vectors_lib.parse_vectors(_FEATURES, _write(tmp_path, _FEATURES))
  assert vectors.outputs.keys() == {'feature_vector'}
  expected = _vectors().of(versions.FEATURE_VECTOR)['feature_vector']
  np.testing.assert_array_equal(vectors.outputs['feature_vector'], expected)


def test_the_bytes_are_the_same_each_time_and_few(tmp_path):
  first = _write(tmp_path, _CLASSIFIER)
  assert first == _write(tmp_path, _CLASSIFIER)
  assert len(first) < 20_000


def test_those_of_the_largest_images_are_read_again(tmp_path):
  model = some_spec_file.model(size=4096, num_classes=3)
  handle, *_ = model.handles()
  pictures = np.random.default_rng(0).integers(
    0, 256, (2, 4096, 4096, 3), np.uint8
  )  # Nothing that could be packed.
  features = np.zeros([2, model.num_features], np.float32)
  logits = np.zeros([2, 3], np.float32)
  written = vectors_lib.Vectors(
    pictures, {'feature_vector': features, 'logits': logits}
  )
  (tmp_path / 'assets.extra').mkdir()
  vectors_lib.write_vectors(written, handle, tmp_path)
  data = (tmp_path / vectors_lib.VECTORS).read_bytes()
  assert len(data) < vectors_lib.most_vectors_bytes(handle)
  read = vectors_lib.parse_vectors(handle, data)
  np.testing.assert_array_equal(read.pictures, pictures)


def _packed(**arrays) -> bytes:
  file = io.BytesIO()
  np.savez_compressed(file, **arrays)
  return file.getvalue()


_PICTURES = np.zeros([2, 32, 32, 3], np.uint8)
_OUTPUTS = {
  'logits': np.zeros([2, 5], np.float32),
  'feature_vector': np.zeros([2, 8], np.float32),
}


@pytest.mark.parametrize(
  'data',
  [
    b'',
    b'no zip',
    _packed(pictures=_PICTURES, **_OUTPUTS)[:-30],
    _packed(pictures=_PICTURES),
    _packed(pictures=_PICTURES[:1], **_OUTPUTS),
    _packed(pictures=_PICTURES.astype(np.float32), **_OUTPUTS),
    _packed(pictures=_PICTURES, more=_PICTURES, **_OUTPUTS),
    _packed(pictures=np.array([print], object), **_OUTPUTS),
    _packed(pictures=np.zeros(2**24, np.uint8), **_OUTPUTS),
  ],
)
def test_another_file_is_refused(data):
  with pytest.raises(ValueError, match=r'^(no \.npz|arrays|\d+ bytes|Object)'):
    vectors_lib.parse_vectors(_CLASSIFIER, data)


def _delivered(exports, data: bytes | None) -> storage.Item:
  """An export with such a file, or none, in the place of the vectors."""
  if data is not None:
    path = exports / some_exports.TF2 / vectors_lib.VECTORS
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
  some_exports.add(exports, some_exports.TF2)
  (item,) = storage.items(exports).usable
  return item


def test_those_of_an_export_are_read(tmp_path):
  handle = some_exports.handle(some_exports.TF2)
  size = handle.spec.size
  written = vectors_lib.Vectors(
    synthetic.synthetic_pictures(2, size),
    {
      'feature_vector': np.ones((2, handle.spec.num_features), np.float32),
      'logits': np.ones((2, handle.num_outputs), np.float32),
    },
  )
  (tmp_path / 'assets.extra').mkdir()
  vectors_lib.write_vectors(written, handle, tmp_path)
  data = (tmp_path / vectors_lib.VECTORS).read_bytes()
  vectors = vectors_lib.read_vectors(_delivered(tmp_path / 'exports', data))
  np.testing.assert_array_equal(vectors.pictures, written.pictures)
  assert vectors.images.max() == 1
  assert vectors.outputs.keys() == written.outputs.keys()


@pytest.mark.parametrize(
  ('data', 'complaint'),
  [(None, 'has no assets'), (b'text', 'are no test vectors: no .npz')],
)
def test_an_export_without_them_says_how_to_get_them(tmp_path, data, complaint):
  with pytest.raises(errors.ManifestError, match=f'{complaint}.*--force'):
    vectors_lib.read_vectors(_delivered(tmp_path, data))
