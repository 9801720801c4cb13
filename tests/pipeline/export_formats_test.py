"""Converted files are delivered, kept, replaced and verified as exports are."""

import dataclasses
import pathlib
import shutil

import numpy as np
from PIL import Image
import pytest

from exporter import artifacts
from exporter import environment
from exporter import results as results_lib
from exporter.checkpoints import synthetic
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.pipeline import verify
from exporter.storage import contents
from exporter.storage import delivery
from exporter.storage import places
from model_specs import formats
from model_specs import kinds
from tests import file_tree
from tests import object_storage
from tests import some_exports
from tests import some_manifest
from tests import tiny_network

_TASK = 'google/imagenet/tiny_100_32/classification'
_FILES = (
  '5.litert/float32.tflite',
  '5.litert/float16.tflite',
  '5.litert/dynamic.tflite',
  '5.litert/int8.tflite',
  '5.onnx/model.onnx',
)


def _handles(*words: str) -> tuple:
  handle = tiny_network.MODEL.handles((5,))[0]
  return tuple(formats.select([handle], words))


_ALL = _handles('tf2', 'litert', 'onnx')

_BESIDE = ('.intoto.jsonl', '.cdx.json')


@pytest.fixture(scope='module', name='pictures')
def _pictures(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('pictures')
  for number, picture in enumerate(synthetic.synthetic_pictures(16, 40)):
    Image.fromarray(picture).save(folder / f'{number:02}.png')
  return folder


def _order(folder: places.Folder, pictures, **changes) -> orders.Order:
  order = orders.Order(
    orders.EXPORT, _ALL, folder, pictures_dir=pictures, weights='synthetic'
  )
  return dataclasses.replace(order, **changes)


def _run(order: orders.Order) -> dict[str, results_lib.Result]:
  work = verify.run if order.action == orders.VERIFY else export.run
  with tiny_network.registered():
    results = list(work(order))
  return {r.name.removeprefix(f'{_TASK}/'): r for r in results}


def _statuses(results: dict[str, results_lib.Result]) -> dict[str, str]:
  return {name: result.status for name, result in results.items()}


def _verify(folder: places.Folder) -> dict[str, results_lib.Result]:
  return _run(orders.Order(orders.VERIFY, _ALL, folder))


@pytest.fixture(scope='module', name='whole')
def _whole(tmp_path_factory, pictures) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('whole')
  results = _run(_order(folder, pictures))
  assert _statuses(results) == dict.fromkeys(('5', *_FILES), 'exported')
  return folder


@pytest.fixture(name='exports')
def _exports(whole, tmp_path) -> pathlib.Path:
  return pathlib.Path(shutil.copytree(whole, tmp_path / 'exports'))


def test_each_file_has_its_manifest_and_its_card(whole):
  for conversion in _ALL[1:]:
    place = places.place(whole, conversion)
    manifest = some_manifest.read(place.manifest)
    assert manifest.handle == str(conversion)
    assert manifest.format == conversion.format
    assert manifest.files.keys() == {conversion.kind.file}
    assert not contents.differences(manifest, place.artifact)
    assert bool(manifest.pictures) == conversion.kind.needs_pictures
    packages = environment.packages(conversion.kind.group)
    assert set(packages) <= manifest.libraries.keys()
    assert place.card.read_text().startswith(f'# File {conversion}\n')


def test_nothing_comes_into_the_folder_of_the_saved_model(whole):
  names = {p.name for p in (whole / _TASK / '5').rglob('*') if p.is_file()}
  assert not [n for n in names if n.endswith(('.tflite', '.onnx', '.md'))]
  siblings = {p.name for p in (whole / _TASK).iterdir()}
  beside = {f'5{suffix}' for suffix in ('.json', '.md', *_BESIDE)}
  assert siblings == {'5', '5.litert', '5.onnx', *beside}


def test_the_same_again_is_kept(exports, pictures):
  before = file_tree.read(exports)
  results = _run(_order(exports, pictures))
  assert set(_statuses(results).values()) == {'kept'}
  assert file_tree.read(exports) == before


def test_force_writes_the_same_bytes(exports, pictures):
  before = file_tree.read(exports)
  results = _run(_order(exports, pictures, force=True))
  assert set(_statuses(results).values()) == {'exported'}
  assert file_tree.read(exports) == before


def test_a_file_that_changed_is_made_again_and_no_other(exports, pictures):
  before = file_tree.read(exports)
  (exports / _TASK / _FILES[1]).write_bytes(b'torn')
  results = _run(_order(exports, pictures))
  exported = [n for n, r in results.items() if r.status == results_lib.EXPORTED]
  assert exported == [_FILES[1]]
  assert 'float16.tflite' in results[_FILES[1]].reason
  assert file_tree.read(exports) == before


def test_other_pictures_make_int8_again_and_no_other(exports, tmp_path):
  others = tmp_path / 'others'
  others.mkdir()
  for number, picture in enumerate(synthetic.synthetic_pictures(16, 32)):
    upside_down = Image.fromarray(picture[::-1].copy())
    upside_down.save(others / f'{number:02}.png')
  results = _run(_order(exports, others))
  exported = {
    n: r for n, r in results.items() if r.status == results_lib.EXPORTED
  }
  assert list(exported) == ['5.litert/int8.tflite']
  assert 'pictures' in exported['5.litert/int8.tflite'].reason


def test_another_batch_makes_litert_again_and_is_verified(exports, pictures):
  manifest = some_manifest.read(exports / _TASK / '5.litert/float32.json')
  assert manifest.batch == '1'
  results = _run(_order(exports, pictures, litert_batch='dynamic'))
  changed = {n: r for n, r in results.items() if r.status != results_lib.KEPT}
  assert list(changed) == list(_FILES[:4])
  for result in changed.values():
    assert result.reason == 'replaced: its batch was 1, not dynamic'
  manifest = some_manifest.read(exports / _TASK / '5.litert/float32.json')
  assert manifest.batch == 'dynamic'
  assert set(_statuses(_verify(exports)).values()) == {'verified'}


@pytest.mark.parametrize(
  ('batch', 'says'),
  [('', 'as its batch is dynamic'), ('8', 'expected one of 1, dynamic')],
)
def test_a_batch_that_is_not_the_files_is_no_manifest(exports, batch, says):
  file = exports / _TASK / '5.litert/float32.json'
  manifest = some_manifest.read(file)
  file.write_text(dataclasses.replace(manifest, batch=batch).to_json())
  results = _verify(exports)
  (failed,) = (r for r in results.values() if r.status == results_lib.FAILED)
  assert failed.name.endswith('float32.tflite')
  assert says in failed.reason


def test_without_pictures_int8_is_refused_with_the_reason(tmp_path):
  results = _run(_order(tmp_path, None, handles=_handles('litert')))
  assert list(_statuses(results).values()) == [*['exported'] * 3, 'refused']
  assert '--representative_images=DIR' in results[_FILES[3]].reason
  assert not (tmp_path / _TASK / _FILES[3]).exists()


def test_pictures_that_are_missing_fail_int8_alone(tmp_path):
  results = _run(_order(tmp_path, tmp_path / 'none', handles=_ALL[3:]))
  assert list(_statuses(results).values()) == ['exported', 'failed', 'exported']
  assert 'holds no picture' in results[_FILES[3]].reason


@pytest.mark.parametrize('word', ['litert.float16', 'onnx.model'])
def test_a_miss_fails_that_format_alone(word, tmp_path, pictures, monkeypatch):
  convert = artifacts.convert

  def perturb(conversion, source, tensors, write):
    if conversion.kind.word == word:
      name = 'Tiny/Logits/Conv2d_1c_1x1/weights'
      tensors = {**tensors, name: tensors[name] * np.float32(1.2)}
    convert(conversion, source, tensors, write)

  monkeypatch.setattr(artifacts, 'convert', perturb)
  results = _run(_order(tmp_path, pictures))
  failed = {n: r for n, r in results.items() if r.status == results_lib.FAILED}
  (name,) = failed
  assert kinds.get(word).name in name
  assert 'does not do what its source does' in failed[name].reason
  place = tmp_path / _TASK / name
  for suffix in (place.suffix, '.json', '.md'):
    assert not place.with_suffix(suffix).exists()


def test_a_conversion_that_fails_leaves_the_others(
  tmp_path, pictures, monkeypatch
):
  def fail(*_):
    raise RuntimeError('this operation is unknown')

  monkeypatch.setattr(artifacts, 'write_litert', fail)
  statuses = _statuses(_run(_order(tmp_path, pictures)))
  failed = {name for name, status in statuses.items() if status == 'failed'}
  assert failed == set(_FILES[:4])
  assert not (tmp_path / _TASK / '5.litert').exists()
  assert not any((tmp_path / delivery.STAGING).iterdir())


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path):
  file = tmp_path / _TASK / _FILES[0]
  file.parent.mkdir(parents=True)
  file.write_text('precious')
  handles = _handles('litert.float32')
  (result,) = _run(_order(tmp_path, None, handles=handles)).values()
  assert result.status == results_lib.FAILED
  assert '--force' in result.reason
  assert file.read_text() == 'precious'


