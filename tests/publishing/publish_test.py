"""Uploads in a folder: what is there, what is kept, what is refused."""

import dataclasses
import errno
import shutil

import pytest

from exporter import errors
from exporter import results
from exporter import storage
from exporter.publishing import layouts
from exporter.publishing import publish
from exporter.storage import contents
from exporter.storage import places
from tests import file_tree
from tests import some_exports
from tests import some_manifest
from tests import some_spec_file
from tests.publishing import some_uploads

_TF2 = 'google/mobilenet-v1/tensorFlow2/025-128-classification'
_TF1 = _TF2.replace('Flow2', 'Flow1')


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_uploads.make(tmp_path / 'exports')


@pytest.fixture(name='folder')
def _folder(tmp_path):
  return tmp_path / 'uploads'


def _run(exports, folder, layout='kaggle', left_out=()):
  uploads = some_uploads.uploads(exports, layout).values()
  return list(publish.publish_uploads(uploads, left_out, folder, layout))


def _statuses(done) -> dict[str, str]:
  return {each.result.name: each.result.status for each in done}


def _states(folder):
  return {
    path: (path.stat().st_ino, path.stat().st_mtime_ns)
    for path in folder.rglob('*')
    if path.is_file()
  }


@pytest.mark.parametrize('layout', ['huggingface', 'kaggle', 'oci'])
def test_a_second_run_writes_nothing(exports, folder, layout):
  first = _run(exports, folder, layout)
  assert set(_statuses(first).values()) == {results.PUBLISHED}
  assert all(each.commands for each in first)
  before = _states(folder)
  again = _run(exports, folder, layout)
  assert set(_statuses(again).values()) == {results.KEPT}
  assert [each.commands for each in again] == [each.commands for each in first]
  assert _states(folder) == before


@pytest.mark.parametrize('layout', ['huggingface', 'kaggle', 'oci'])
def test_what_changed_is_replaced_whole(exports, folder, layout):
  _run(exports, folder, layout)
  some_uploads.add(exports, some_exports.TF2, 'new')
  done = _statuses(_run(exports, folder, layout))
  assert results.PUBLISHED in done.values()
  fresh = folder.with_name('fresh')
  _run(exports, fresh, layout)
  assert file_tree.read(folder) == file_tree.read(fresh)
  assert not (folder / '.slimhub-staging').exists()


def test_only_what_changed_is_replaced(exports, folder):
  _run(exports, folder)
  some_uploads.add(exports, some_exports.TF2, 'new')
  done = _statuses(_run(exports, folder))
  assert (done[_TF2], done[_TF1]) == (results.PUBLISHED, results.KEPT)


def test_what_fails_stays_as_it_was_and_stops_nobody(exports, folder):
  _run(exports, folder)
  before = file_tree.read(folder / _TF2)
  some_uploads.add(exports, some_exports.TF2, 'new')
  some_uploads.add(exports, some_exports.TF1, 'new')
  (exports / some_exports.TF2 / 'saved_model.pb').write_text('damaged')
  done = _run(exports, folder)
  statuses = _statuses(done)
  assert (statuses[_TF2], statuses[_TF1]) == (results.FAILED, results.PUBLISHED)
  assert all(e.commands for e in done if e.result.name != _TF2)
  assert not next(e.commands for e in done if e.result.name == _TF2)
  assert file_tree.read(folder / _TF2) == before


@pytest.mark.parametrize('layout', ['huggingface', 'kaggle', 'oci'])
def test_a_full_disk_leaves_what_was_there(
  exports, folder, layout, monkeypatch
):
  _run(exports, folder, layout)
  before = file_tree.read(folder)
  some_uploads.add(exports, some_exports.TF2, 'new')

  def full(*paths):
    del paths
    raise OSError(errno.ENOSPC, 'No space left on device')

  monkeypatch.setattr(storage, 'sync', full)
  done = _run(exports, folder, layout)
  failed = [e.result for e in done if e.result.status == results.FAILED]
  assert failed
  assert 'make room' in failed[0].reason
  assert file_tree.read(folder) == before


def test_a_run_that_was_killed_is_completed(exports, folder, monkeypatch):
  _run(exports, folder)
  some_uploads.add(exports, some_exports.TF2, 'new')

  class _Kill(BaseException):
    pass

  real = storage.swap

  def swap(staged, target):
    real(staged, target)
    raise _Kill

  monkeypatch.setattr(storage, 'swap', swap)
  with pytest.raises(_Kill):
    _run(exports, folder)
  monkeypatch.undo()
  # Meanwhile the export has changed once more.
  some_uploads.add(exports, some_exports.TF2, 'newest')
  assert _statuses(_run(exports, folder))[_TF2] == results.PUBLISHED


def test_files_that_an_upload_loses_are_named(exports, folder):
  first = _run(exports, folder, 'huggingface')
  assert 'no longer' not in first[0].result.reason
  items = some_uploads.items(exports)
  fewer = layouts.uploads([items[some_exports.TF2]], 'huggingface')
  (done,) = publish.publish_uploads(fewer, (), folder, 'huggingface')
  assert done.result.status == results.PUBLISHED
  assert 'no longer in it: litert/' in done.result.reason
  assert ' more' in done.result.reason
  (again,) = publish.publish_uploads(fewer, (), folder, 'huggingface')
  assert 'no longer' not in again.result.reason


