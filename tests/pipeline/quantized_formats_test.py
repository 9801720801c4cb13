"""Formats that have no place for trained ranges are refused, by name."""

import pytest

from exporter import errors
from exporter import pipeline
from exporter import results
from exporter import storage
from model_specs import versions
from tests import quantized_exports


def _export(folder, *formats):
  quantized_exports.write_checkpoint(folder)
  model = quantized_exports.read_model(folder)
  return pipeline.export_models(
    model.handles((5,))[:1],
    output_dir=folder / 'exports',
    formats=formats,
    keep_going=True,
  )


@pytest.mark.parametrize(
  'word', ['litert.float16', 'litert.float32', 'tfjs.uint8']
)
def test_a_format_without_ranges_is_an_error(tmp_path, word):
  with pytest.raises(errors.OrderError, match=r'--formats=litert\.int8'):
    _export(tmp_path, word)
  assert not list((tmp_path / 'exports').rglob('*.*'))


def test_a_group_is_what_fits_of_it(tmp_path):
  by_name = {r.name.rpartition('/')[2]: r for r in _export(tmp_path, 'litert')}
  assert by_name['int8.tflite'].status == results.EXPORTED
  for name in ('float32', 'float16', 'dynamic'):
    refused = by_name[f'{name}.tflite']
    assert refused.status == results.REFUSED
    assert 'was trained for 8 bits' in refused.reason


@pytest.mark.parametrize('word', ['litert.int8', 'onnx.model'])
def test_its_proof_compares_the_ranges(word):
  conversion = quantized_exports.conversion(versions.CLASSIFICATION, word)
  manifest = storage.read_manifest(
    quantized_exports.folder() / 'exports', conversion.stem
  )
  assert manifest
  (check,) = (each for each in manifest.proof if each.name == 'ranges')
  assert check.compared == 2 * 56


def test_exports_are_verified_from_their_files_alone():
  outcomes = pipeline.verify_exports(quantized_exports.folder() / 'exports')
  assert len(outcomes) == 8
  assert {result.status for result in outcomes} == {results.VERIFIED}
