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


def _checksum(name: str) -> checksums.Checksum:
  digest = hashlib.sha256(name.encode()).hexdigest()
  return checksums.Checksum(f'https://example.org/{name}', 3, 'sha256', digest)


@pytest.mark.parametrize('algorithm', checksums.ALGORITHMS)
def test_an_archive_is_measured(tmp_path, algorithm):
  data = bytes(3_000_000)
  (tmp_path / 'a').write_bytes(data)
  found = checksums_lib.measure(tmp_path / 'a', 'http://x/a', algorithm)
  digest = hashlib.new(algorithm, data).hexdigest()
  assert found == checksums.Checksum('http://x/a', 3_000_000, algorithm, digest)


def test_no_file_is_no_checksum(tmp_path):
  assert not checksums_lib.read(tmp_path / 'none.tsv')


def test_what_is_added_is_read(tmp_path):
  path = tmp_path / checksums.FILE
  for name in 'ab':
    checksums_lib.add(path, _checksum(name))
  found = checksums_lib.read(path)
  assert set(found.values()) == {_checksum('a'), _checksum('b')}
  assert list(tmp_path.iterdir()) == [path]


def test_what_was_recorded_by_http_holds_for_https(tmp_path):
  path = tmp_path / checksums.FILE
  old = dataclasses.replace(_checksum('a'), url='http://example.org/a')
  path.write_text(checksums.render([old]))
  assert checksums_lib.known(tmp_path, _checksum('a').url) == _checksum('a')
  checksums_lib.add(path, _checksum('b'))
  assert 'http:' not in path.read_text()


@pytest.mark.parametrize('make', [os.mkfifo, os.mkdir])
def test_what_is_no_file_of_checksums_is_said(tmp_path, make):
  make(tmp_path / checksums.FILE)
  with pytest.raises(model_specs.SpecError, match='no file of checksums'):
    checksums_lib.known(tmp_path, _checksum('a').url)


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
