"""What is copied is what the manifest describes, or an error."""

import pathlib

import pytest

from exporter import errors
from exporter.storage import contents
from exporter.storage import manifest
from tests import some_exports


@pytest.fixture(name='made')
def _made(tmp_path) -> manifest.Manifest:
  return some_exports.add(tmp_path, some_exports.TF2, 'text')


@pytest.fixture(name='artifact')
def _artifact(tmp_path) -> pathlib.Path:
  return tmp_path / some_exports.TF2


def test_every_file_is_copied(made, artifact, tmp_path):
  for name in made.files:
    contents.copy_file(artifact, made, name, tmp_path / 'copy' / name)
  copied = tmp_path / 'copy'
  assert manifest.hash_files(copied) == made.files


def test_an_artifact_that_is_one_file(tmp_path):
  made = some_exports.add(tmp_path, some_exports.LITE)
  file = tmp_path / some_exports.LITE
  contents.copy_file(file, made, file.name, tmp_path / 'copy')
  assert (tmp_path / 'copy').read_bytes() == file.read_bytes()


@pytest.mark.parametrize('text', ['', 'other', 'as long as the one that it is'])
def test_a_file_that_was_changed(made, artifact, tmp_path, text):
  size = made.files['saved_model.pb'].bytes
  (artifact / 'saved_model.pb').write_text((text or 'x' * size)[:size])
  with pytest.raises(errors.ManifestError, match=f'expected {size} bytes'):
    contents.copy_file(artifact, made, 'saved_model.pb', tmp_path / 'copy')


def test_a_file_that_is_missing(made, artifact, tmp_path):
  (artifact / 'saved_model.pb').unlink()
  with pytest.raises(errors.ManifestError, match=r'saved_model\.pb is missing'):
    contents.copy_file(artifact, made, 'saved_model.pb', tmp_path / 'copy')


def test_a_link_out_of_the_artifact(made, artifact, tmp_path):
  outside = tmp_path / 'outside'
  (artifact / 'saved_model.pb').rename(outside)
  (artifact / 'saved_model.pb').symlink_to(outside)
  with pytest.raises(errors.ManifestError, match='lies outside'):
    contents.copy_file(artifact, made, 'saved_model.pb', tmp_path / 'copy')
