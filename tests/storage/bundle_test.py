"""A bundle holds an artifact, and is the same bytes each time."""

import dataclasses
import os
import pathlib
import tarfile
import time

import pytest

from exporter import errors
from exporter.storage import bundle
from exporter.storage import manifest
from tests import some_exports


def _write(exports: pathlib.Path, manifest_: manifest.Manifest) -> bytes:
  target = exports / 'bundle'
  bundle.write_bundle(exports, manifest_, target)
  return target.read_bytes()


def test_it_holds_the_artifact_and_nothing_else(tmp_path):
  manifest_ = some_exports.add(tmp_path, some_exports.TF2, 'text')
  (tmp_path / some_exports.TF2 / 'notes').write_text('not of the manifest')
  _write(tmp_path, manifest_)
  with tarfile.open(tmp_path / 'bundle', 'r|gz') as tar:  # As a client does.
    members = {}
    for member in tar:
      assert member.isfile() or member.isdir()
      file = tar.extractfile(member)
      members[member.name] = file.read() if file else None
  files = {name: data for name, data in members.items() if data is not None}
  assert list(members) == ['variables', *manifest_.files]
  for name, data in files.items():
    assert data == (tmp_path / some_exports.TF2 / name).read_bytes()


def test_it_is_the_same_bytes_at_any_time_for_anybody(tmp_path, monkeypatch):
  manifest_ = some_exports.add(tmp_path / 'a', some_exports.TF2, 'text')
  again = some_exports.add(tmp_path / 'b', some_exports.TF2, 'text')
  for path in (tmp_path / 'b').rglob('*'):
    path.chmod(0o700)
    os.utime(path, (1, 1))
  expected = _write(tmp_path / 'a', manifest_)
  monkeypatch.setattr(time, 'time', lambda: 1e9)
  assert _write(tmp_path / 'b', again) == expected
  assert bundle.bundle_key(manifest_) == bundle.bundle_key(again)


def test_its_key_is_that_of_the_files_alone(tmp_path):
  manifest_ = some_exports.add(tmp_path, some_exports.TF2, 'text')
  changed = some_exports.add(tmp_path, some_exports.TF2, 'another')
  assert bundle.bundle_key(manifest_) != bundle.bundle_key(changed)
  proven_again = dataclasses.replace(manifest_, proof=())
  assert bundle.bundle_key(manifest_) == bundle.bundle_key(proven_again)


def test_what_changed_is_not_bundled(tmp_path):
  manifest_ = some_exports.add(tmp_path, some_exports.TF2, 'text')
  some_exports.add(tmp_path, some_exports.TF2, 'other')
  with pytest.raises(errors.ManifestError, match=r'saved_model\.pb'):
    _write(tmp_path, manifest_)


def test_a_converted_file_is_none(tmp_path):
  for name in (some_exports.TF1, some_exports.TF2):
    assert bundle.is_bundled(some_exports.add(tmp_path, name))
  assert not bundle.is_bundled(some_exports.add(tmp_path, some_exports.LITE))


def test_a_format_that_nobody_knows_is_named(tmp_path):
  manifest_ = some_exports.add(tmp_path, some_exports.LITE)
  with pytest.raises(errors.ManifestError, match="called 'later', expected"):
    bundle.is_bundled(dataclasses.replace(manifest_, format='later'))


def test_a_key_is_of_the_names_and_of_the_library(tmp_path, monkeypatch):
  described = some_exports.add(tmp_path, some_exports.TF2, 'text')
  renamed = {f'{name}x': file for name, file in described.files.items()}
  keys = {
    bundle.bundle_key(described),
    bundle.bundle_key(dataclasses.replace(described, files=renamed)),
  }
  monkeypatch.setattr('zlib.ZLIB_RUNTIME_VERSION', '0')
  keys.add(bundle.bundle_key(described))
  assert len(keys) == 3