def test_one_repository_is_of_one_training(exports, folder):
  items = some_uploads.items(exports)
  item = items[some_exports.TF1]
  weights = dataclasses.replace(item.manifest.weights, sha256='cd' * 32)
  items[some_exports.TF1] = dataclasses.replace(
    item, manifest=dataclasses.replace(item.manifest, weights=weights)
  )
  uploads = layouts.uploads(items.values(), 'huggingface')
  (done,) = publish.publish_uploads(uploads, (), folder, 'huggingface')
  assert done.result.status == results.FAILED
  assert 'weights of hash cdcd' in done.result.reason


@pytest.mark.parametrize('layout', ['huggingface', 'kaggle', 'oci'])
def test_untrained_weights_are_told(exports, layout):
  items = some_uploads.items(exports)
  item = items[some_exports.TF2]
  weights = dataclasses.replace(item.manifest.weights, kind='synthetic')
  untrained = dataclasses.replace(
    item, manifest=dataclasses.replace(item.manifest, weights=weights)
  )
  (said,) = layouts.uploads([untrained], layout)
  assert said.note.startswith('UNTRAINED weights')
  (silent,) = layouts.uploads([item], layout)
  assert not silent.note
  if layout == 'kaggle':
    (command,) = said.commands(exports)
    assert 'classification/5, UNTRAINED weights ' in command


def test_what_somebody_changed_is_not_replaced(exports, folder):
  _run(exports, folder)
  mine = folder / _TF2 / 'model-metadata.json'
  mine.write_text('mine')
  some_uploads.add(exports, some_exports.TF2, 'new')
  done = {e.result.name: e.result for e in _run(exports, folder)}
  assert done[_TF2].status == results.FAILED
  assert 'model-metadata.json was changed since' in done[_TF2].reason
  assert mine.read_text() == 'mine'
  shutil.rmtree(folder / _TF2)
  assert _statuses(_run(exports, folder))[_TF2] == results.PUBLISHED


def test_a_folder_of_others_is_left(exports, folder):
  folder.mkdir()
  (folder / 'thesis.tex').touch()
  before = _states(folder)
  with pytest.raises(errors.PublishError, match='did not publish'):
    _run(exports, folder)
  assert _states(folder) == before


def test_an_upload_without_one_of_its_exports_is_none(exports, folder):
  left_out = [
    storage.leave_out(f'{some_exports.TF2}.litert/int8', OSError('broken'))
  ]
  done = _run(exports, folder, 'huggingface', left_out)
  assert [e.result.status for e in done] == [results.FAILED, results.FAILED]
  assert 'would lack' in done[1].result.reason
  done = _run(exports, folder.with_name('kaggle'), 'kaggle', left_out)
  assert _statuses(done)[_TF2] == results.PUBLISHED


def test_two_uploads_of_one_name_are_none(exports, folder):
  uploads = [*some_uploads.uploads(exports).values()] * 2
  done = publish.publish_uploads(uploads, (), folder, 'kaggle')
  assert {e.result.status for e in done} == {results.FAILED}


def _add_own(exports, **changes):
  """An export of an own model, which only its manifest describes."""
  handle = some_spec_file.model(**changes).handles((2,))[0]
  place = places.place(exports, handle)
  place.artifact.mkdir(parents=True)
  (place.artifact / 'saved_model.pb').write_text('own')
  manifest = dataclasses.replace(
    some_manifest.make(handle, files=contents.hash_files(place.artifact)),
    model=storage.spec_table(handle),
  )
  place.manifest.write_text(manifest.to_json())
  return handle


@pytest.mark.parametrize(
  ('layout', 'name'),
  [
    ('huggingface', 'acme/flowers-small-feature_vector'),
    ('kaggle', 'acme/flowers-small/tensorFlow2/feature-vector'),
    ('oci', 'acme/flowers-small-feature_vector'),
  ],
)
def test_an_own_model_is_published_under_its_own_name(tmp_path, layout, name):
  handle = _add_own(tmp_path / 'exports', license='MIT', num_classes=None)
  done = _run(tmp_path / 'exports', tmp_path / 'uploads', layout)
  assert _statuses(done) == {name: results.PUBLISHED}
  text = b''.join(file_tree.read(tmp_path / 'uploads' / name).values()).decode()
  assert str(handle) in text
  assert 'imagenet-1k' not in text


def test_one_that_kaggle_does_not_take_stops_nobody(exports, folder):
  _add_own(exports)
  done = {e.result.name: e.result for e in _run(exports, folder)}
  refused = done.pop('acme/flowers-small/tensorFlow2/classification')
  assert refused.status == results.FAILED
  assert 'has no licence, expected one' in refused.reason
  assert {each.status for each in done.values()} == {results.PUBLISHED}


def test_one_publishes_at_a_time(exports, folder):
  with (
    storage.hold(folder),
    pytest.raises(errors.ExportError, match='another slimhub'),
  ):
    _run(exports, folder)
