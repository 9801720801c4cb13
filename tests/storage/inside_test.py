"""What lies in a folder is opened only where no link and no pipe is in between.

A link on the way to the folder itself is its owner's, and is followed.
"""

import os
import pathlib

import pytest

from exporter.storage import inside
from model_specs import outside
from tests import hidden


@pytest.fixture(name='root')
def _root(tmp_path) -> pathlib.Path:
  root = tmp_path / 'root'
  (root / 'a' / 'b').mkdir(parents=True)
  (root / 'a' / 'b' / 'file').write_text('text')
  (root / 'a' / 'other').write_text('other')
  (tmp_path / 'secret').write_text('secret')
  return root


def test_a_file_is_read_by_its_path(root, tmp_path):
  (tmp_path / 'way').symlink_to(root)
  assert inside.read_file(tmp_path / 'way', 'a/b/file', 4) == b'text'
  assert inside.is_there(root, 'a/b/file')
  assert inside.is_there(root, 'a/b')
  assert list(inside.walk(root)) == ['a/other', 'a/b/file']


@pytest.mark.parametrize(
  ('name', 'missing'),
  [('a/b/none', 'a/b/none'), ('none/file', 'none'), ('none', 'none')],
)
def test_what_is_missing_is_missing(root, name, missing):
  assert not inside.is_there(root, name)
  with pytest.raises(FileNotFoundError) as caught:
    inside.open_file(root, name)
  assert caught.value.filename == str(root / missing)


def test_a_folder_that_cannot_be_listed_is_not_empty(root, monkeypatch):
  hidden.hide(monkeypatch, root / 'a' / 'b')
  with pytest.raises(PermissionError, match=str(root / 'a' / 'b')):
    list(inside.walk(root))


def _replace(path: pathlib.Path, target: str) -> None:
  path.rename(path.with_name('moved'))
  path.symlink_to(target)


@pytest.mark.parametrize(
  ('at', 'target'),
  [
    ('a/b/file', '../../../secret'),
    ('a/b/file', '/dev/zero'),
    ('a/b/file', 'moved'),
    ('a/b/file', 'nowhere'),
    ('a/b', 'moved'),
    ('a', 'moved'),
  ],
)
def test_no_link_is_followed_wherever_it_leads(root, at, target):
  _replace(root / at, target)
  with pytest.raises(outside.NotUsableError, match='is a link'):
    inside.open_file(root, 'a/b/file')
  with pytest.raises(outside.NotUsableError, match='is a link'):
    inside.is_there(root, 'a/b/file')
  assert at in inside.walk(root)


@pytest.mark.parametrize(
  ('name', 'at'), [('a/other/b', 'a/other'), ('a/b/file/c/d', 'a/b/file')]
)
def test_what_lies_behind_a_file_is_told_so(root, name, at):
  expected = f'{name}: lies behind {root / at}, which is no folder'
  for ask in (inside.open_file, inside.is_there):
    with pytest.raises(outside.NotUsableError, match=expected):
      ask(root, name)


@pytest.mark.parametrize('make', [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_waited_for(root, make):
  make(root / 'odd')
  with pytest.raises(outside.NotUsableError, match='is no regular file'):
    inside.open_file(root, 'odd')


def test_no_more_is_read_than_is_allowed(root):
  with pytest.raises(outside.NotUsableError, match='more than 3 bytes'):
    inside.read_file(root, 'a/b/file', 3)


def test_nothing_stays_open_after_a_refusal(root):
  _replace(root / 'a' / 'b', 'moved')
  before = len(list(pathlib.Path('/proc/self/fd').iterdir()))
  for _ in range(5):
    with pytest.raises(outside.NotUsableError):
      inside.open_file(root, 'a/b/file')
  assert len(list(pathlib.Path('/proc/self/fd').iterdir())) == before
