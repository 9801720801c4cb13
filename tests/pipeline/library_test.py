"""The pipeline as a notebook calls it: one process, typed results, errors."""

from collections.abc import Iterator
import os
import pathlib

from PIL import Image
import pytest
import tensorflow as tf

from exporter import errors
from exporter import pipeline
from exporter import results as results_lib
from exporter.measure import photographs
import model_specs
from tests import checkpoints_made
from tests import file_tree
from tests import some_manifest
from tests import tiny_network

_MODEL = tiny_network.MODEL
_CLASSIFIER, _FEATURES = _MODEL.handles((5,))
_REGISTRY = model_specs.PUBLISHED.joined([_MODEL])


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
  with tiny_network.registered():
    yield


@pytest.fixture(name='checkpoint_dir')
def _checkpoint_dir(tmp_path) -> pathlib.Path:
  folder = tmp_path / 'checkpoints'
  checkpoints_made.write(folder / _MODEL.checkpoint, tiny_network.tensors())
  return folder


@pytest.mark.parametrize('kind', [str, pathlib.Path, 'file://{}'.format])
def test_an_export_is_one_call_however_a_folder_is_named(
  kind, tmp_path, checkpoint_dir
):
  reported: list[results_lib.Result] = []
  (result,) = pipeline.export_models(
    _CLASSIFIER,
    output_dir=kind(tmp_path / 'out'),
    checkpoint_dir=str(checkpoint_dir),
    on_result=reported.append,
  )
  assert (result.name, result.status) == (str(_CLASSIFIER), 'exported')
  assert reported == [result]
  manifest = some_manifest.read(tmp_path / 'out' / f'{_CLASSIFIER}.json')
  assert manifest.weights.kind == 'raw'
  assert (tmp_path / 'out' / f'{_CLASSIFIER}.md').exists()


def test_what_was_exported_is_kept_verified_and_listed(tmp_path):
  out = tmp_path / 'out'

  def export() -> list[str]:
    results = pipeline.export_models(
      [_CLASSIFIER, _FEATURES], output_dir=out, weights='synthetic'
    )
    return [result.status for result in results]

  assert export() == ['exported'] * 2
  assert export() == ['kept'] * 2
  before = file_tree.read(out)
  results = pipeline.verify_exports(str(out), registry=_REGISTRY)
  assert [result.status for result in results] == ['verified'] * 2
  (result,) = pipeline.verify_exports(
    out, patterns=['tiny_100_32/feature_vector'], registry=_REGISTRY
  )
  assert result.name == str(_FEATURES)
  assert file_tree.read(out) == before


def test_a_client_is_a_program_by_its_path_or_its_name(tmp_path, monkeypatch):
  pipeline.export_models(_FEATURES, output_dir=tmp_path, weights='synthetic')
  monkeypatch.setenv('PATH', '/bin')
  for client in ('false', '/bin/false'):
    (result,) = pipeline.verify_exports(
      tmp_path, registry=_REGISTRY, client=client, keep_going=True
    )
    assert 'called by /bin/false: exit code 1' in result.reason
  with pytest.raises(errors.OrderError, match="client is 'no-python', which"):
    pipeline.verify_exports(tmp_path, registry=_REGISTRY, client='no-python')


def test_tensorflow_stays_as_the_caller_has_set_it_up(tmp_path):
  before = (
    tf.config.optimizer.get_experimental_options(),
    tf.config.threading.get_intra_op_parallelism_threads(),
    tf.executing_eagerly(),
    os.environ.get('TF_ENABLE_ONEDNN_OPTS'),
  )
  pipeline.export_models(_FEATURES, output_dir=tmp_path, weights='synthetic')
  assert before == (
    tf.config.optimizer.get_experimental_options(),
    tf.config.threading.get_intra_op_parallelism_threads(),
    tf.executing_eagerly(),
    os.environ.get('TF_ENABLE_ONEDNN_OPTS'),
  )


def test_a_failure_is_raised_as_what_it_is(tmp_path):
  with pytest.raises(errors.CheckpointError, match='nowhere does not exist'):
    pipeline.export_models(
      'mobilenet_v1_025_128',
      output_dir=tmp_path / 'out',
      checkpoint_dir=tmp_path / 'nowhere',
    )
  assert not (tmp_path / 'out').exists()


