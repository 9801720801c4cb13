"""The pages of a repository, read as Hugging Face reads them."""

import dataclasses

import huggingface_hub
import pytest

from exporter import errors
from exporter.measure import accuracy
from exporter.measure import measurements
from exporter.publishing import readme
from exporter.storage import manifest
from tests import some_accuracy
from tests import some_exports
from tests import some_manifest
from tests import some_spec_file
from tests.publishing import some_uploads

_NAME = 'acme/some'
_TF1, _TF2 = some_exports.TF1, some_exports.TF2
_LITE, _ONNX = some_exports.LITE, some_exports.ONNX


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_uploads.make(tmp_path / 'exports')


def _pages(exports, *names):
  items = some_uploads.items(exports)
  return readme.pages(_NAME, [items[name] for name in names])


def _read(text: str) -> huggingface_hub.ModelCardData:
  data = huggingface_hub.ModelCard(text).data
  assert isinstance(data, huggingface_hub.ModelCardData)
  return data


def _data(exports, *names) -> huggingface_hub.ModelCardData:
  return _read(_pages(exports, *names)['README.md'])


def test_what_programs_read_of_a_repository(exports):
  card_data = _data(exports, _TF2, _TF1, _LITE, _ONNX).to_dict()
  assert card_data == {
    'license': 'apache-2.0',
    'library_name': 'tf-keras',
    'pipeline_tag': 'image-classification',
    'tags': [
      'tensorflow',
      'tf-slim',
      'mobilenet_v1',
      'tf2',
      'tf1',
      'litert',
      'onnx',
    ],
    'datasets': ['imagenet-1k'],
  }


@pytest.mark.parametrize(
  ('names', 'library'),
  [((_LITE, _ONNX), 'litert'), ((_ONNX,), None), ((_TF1,), None)],
)
def test_downloads_are_counted_by_what_is_there(exports, names, library):
  assert _data(exports, *names).library_name == library


def test_features_are_another_task(tmp_path):
  name = _TF2.replace('classification', 'feature_vector')
  some_uploads.add(tmp_path, name)
  assert _data(tmp_path, name).pipeline_tag == 'image-feature-extraction'


def test_untrained_weights_are_trained_on_nothing(exports):
  item = some_uploads.items(exports)[_TF2]
  synthetic = dataclasses.replace(
    item.manifest, weights=manifest.Weights('none', 'ab' * 32, 'synthetic')
  )
  pages = readme.pages(_NAME, [dataclasses.replace(item, manifest=synthetic)])
  text = pages['README.md']
  assert _read(text).datasets is None
  assert 'untrained' in (_read(text).tags or ())
  assert '**UNTRAINED WEIGHTS.**' in text


def _measure(exports):
  item = some_uploads.items(exports)[_TF2]
  measurements.write_measurements(
    exports,
    item.handle,
    item.manifest,
    measurements.Measurements(
      accuracy=accuracy.shorten(some_accuracy.make(), 3)
    ),
  )


def test_only_what_was_measured_of_these_files_is_a_result(exports):
  # The authors published 41.5 %.
  assert _data(exports, _TF2).eval_results is None
  _measure(exports)
  eval_results = _data(exports, _TF2, _LITE).eval_results
  assert eval_results
  top1, top5 = eval_results
  assert (top1.task_type, top1.metric_type) == (
    'image-classification',
    'accuracy',
  )
  assert top1.metric_value == pytest.approx(0.5)
  assert top1.metric_name == 'Top-1 accuracy, TF2 SavedModel'
  assert top5.metric_value == pytest.approx(0.9)
  assert top1.dataset_type == 'imagefolder'
  assert '10 pictures of 3 classes, SHA-256 c0ffee' in top1.dataset_name
  assert top1.verified is None


def test_figures_of_files_that_are_gone_are_no_result(exports):
  _measure(exports)
  kept = (exports / f'{_TF2}.measured.json').read_bytes()
  some_uploads.add(exports, _TF2, 'new')
  (exports / f'{_TF2}.measured.json').write_bytes(kept)
  assert _data(exports, _TF2).eval_results is None


def test_figures_that_are_none_are_an_error(exports):
  (exports / f'{_TF2}.measured.json').write_text('{}')
  with pytest.raises(errors.ManifestError, match='remove it'):
    _pages(exports, _TF2)


def test_every_page_that_is_linked_is_there_and_each_file_named(exports):
  pages = _pages(exports, _TF2, _TF1, _LITE, _ONNX)
  assert set(pages) == {
    'README.md',
    'tf1/README.md',
    'litert/float32.md',
    'onnx/model.md',
  }
  text = pages['README.md']
  for page in set(pages) - {'README.md'}:
    assert f'[card]({page})' in text
  for file in ('saved_model.pb', 'litert/float32.tflite', 'onnx/model.onnx'):
    assert f'`{file}`' in text


def test_a_download_takes_no_more_than_it_needs(exports):
  pages = _pages(exports, _TF2, _TF1, _LITE)
  assert (
    'path = huggingface_hub.snapshot_download(\n'
    "  'acme/some',\n"
    "  ignore_patterns=['tf1/*', 'litert/*'],\n"
    ')\n'
  ) in pages['README.md']
  assert "  allow_patterns='tf1/*',\n) + '/tf1'\n" in pages['tf1/README.md']
  alone = _pages(exports, _TF2)['README.md']
  assert "path = huggingface_hub.snapshot_download('acme/some')\n" in alone


def test_what_others_wrote_is_text(tmp_path):
  """An own model's manifest may say anything in any place."""
  model = some_spec_file.model(
    license="]: x\n'yes'".replace('\n', ' '),
    description='<script>alert(1)</script> [click](https://evil.example)',
    dataset_title='--- # &x *x',
  )
  (handle, *_) = model.handles((2,))
  manifest_ = some_manifest.make(handle)
  item = dataclasses.replace(
    some_uploads.items(some_uploads.make(tmp_path))[_TF2],
    handle=handle,
    manifest=manifest_,
  )
  text = readme.pages(_NAME, [item])['README.md']
  assert _read(text).license == 'other'
  assert _read(text).datasets is None
  assert '<script>' not in text
  assert '[click](' not in text
