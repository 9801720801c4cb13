"""What was met once is remembered, also by many at a time."""

import dataclasses
import hashlib
import multiprocessing
import os
import pathlib

import pytest

from exporter.checkpoints.fetch import checksums as checksums_lib
import model_specs
from model_specs import checksums
from tests import another_user


def _checksum(name: str) -> checksums.Checksum:
  digest = hashlib.sha256(name.encode()).hexdigest()
  return checksums.Checksum(f'https://example.org/{name}', 3, 'sha256', digest)


@pytest.mark.parametrize('algorithm', checksums.ALGORITHMS)
def test_an_archive_is_measured(tmp_path, algorithm):
  data = bytes(3_000_000)
  (tmp_path / 'a').write_bytes(data)
  checksum = checksums_lib.measure(tmp_path / 'a', 'http://x/a', algorithm)
  digest = hashlib.new(algorithm, data).hexdigest()
  assert checksum == checksums.Checksum(
    'http://x/a', 3_000_000, algorithm, digest
  )


def test_no_file_is_no_checksum(tmp_path):
  assert not checksums_lib.read(tmp_path / 'none.tsv')


def test_what_is_added_is_read(tmp_path):
  path = tmp_path / checksums.FILE
  for name in 'ab':
    checksums_lib.add(path, _checksum(name))
  recorded = checksums_lib.read(path)
  assert set(recorded.values()) == {_checksum('a'), _checksum('b')}
  assert list(tmp_path.iterdir()) == [path]


def test_what_was_recorded_by_http_holds_for_https(tmp_path):
  path = tmp_path / checksums.FILE
  old = dataclasses.replace(_checksum('a'), url='http://example.org/a')
  path.write_text(checksums.render([old]))
  assert list(checksums_lib.read(path).values()) == [_checksum('a')]
  checksums_lib.add(path, _checksum('b'))
  assert 'http:' not in path.read_text()


@pytest.mark.parametrize('make', [os.mkfifo, os.mkdir])
def test_what_is_no_file_of_checksums_is_said(tmp_path, make):
  make(tmp_path / checksums.FILE)
  with pytest.raises(model_specs.SpecError, match='no file of checksums'):
    checksums_lib.read(tmp_path / checksums.FILE)


def test_a_torn_file_is_an_error_that_names_it(tmp_path):
  path = tmp_path / checksums.FILE
  path.write_text('nonsense')
  with pytest.raises(model_specs.SpecError, match=f'{path}, line 1'):
    checksums_lib.add(path, _checksum('a'))
  assert path.read_text() == 'nonsense'


def _add_many(path: pathlib.Path, prefix: str) -> None:
  for number in range(20):
    checksums_lib.add(path, _checksum(f'{prefix}{number}'))


def test_writers_do_not_undo_each_other(tmp_path):
  path = tmp_path / checksums.FILE
  context = multiprocessing.get_context('spawn')
  writers = [
    context.Process(target=_add_many, args=(path, prefix)) for prefix in 'abc'
  ]
  for writer in writers:
    writer.start()
  for writer in writers:
    writer.join()
  assert len(checksums_lib.read(path)) == 60


@pytest.fixture(name='own')
def _own(tmp_path, monkeypatch):
  """The user's own record, which is new."""
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'own'))
  return checksums_lib.own_file()


@pytest.fixture(name='archive')
def _archive(tmp_path):
  """An archive in a folder that others may write to."""
  path = tmp_path / 'shared/a.tgz'
  path.parent.mkdir()
  path.write_bytes(b'the first')
  return path


def test_what_lies_beside_archives_vouches_for_none(own, archive):
  url = _checksum('a').url
  beside = archive.with_name(checksums.FILE)
  checksums_lib.add(beside, checksums_lib.measure(archive, url))
  assert checksums_lib.known(url) is None
  archive.write_bytes(b'another')
  checksums_lib.add(own, checksums_lib.measure(archive, url))
  message = checksums_lib.difference(archive, archive.parent, url)
  assert f'{beside}, where the first' in message


def test_who_changes_archive_and_record_is_found_out(own, archive):
  url = _checksum('a').url
  checksums_lib.add(own, checksums_lib.measure(archive, url))
  assert not checksums_lib.difference(archive, archive.parent, url)
  archive.write_bytes(b'another')
  beside = archive.with_name(checksums.FILE)
  checksums_lib.add(beside, checksums_lib.measure(archive, url))
  message = checksums_lib.difference(archive, archive.parent, url)
  assert f'{own}, where the first' in message


@pytest.mark.parametrize('which', ['file', 'folder'])
def test_a_record_that_others_can_write_to_is_refused(own, which):
  checksums_lib.add(own, _checksum('a'))
  assert checksums_lib.known(_checksum('a').url) == _checksum('a')
  path = own if which == 'file' else own.parent
  path.chmod(path.stat().st_mode | 0o002)
  with pytest.raises(model_specs.SpecError, match='written to by others'):
    checksums_lib.known(_checksum('a').url)
  if which == 'folder':
    path.chmod(0o1777)  # As /tmp: nobody replaces the files of others there.
    assert checksums_lib.known(_checksum('a').url) == _checksum('a')


@another_user.AS_ROOT
def test_a_record_of_somebody_else_is_refused(own):
  checksums_lib.add(own, _checksum('a'))
  os.chown(own, 65534, 65534)
  with pytest.raises(model_specs.SpecError, match='written to by others'):
    checksums_lib.known(_checksum('a').url)


def test_a_user_without_a_home_has_no_record(monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', '~nobody-of-this-name/x')
  assert checksums_lib.known(_checksum('a').url) is None
