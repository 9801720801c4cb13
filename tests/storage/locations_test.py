"""Folders are named by text, paths and URLs alike."""

import contextlib
import pathlib

import pytest
import upath

from exporter import errors
from exporter.storage import locations


@pytest.mark.parametrize(
  'named',
  ['/a/b', pathlib.Path('/a/b'), 'file:///a/b', pathlib.PurePath('/a/b')],
)
def test_a_folder_of_this_machine(named):
  assert locations.to_folder(named) == pathlib.Path('/a/b')


def test_a_folder_of_a_storage():
  folder = locations.to_folder('memory://a/b')
  assert isinstance(folder, upath.UPath)
  assert locations.to_folder(folder) is folder


@pytest.mark.parametrize(
  ('target', 'is_apart'),
  [
    ('exports', False),
    ('exports/new', False),
    ('exports/google/new', False),
    ('.', False),
    ('link', False),
    ('link/new', False),
    ('exports/../exports', False),
    ('exports2', True),
    ('other/exports', True),
    ('exports/../other', True),
  ],
)
def test_what_is_written_elsewhere_is_apart(tmp_path, target, is_apart):
  (tmp_path / 'exports' / 'google').mkdir(parents=True)
  (tmp_path / 'link').symlink_to('exports')
  refused = pytest.raises(errors.ExportError, match='an empty or a new folder')
  with contextlib.nullcontext() if is_apart else refused:
    locations.check_apart(tmp_path / target, [tmp_path / 'exports'])


def test_a_storage_is_apart_from_this_machine():
  exports = locations.to_folder('memory://a/b')
  locations.check_apart(pathlib.Path('/a/b'), [exports])


def test_a_tilde_is_the_home_folder(monkeypatch):
  monkeypatch.setenv('HOME', '/home/me')
  assert locations.to_folder('~/out') == pathlib.Path('/home/me/out')
  assert locations.to_path('~/in') == pathlib.Path('/home/me/in')


def test_a_scheme_that_nobody_knows_is_one_error():
  with pytest.raises(
    errors.ExportError, match=r'nosuch://a.*expected a folder'
  ):
    locations.to_folder('nosuch://a')


@pytest.mark.parametrize('named', ['', 'a\0b', '~no-such-user/x'])
def test_what_is_no_path_is_one_error(named):
  for read in (locations.to_path, locations.to_folder):
    with pytest.raises(errors.ExportError, match=r'path|folder'):
      read(named)