def test_whole_exports_are_verified(exports):
  assert _statuses(_verify(exports)) == dict.fromkeys(
    ('5', *_FILES), 'verified'
  )


def _failed(folder: pathlib.Path) -> dict[str, str]:
  results = _verify(folder)
  return {
    n: r.reason for n, r in results.items() if r.status == results_lib.FAILED
  }


def test_a_flipped_bit_is_found(exports):
  path = exports / _TASK / _FILES[4]
  data = bytearray(path.read_bytes())
  data[len(data) // 2] ^= 1
  path.write_bytes(data)
  failed = _failed(exports)
  assert list(failed) == [_FILES[4]]
  assert 'model.onnx' in failed[_FILES[4]]


def test_what_computes_something_else_is_found_whatever_is_claimed(exports):
  place = places.place(exports, _ALL[1])
  place.artifact.write_bytes((exports / _TASK / _FILES[1]).read_bytes())
  some_exports.rehash(exports, _ALL[1])
  failed = _failed(exports)
  assert list(failed) == [_FILES[0]]
  assert 'differs by' in failed[_FILES[0]]


def test_other_weights_than_those_of_the_saved_model_are_found(exports):
  place = places.place(exports, _ALL[1])
  manifest = some_manifest.read(place.manifest)
  weights = dataclasses.replace(manifest.weights, sha256='ab' * 32)
  changed = dataclasses.replace(manifest, weights=weights)
  place.manifest.write_text(changed.to_json())
  assert 'weights of hash abab' in _failed(exports)[_FILES[0]]


def test_without_the_saved_model_nothing_can_be_compared(exports):
  shutil.rmtree(exports / _TASK / '5')
  (exports / _TASK / '5.json').unlink()
  failed = _failed(exports)
  assert failed.keys() == {'5', *_FILES}
  assert '--formats=tf2' in failed[_FILES[0]]


def test_an_object_storage_holds_them_too(pictures):
  handles = _handles('tf2', 'litert.float32')
  with object_storage.serve() as bucket:
    order = _order(bucket / 'out', pictures, handles=handles)
    assert _statuses(_run(order)) == {'5': 'exported', _FILES[0]: 'exported'}
    assert _statuses(_run(order)) == {'5': 'kept', _FILES[0]: 'kept'}
    order = orders.Order(orders.VERIFY, handles, bucket / 'out')
    assert _statuses(_run(order)) == {'5': 'verified', _FILES[0]: 'verified'}
