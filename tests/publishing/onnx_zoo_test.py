"""Folders for ONNX's own test runner, which is run on them."""

import dataclasses
import pathlib
import shutil
import subprocess
import sys
import unittest
from unittest import mock

import onnx
from onnx import numpy_helper
from onnx.backend.test import runner
from onnx.backend.test.case import test_case
from onnxruntime import backend
import pytest

from exporter import errors
from exporter import storage
from exporter.publishing import onnx_zoo
from exporter.publishing import upload as upload_lib
from tests import exports_made
from tests import source_tree
from tests.publishing import real_exports
from tests.publishing import some_uploads

_HANDLE = f'{real_exports.TF2}.onnx/model.onnx'
_NAME = f'google/{real_exports.NAME}/model'


def _failures(folder: pathlib.Path) -> list[str]:
  """What ONNX's test runner, with ONNX Runtime, finds wrong in a folder."""
  case = test_case.TestCase(
    name='test_model',
    model_name='model',
    url=None,
    model_dir=str(folder),
    model=None,
    data_sets=None,
    kind='real',
    rtol=1e-3,
    atol=1e-3,
  )

  def load(kind: str) -> list[test_case.TestCase]:
    return [case] if kind == case.kind else []

  # It would load thousands of its own cases.
  with mock.patch.object(runner, 'load_model_tests', load):
    suite = runner.Runner(backend, __name__).include('_cpu').test_suite
  result = unittest.TestResult()
  suite.run(result)
  assert result.testsRun - len(result.skipped) == 1
  return [text for _, text in (*result.failures, *result.errors)]


def _write(
  item: storage.Item, folder: pathlib.Path
) -> tuple[upload_lib.Upload, pathlib.Path]:
  (upload,) = onnx_zoo.models([item], '')
  return upload, real_exports.write(upload, folder)


@pytest.fixture(scope='module', name='item')
def _item() -> storage.Item:
  return some_uploads.items(exports_made.folder())[_HANDLE]


@pytest.fixture(name='copied')
def _copied(tmp_path) -> storage.Item:
  """The same export in a folder that a test may change."""
  exports = tmp_path / 'exports'
  shutil.copytree(exports_made.folder(), exports)
  return some_uploads.items(exports)[_HANDLE]


@pytest.fixture(scope='module', name='folder')
def _folder(item, tmp_path_factory) -> pathlib.Path:
  """The folder that the ONNX file becomes; nobody may change it."""
  return _write(item, tmp_path_factory.mktemp('zoo'))[1]


def test_the_runner_of_onnx_finds_nothing_wrong(folder):
  assert not _failures(folder)


def test_it_finds_answers_that_belong_to_another_picture(folder, tmp_path):
  shutil.copytree(folder, tmp_path / 'copy')
  first, second = (
    tmp_path / f'copy/test_data_set_{number}/output_0.pb' for number in (0, 1)
  )
  shutil.copy(second, first)
  assert 'Not equal to tolerance' in _failures(tmp_path / 'copy')[0]


def test_channels_are_where_the_file_has_them(copied, tmp_path):
  model = real_exports.NAME.partition('-')[0]
  subprocess.run(
    [
      *(sys.executable, '-m', 'exporter', 'export', '--synthetic_weights'),
      *(f'{model}/classification/5', '--formats=onnx', '--onnx_layout=nchw'),
      f'--output_dir={copied.root}',
    ],
    cwd=source_tree.ROOT,
    check=True,
    capture_output=True,
  )
  name = _HANDLE.replace('model.onnx', 'model_nchw.onnx')
  upload, folder = _write(
    some_uploads.items(copied.root)[name], tmp_path / 'zoo'
  )
  assert upload.name == f'{_NAME}_nchw'
  (folder / 'model_nchw.onnx').rename(folder / 'model.onnx')
  images = onnx.load_tensor(folder / 'test_data_set_1/input_0.pb')
  assert images.dims == [1, 3, 128, 128]
  assert not _failures(folder)


def test_the_page_loads_the_file_and_tells_of_the_data(folder):
  page = (folder / 'README.md').read_text()
  assert "path = 'model.onnx'" in page
  assert 'exports/google' not in page
  for path in folder.glob('test_data_set_*'):
    assert f'`{path.name}`' in page


def test_the_data_has_the_names_of_the_file(folder, item):
  assert {path.name for path in folder.iterdir()} == {
    *('README.md', 'model.onnx', 'test_data_set_0', 'test_data_set_1'),
    *('model.intoto.jsonl', 'model.cdx.json'),
  }
  model = onnx.load(folder / 'model.onnx')
  for number in (0, 1):
    data = folder / f'test_data_set_{number}'
    images, logits = (
      onnx.load_tensor(data / f'{name}_0.pb') for name in ('input', 'output')
    )
    assert images.name == model.graph.input[0].name
    assert logits.name == model.graph.output[0].name
    assert numpy_helper.to_array(images).min() >= 0
    assert 0.9 < numpy_helper.to_array(images).max() <= 1
  assert item.manifest.bytes == (folder / 'model.onnx').stat().st_size


def test_without_an_onnx_file_there_is_nothing_to_publish():
  items = some_uploads.items(exports_made.folder()).values()
  others = [item for item in items if item.handle.kind.group != 'onnx']
  assert len(others) == 3
  with pytest.raises(errors.PublishError, match='--formats=tf2,onnx'):
    list(onnx_zoo.models(others, ''))


def test_of_several_versions_the_newest_becomes_a_folder(item):
  (upload,) = onnx_zoo.models([item, item], 'acme')
  assert upload.name == f'acme/{real_exports.NAME}/model'
  assert 'without' in upload.note


def test_other_files_of_the_model_do_not_concern_it(item):
  (upload,) = onnx_zoo.models([item], '')
  assert upload.concerns(f'{real_exports.TF2}.onnx/model')
  assert upload.concerns(f'{real_exports.TF1}.onnx/model')
  assert not upload.concerns(f'{real_exports.TF2}.onnx/model_nchw')
  assert not upload.concerns(real_exports.TF2)
  assert not upload.concerns('google/imagenet/other/5.onnx/model')


def test_the_model_that_it_was_made_of_must_be_there(copied, tmp_path):
  shutil.rmtree(copied.root / real_exports.TF2)
  (copied.root / f'{real_exports.TF2}.json').unlink()
  with pytest.raises(errors.ManifestError, match='not beside it'):
    _write(copied, tmp_path / 'zoo')


def test_it_must_be_of_the_same_weights(copied, tmp_path):
  weights = dataclasses.replace(copied.manifest.weights, sha256='0' * 64)
  manifest = dataclasses.replace(copied.manifest, weights=weights)
  other_item = dataclasses.replace(copied, manifest=manifest)
  with pytest.raises(errors.ManifestError, match=r'0000, and .* export both'):
    _write(other_item, tmp_path / 'zoo')
