"""A tree holds what was put or kept, each file whole."""

import os

import pytest

from exporter import tree as tree_lib
from tests import file_tree


@pytest.fixture(name='tree')
def _tree(tmp_path):
  (tmp_path / 'stage').mkdir()
  return tree_lib.Tree(tmp_path / 'tree', tmp_path / 'stage')


def test_what_is_put_is_there(tree, tmp_path):
  tree.put('a/b', lambda path: path.write_text('text'))
  tree.put_data('c', b'data')
  tree.link('a/d', 'c')
  found = file_tree.read(tmp_path / 'tree')
  assert found == {'a/b': b'text', 'c': b'data', 'a/d': b'data'}
  assert (tmp_path / 'tree/a/d').samefile(tmp_path / 'tree/c')


def test_what_fails_changes_nothing(tree, tmp_path):
  tree.put_data('a', b'old')

  def fail(path):
    path.write_text('half')
    raise OSError('no room')

  with pytest.raises(OSError, match='no room'):
    tree.put('a', fail)
  assert file_tree.read(tmp_path / 'tree') == {'a': b'old'}


def test_what_is_the_same_is_not_written(tree, tmp_path):
  tree.put_data('a', b'data')
  tree.link('b', 'a')
  os.utime(tmp_path / 'tree/a', (1, 1))
  tree.put_data('a', b'data')
  tree.link('b', 'a')
  assert (tmp_path / 'tree/b').stat().st_mtime == 1
  assert tree.is_just('a', b'data')
  assert not tree.is_just('a', b'other')
  assert not tree.has('c')


def test_a_link_follows_what_replaced_its_file(tree, tmp_path):
  tree.put_data('a', b'old')
  tree.link('b', 'a')
  tree.put_data('a', b'new')
  assert (tmp_path / 'tree/b').read_bytes() == b'old'
  tree.link('b', 'a')
  assert (tmp_path / 'tree/b').read_bytes() == b'new'


def test_clear_leaves_what_was_put_or_kept(tree, tmp_path):
  root = tmp_path / 'tree'
  for name in ('a/kept', 'a/old', 'b/c/old'):
    tree_lib.Tree(root, tmp_path / 'stage').put_data(name, b'')
  (root / '.slimhub-lock').touch()
  tree.put_data('new', b'')
  tree.keep('a/kept')
  tree.clear()
  assert set(file_tree.read(root)) == {'.slimhub-lock', 'a/kept', 'new'}
  assert not (root / 'b').exists()
