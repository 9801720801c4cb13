"""One model's pipeline: whole or not at all, and proven."""

import dataclasses
import pathlib
import shutil

import numpy as np
import pytest

from exporter import artifacts
from exporter import results as results_lib
from exporter.artifacts import variables
from exporter.checkpoints import copies
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.storage import contents
from exporter.storage import delivery
from exporter.storage import manifest
from exporter.storage import places
from model_specs import versions
from tests import checkpoints_made as checkpoints
from tests import file_tree
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((3, 5))
_CHECKPOINT = tiny_network.MODEL.checkpoint


def _order(folder: pathlib.Path, **changes) -> orders.Order:
  order = orders.Order(orders.EXPORT, _HANDLES, folder, weights='synthetic')
  return dataclasses.replace(order, **changes)


def _run(order: orders.Order) -> list[results_lib.Result]:
  with tiny_network.registered():
    return list(export.run(order))


def _statuses(results: list[results_lib.Result]) -> list[str]:
  return [result.status for result in results]


@pytest.fixture(scope='module', name='exported')
def _exported(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('exported')
  assert _statuses(_run(_order(folder))) == ['exported'] * 4
  return folder


def test_a_damaged_archive_is_unpacked_once_for_all_handles(
  tmp_path, monkeypatch
):
  (tmp_path / tiny_network.MODEL.archive_name).write_bytes(b'<html>')
  unpack, unpacked = copies.copied, []

  def counted(archive: pathlib.Path, *args):
    unpacked.append(archive)
    return unpack(archive, *args)

  monkeypatch.setattr(copies, 'copied', counted)
  order = _order(tmp_path / 'out', checkpoint_dir=tmp_path, weights='auto')
  results = _run(order)
  assert _statuses(results) == ['failed'] * 4
  (reason,) = {result.reason for result in results}
  assert 'cannot be unpacked' in reason
  assert len(unpacked) == 1


def test_artifact_manifest_and_card_are_delivered(exported):
  for handle in _HANDLES:
    place = places.place(exported, handle)
    export_manifest = manifest.parse_manifest(place.manifest.read_text(), 'it')
    assert export_manifest.handle == str(handle)
    assert not contents.differences(export_manifest, place.artifact)
    assert export_manifest.weights.kind == 'synthetic'
    assert all(c.difference <= c.tolerance for c in export_manifest.proof)
    assert place.card.read_text().startswith(f'# Module {handle}\n')


def test_nothing_else_is_left(exported):
  names = {
    path.name
    for path in (exported / 'google/imagenet/tiny_100_32').rglob('*.*')
  }
  assert {'3.json', '3.md', '5.json', '5.md'} <= names
  assert not any((exported / delivery.STAGING).iterdir())


def test_the_same_export_again_is_kept(exported):
  before = file_tree.read(exported)
  assert _statuses(_run(_order(exported))) == ['kept'] * 4
  assert file_tree.read(exported) == before


@pytest.mark.parametrize(
  ('claim', 'says'),
  [({'handle': 'a/b/c/d/1'}, 'a/b/c/d/1'), ({'format': 'other'}, 'other')],
)
def test_an_export_with_a_manifest_of_another_is_not_kept(
  exported, tmp_path, claim, says
):
  copy = shutil.copytree(exported, tmp_path / 'copy')
  place = places.place(copy, _HANDLES[0])
  original = manifest.parse_manifest(place.manifest.read_bytes(), 'it')
  place.manifest.write_text(dataclasses.replace(original, **claim).to_json())
  (result,) = _run(_order(copy, handles=_HANDLES[:1]))
  assert result.status == 'failed'
  assert says in result.reason
  assert '--force' in result.reason


def test_an_export_with_a_manifest_of_another_format_is_replaced(
  exported, tmp_path
):
  copy = shutil.copytree(exported, tmp_path / 'copy')
  place = places.place(copy, _HANDLES[0])
  original = manifest.parse_manifest(place.manifest.read_bytes(), 'it')
  (other,) = {versions.TF1, versions.TF2} - {original.format}
  place.manifest.write_text(
    dataclasses.replace(original, format=other).to_json()
  )
  (result,) = _run(_order(copy, handles=_HANDLES[:1]))
  assert result.status == 'exported'
  assert f'its manifest says it is {other}' in result.reason


def test_force_writes_the_same_bytes(exported):
  before = file_tree.read(exported)
  results = _run(_order(exported, force=True))
  assert _statuses(results) == ['exported'] * 4
  assert file_tree.read(exported) == before


def test_handles_in_any_order_give_the_same_bytes(exported, tmp_path):
  _run(_order(tmp_path, handles=tuple(reversed(_HANDLES))))
  assert file_tree.read(tmp_path) == file_tree.read(exported)


def test_the_checkpoints_weights_and_their_kind_are_recorded(tmp_path):
  checkpoints.write(
    tmp_path / 'checkpoints' / _CHECKPOINT, tiny_network.tensors()
  )
  order = _order(
    tmp_path / 'out',
    handles=_HANDLES[:1],
    checkpoint_dir=tmp_path / 'checkpoints',
    weights='auto',
  )
  assert _statuses(_run(order)) == ['exported']
  place = places.place(order.output_dir, _HANDLES[0])
  weights = manifest.parse_manifest(place.manifest.read_text(), 'it').weights
  assert weights.kind == 'raw'
  assert weights.checkpoint == _CHECKPOINT


def test_a_bad_checkpoint_fails_every_handle_and_leaves_nothing(tmp_path):
  tensors = tiny_network.tensors()
  tensors['Tiny/Conv2d_0/weights'][0, 0, 0, 0] = np.nan
  checkpoints.write(tmp_path / 'checkpoints' / _CHECKPOINT, tensors)
  out = tmp_path / 'out'
  results = _run(
    _order(out, checkpoint_dir=tmp_path / 'checkpoints', weights='auto')
  )
  assert _statuses(results) == ['failed'] * 4
  assert all('Tiny/Conv2d_0/weights' in r.reason for r in results)
  assert not out.exists()


def test_a_miss_fails_that_export_and_the_others_go_on(tmp_path, monkeypatch):
  write = artifacts.write_tf1

  def perturb(handle, graphs, tensors, folder):
    tensors = dict(tensors)
    name = 'Tiny/Conv2d_0/weights'
    tensors[name] = tensors[name] * np.float32(1.01)
    write(handle, graphs, tensors, folder)

  monkeypatch.setattr(artifacts, 'write_tf1', perturb)
  results = _run(_order(tmp_path))
  assert _statuses(results) == ['failed', 'exported'] * 2
  assert 'Tiny/Conv2d_0/weights' in results[0].reason
  for handle in _HANDLES:
    place = places.place(tmp_path, handle)
    delivered = handle.number == 5
    assert place.artifact.exists() == delivered
    assert place.manifest.exists() == delivered
    assert place.card.exists() == delivered


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
  def full(folder, tensors):
    del folder, tensors
    raise OSError(28, 'No space left on device')

  monkeypatch.setattr(variables, 'write_variables', full)
  results = _run(_order(tmp_path))
  assert _statuses(results) == ['failed'] * 4
  assert 'No space left on device' in results[0].reason
  assert not file_tree.read(tmp_path)


def test_a_replacement_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
  order = _order(tmp_path, handles=_HANDLES[:1])
  _run(order)
  before = file_tree.read(tmp_path)
  rename = pathlib.Path.rename

  def fail_on_delivery(path, target):
    if path.name == 'artifact':
      raise OSError(5, 'Input/output error')
    return rename(path, target)

  monkeypatch.setattr(pathlib.Path, 'rename', fail_on_delivery)
  (result,) = _run(dataclasses.replace(order, force=True))
  assert result.status == 'failed'
  assert 'Input/output error' in result.reason
  assert file_tree.read(tmp_path) == before


def test_a_run_killed_before_the_manifest_is_completed(exported, tmp_path):
  order = _order(tmp_path, handles=_HANDLES[:1])
  _run(order)
  place = places.place(tmp_path, _HANDLES[0])
  place.manifest.unlink()
  place.card.unlink()
  assert _statuses(_run(order)) == ['exported']
  theirs = places.place(exported, _HANDLES[0])
  assert place.manifest.read_bytes() == theirs.manifest.read_bytes()


def test_a_folder_of_somebody_else_is_not_overwritten(tmp_path):
  place = places.place(tmp_path, _HANDLES[0])
  place.artifact.mkdir(parents=True)
  (place.artifact / 'precious').write_text('data')
  order = _order(tmp_path, handles=_HANDLES[:1])
  (result,) = _run(order)
  assert result.status == 'failed'
  assert '--force' in result.reason
  assert (place.artifact / 'precious').read_text() == 'data'
  assert not place.manifest.exists()


def test_a_destination_that_cannot_be_written_is_one_error(tmp_path):
  (tmp_path / 'file').touch()
  results = _run(_order(tmp_path / 'file' / 'out'))
  assert _statuses(results) == ['failed'] * 4
  assert str(tmp_path / 'file') in results[0].reason
