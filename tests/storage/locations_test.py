"""Folders are named by text, paths and URLs alike."""

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