def test_a_batch_goes_on_if_it_is_told_so(tmp_path):
  results = pipeline.export_models(
    'mobilenet_v1_025_128',
    output_dir=tmp_path / 'out',
    checkpoint_dir=tmp_path / 'nowhere',
    keep_going=True,
  )
  assert [result.status for result in results] == ['failed'] * 4
  with pytest.raises(errors.CheckpointError, match='nowhere does not exist'):
    results[0].raise_if_failed()


def test_a_failed_proof_is_raised_and_frees_the_folder(tmp_path):
  pipeline.export_models(_FEATURES, output_dir=tmp_path, weights='synthetic')
  file = tmp_path / str(_FEATURES) / 'saved_model.pb'
  file.write_bytes(file.read_bytes() + b'more')
  with pytest.raises(errors.ManifestError, match=r'saved_model\.pb'):
    pipeline.verify_exports(tmp_path, registry=_REGISTRY)
  (result,) = pipeline.export_models(
    _FEATURES, output_dir=tmp_path, weights='synthetic'
  )
  assert 'its files changed' in result.reason


def test_without_weights_nothing_is_made(tmp_path, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  with pytest.raises(errors.CheckpointError, match='slimhub fetch'):
    pipeline.export_models('mobilenet_v1_025_128', output_dir=tmp_path / 'out')
  assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
  ('options', 'says'),
  [
    ({'formats': ['tf3']}, 'unknown format'),
    ({'formats': ['litert.int8']}, 'without representative_images'),
    ({'models': 'mobilenet_v1_025_128/*/3', 'formats': ['onnx']}, 'none of 2'),
    (
      {'models': 'mobilenet_v1_025_128/*/3', 'formats': ['tf1', 'onnx']},
      'none of 2 handles has --formats=onnx: ',
    ),
    ({'weights': 'synthetic', 'checkpoint_dir': 'c'}, 'expected one of the'),
    ({'litert_batch': 8}, "litert_batch=8, expected one of '1', 'dynamic'"),
    ({'weights': 'Raw'}, "weights='Raw', expected one of 'auto', 'ema', 'raw'"),
    ({'weights': None}, 'weights=None, expected one of'),
    ({'prove': 'Fresh'}, "prove='Fresh', expected one of 'known', 'fresh'"),
    ({'engine': 'ray'}, "engine='ray', expected None for this process or an"),
  ],
)
def test_an_order_that_cannot_be_is_an_error_before_anything_runs(
  options, says, tmp_path
):
  models = options.pop('models', 'mobilenet_v1_025_128')
  with pytest.raises(errors.OrderError, match=says):
    pipeline.export_models(models, output_dir=tmp_path / 'out', **options)
  assert not (tmp_path / 'out').exists()


def test_integers_of_photographs_that_a_package_brings(tmp_path, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  monkeypatch.setattr(photographs, '_SQUARES', 32)
  (result,) = pipeline.export_models(
    'mobilenet_v1_025_128/feature_vector/5',
    output_dir=tmp_path / 'out',
    weights='synthetic',
    formats=['litert.int8'],
    representative_images='photographs',
  )
  assert result.status == 'exported'


def test_an_unknown_name_lists_close_ones(tmp_path):
  with pytest.raises(model_specs.UnknownNameError, match='did you mean'):
    pipeline.export_models('mobilnet_v1_025_128', output_dir=tmp_path)


def test_worker_processes_by_choice(tmp_path):
  (result,) = pipeline.export_models(
    'mobilenet_v1_025_128/feature_vector/5',
    output_dir=tmp_path,
    weights='synthetic',
    engine=pipeline.Processes(1),
  )
  assert result.status == 'exported'


def test_an_export_that_cannot_be_read_is_not_passed_over(tmp_path):
  out = tmp_path / 'out'
  pipeline.export_models(
    [_CLASSIFIER, _FEATURES], output_dir=out, weights='synthetic'
  )
  (out / f'{_FEATURES}.json').write_text('{')
  with pytest.raises(errors.ManifestError, match=r'\.json'):
    pipeline.verify_exports(out, registry=_REGISTRY)
  results = pipeline.verify_exports(out, registry=_REGISTRY, keep_going=True)
  assert sorted(r.status for r in results) == ['failed', 'verified']
  (tmp_path / 'pictures/0').mkdir(parents=True)
  Image.new('RGB', (32, 32)).save(tmp_path / 'pictures/0/a.png')
  with pytest.raises(errors.ManifestError, match=r'\.json'):
    pipeline.evaluate_exports(
      out, images=tmp_path / 'pictures', registry=_REGISTRY
    )
