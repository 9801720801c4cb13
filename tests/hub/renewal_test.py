"""Files are read anew when they change, and what is broken changes nothing."""

import logging
import pathlib

import pytest

from exporter import errors
from exporter.hub import renewal


@pytest.fixture(name='path')
def _path(tmp_path) -> pathlib.Path:
  path = tmp_path / 'file'
  path.write_text('first')
  return path


@pytest.fixture(name='read')
def _read(path) -> list[str]:
  return []


@pytest.fixture(name='files')
def _files(path, read) -> renewal.Files:
  def take() -> None:
    text = path.read_text() if path.exists() else ''
    if text in ('', 'broken'):
      raise errors.HubError(f'{path} is {text}')
    read.append(text)

  return renewal.Files((path,), take)


def test_a_file_is_read_at_the_start_and_when_it_changes(files, path, read):
  files.renew()
  assert read == ['first']
  path.write_text('second')
  for _ in range(2):
    files.renew()
  assert read == ['first', 'second']


def test_a_file_that_is_replaced_is_another(files, path, read):
  new = path.with_name('new')
  new.write_text('other')  # Of the same size.
  new.replace(path)
  files.renew()
  assert read == ['first', 'other']


def test_what_is_broken_is_told_once_and_changes_nothing(
  files, path, read, caplog
):
  with caplog.at_level(logging.INFO, 'uvicorn.error'):
    path.write_text('broken')
    for _ in range(2):
      files.renew()
    path.unlink()
    files.renew()
  assert read == ['first']
  broken, gone = [record.getMessage() for record in caplog.records]
  assert broken.startswith(f'{path} is broken; until that is mended, what was')
  assert gone.startswith(f'{path} is ; ')
  path.write_text('mended')
  files.renew()
  assert read == ['first', 'mended']


def test_what_is_broken_at_the_start_is_an_error(path):
  def fail() -> None:
    raise errors.HubError('broken')

  with pytest.raises(errors.HubError, match='broken'):
    renewal.Files((path,), fail)
