"""Paths are found as pathlib finds them, and no folder is passed over."""

import pathlib

import pytest

from exporter.storage import search
from tests import hidden


@pytest.fixture(name='root')
def _root(tmp_path) -> pathlib.Path:
  for name in ('a/b/file.json', 'a/c.d/file', 'z/b/other.json', 'z/file'):
    path = tmp_path / 'root' / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
  (tmp_path / 'root' / 'link').symlink_to('a')
  (tmp_path / 'root' / 'loop').symlink_to('loop')
  (tmp_path / 'root' / 'dead').symlink_to('nothing')
  return tmp_path / 'root'


@pytest.mark.parametrize(
  'pattern', ['*', '*/*', '*/*/*', '*/b/*.json', 'a/*.*/*', '*/file', 'none/*']
)
def test_what_is_found_is_what_pathlib_finds(root, pattern):
  found = search.Search(root)
  assert sorted(found.glob(pattern)) == sorted(root.glob(pattern))
  assert not found.closed


def test_what_cannot_be_listed_is_told_and_the_others_are_found(
  root, monkeypatch
):
  hidden.hide(monkeypatch, root / 'a' / 'b')
  found = search.Search(root)
  names = {path.relative_to(root).as_posix() for path in found.glob('*/*/*')}
  assert names == {
    *('a/c.d/file', 'link/b/file.json', 'link/c.d/file', 'z/b/other.json')
  }
  assert list(found.closed) == ['a/b']
  assert found.closed['a/b'].filename == str(root / 'a' / 'b')


def test_names_that_begin_with_a_dot_are_passed_over(root, monkeypatch):
  (root / '.slimhub-staging' / 'tmp').mkdir(parents=True)
  hidden.hide(monkeypatch, root / '.slimhub-staging')
  found = search.Search(root)
  assert not [path for path in found.glob('*/*') if '.slimhub' in str(path)]
  assert not found.closed


def test_a_folder_that_is_missing_holds_nothing(root):
  assert not list(search.Search(root / 'missing').glob('*'))
  assert not list(search.Search(root / 'z' / 'file').glob('*'))


def test_the_folder_itself_must_be_listed(root, monkeypatch):
  hidden.hide(monkeypatch, root)
  with pytest.raises(PermissionError, match=str(root)):
    list(search.Search(root).glob('*'))
