"""What is copied is what the manifest describes, or an error."""

import dataclasses
import hashlib
import os
import pathlib

import pytest

from exporter import errors
from exporter.storage import contents
from exporter.storage import manifest
import model_specs
from tests import hidden
from tests import some_exports
from tests import some_manifest

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v2_035_96/classification/5'
)
_FILES = {'saved_model.pb': b'graph', 'variables/variables.index': b'index'}


def _write(folder, files):
  for name, data in files.items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _sha256(data):
  return hashlib.sha256(data).hexdigest()


@pytest.fixture(name='few')
def _few(tmp_path):
  """The manifest of the files in tmp_path."""
  _write(tmp_path, _FILES)
  return dataclasses.replace(
    some_manifest.make(_HANDLE), files=contents.hash_files(tmp_path)
  )


@pytest.fixture(name='manifest_')
def _manifest(tmp_path) -> manifest.Manifest:
  return some_exports.add(tmp_path, some_exports.TF2, 'text')


@pytest.fixture(name='artifact')
def _artifact(tmp_path) -> pathlib.Path:
  return tmp_path / some_exports.TF2


def test_every_file_is_copied(manifest_, artifact, tmp_path):
  for name in manifest_.files:
    contents.copy_file(tmp_path, manifest_, name, tmp_path / 'copy' / name)
  copied = tmp_path / 'copy'
  assert contents.hash_files(copied) == manifest_.files


def test_an_artifact_that_is_one_file(tmp_path):
  manifest_ = some_exports.add(tmp_path, some_exports.LITE)
  file = tmp_path / some_exports.LITE
  contents.copy_file(tmp_path, manifest_, file.name, tmp_path / 'copy')
  assert (tmp_path / 'copy').read_bytes() == file.read_bytes()


@pytest.mark.parametrize('text', ['', 'other', 'as long as the one that it is'])
def test_a_file_that_was_changed(manifest_, artifact, tmp_path, text):
  size = manifest_.files['saved_model.pb'].bytes
  (artifact / 'saved_model.pb').write_text((text or 'x' * size)[:size])
  with pytest.raises(errors.ManifestError, match=f'expected {size} bytes'):
    contents.copy_file(tmp_path, manifest_, 'saved_model.pb', tmp_path / 'copy')


def test_a_file_that_is_missing(manifest_, artifact, tmp_path):
  (artifact / 'saved_model.pb').unlink()
  with pytest.raises(errors.ManifestError, match=r'saved_model\.pb is missing'):
    contents.copy_file(tmp_path, manifest_, 'saved_model.pb', tmp_path / 'copy')


def test_a_link_out_of_the_artifact(manifest_, artifact, tmp_path):
  outside = tmp_path / 'outside'
  (artifact / 'saved_model.pb').rename(outside)
  (artifact / 'saved_model.pb').symlink_to(outside)
  with pytest.raises(
    errors.ManifestError, match='is a link, or lies behind one'
  ):
    contents.copy_file(tmp_path, manifest_, 'saved_model.pb', tmp_path / 'copy')


def test_hashes_every_file_in_order(tmp_path):
  _write(tmp_path, {'z': b'', **_FILES})
  (tmp_path / 'assets').mkdir()
  files = contents.hash_files(tmp_path)
  assert list(files.items()) == [
    ('saved_model.pb', manifest.File(5, _sha256(b'graph'))),
    ('variables/variables.index', manifest.File(5, _sha256(b'index'))),
    ('z', manifest.File(0, _sha256(b''))),
  ]


def test_an_untouched_artifact_does_not_differ(tmp_path, few):
  assert contents.differences(few, tmp_path) == []


def test_a_changed_file_differs_be_it_as_long(tmp_path, few):
  _write(tmp_path, {'saved_model.pb': b'grapf'})
  assert contents.differences(few, tmp_path) == [
    f'saved_model.pb: 5 bytes, sha256 {_sha256(b"grapf")}; '
    f'expected 5 bytes, sha256 {_sha256(b"graph")}'
  ]


def test_a_missing_file_differs(tmp_path, few):
  (tmp_path / 'saved_model.pb').unlink()
  assert contents.differences(few, tmp_path) == ['saved_model.pb: missing']


def test_an_added_file_differs(tmp_path, few):
  _write(tmp_path, {'variables/more': b''})
  assert contents.differences(few, tmp_path) == [
    'variables/more: not in the manifest'
  ]


def test_all_differences_are_told_at_once(tmp_path, few):
  _write(tmp_path, {'a': b'', 'saved_model.pb': b''})
  (tmp_path / 'variables/variables.index').unlink()
  lines = contents.differences(few, tmp_path)
  assert [line.partition(':')[0] for line in lines] == [
    'a',
    'saved_model.pb',
    'variables/variables.index',
  ]


def test_what_cannot_be_listed_is_not_missing(tmp_path, few, monkeypatch):
  hidden.hide(monkeypatch, tmp_path / 'variables')
  with pytest.raises(PermissionError, match=str(tmp_path / 'variables')):
    contents.differences(few, tmp_path)


def test_a_missing_artifact_differs_in_every_file(tmp_path, few):
  lines = contents.differences(few, tmp_path / 'nowhere')
  assert lines == [f'{name}: missing' for name in _FILES]


def _link_folder(artifact: pathlib.Path) -> str:
  (artifact / 'variables').rename(artifact.with_name('elsewhere'))
  (artifact / 'variables').symlink_to(artifact.with_name('elsewhere'))
  return 'variables: is a link, or lies behind one'


def _dangle(artifact: pathlib.Path) -> str:
  (artifact / 'more').symlink_to('nowhere')
  return 'more: is a link, or lies behind one'


def _link_file(artifact: pathlib.Path) -> str:
  (artifact / 'saved_model.pb').rename(artifact.with_name('elsewhere'))
  (artifact / 'saved_model.pb').symlink_to(artifact.with_name('elsewhere'))
  return 'saved_model.pb: is a link, or lies behind one'


def _link_all(artifact: pathlib.Path) -> str:
  artifact.rename(artifact.with_name('elsewhere'))
  artifact.symlink_to('elsewhere')
  return f'{artifact.name}: is a link, or lies behind one'


def _pipe(artifact: pathlib.Path) -> str:
  os.mkfifo(artifact / 'more')
  return 'more: is no regular file'


@pytest.mark.parametrize(
  'spoil', [_link_folder, _dangle, _link_file, _link_all, _pipe]
)
def test_what_is_no_file_differs_and_is_never_read(manifest_, artifact, spoil):
  expected = spoil(artifact)
  lines = contents.differences(manifest_, artifact)
  assert any(line.startswith(expected) for line in lines), lines
  with pytest.raises(errors.ManifestError, match=expected.split(': ')[1]):
    contents.hash_files(artifact)


def test_a_folder_above_that_became_a_link_is_not_entered(manifest_, tmp_path):
  folder = tmp_path / 'google' / 'imagenet'
  folder.rename(tmp_path / 'elsewhere')
  folder.symlink_to(tmp_path / 'elsewhere')
  with pytest.raises(errors.ManifestError, match='lies behind one'):
    contents.copy_file(tmp_path, manifest_, 'saved_model.pb', tmp_path / 'copy')
