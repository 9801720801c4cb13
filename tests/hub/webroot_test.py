"""A webroot holds what was put or kept, each file whole."""

import os

import pytest

from exporter.hub import ledger
from exporter.hub import webroot
from tests import file_tree


@pytest.fixture(name='root')
def _root(tmp_path):
  (tmp_path / 'stage').mkdir()
  return webroot.Webroot(tmp_path / 'root', tmp_path / 'stage')


def test_what_is_put_is_there(root, tmp_path):
  root.put('a/b', lambda path: path.write_text('text'))
  root.put_data('c', b'data')
  root.link('a/d', 'c')
  files = file_tree.read(tmp_path / 'root')
  assert set(files.pop(ledger.FILE).decode().split()[1::2]) == files.keys()
  assert files == {'a/b': b'text', 'c': b'data', 'a/d': b'data'}
  assert (tmp_path / 'root/a/d').samefile(tmp_path / 'root/c')


def test_what_fails_changes_nothing(root, tmp_path):
  root.put_data('a', b'old')

  def fail(path):
    path.write_text('half')
    raise OSError('no room')

  with pytest.raises(OSError, match='no room'):
    root.put('a', fail)
  files = file_tree.read(tmp_path / 'root')
  assert {**files, ledger.FILE: b''} == {'a': b'old', ledger.FILE: b''}
  assert root.is_whole('a')


def test_what_is_the_same_is_not_written(root, tmp_path):
  root.put_data('a', b'data')
  root.link('b', 'a')
  os.utime(tmp_path / 'root/a', (1, 1))
  root.put_data('a', b'data')
  root.link('b', 'a')
  assert (tmp_path / 'root/b').stat().st_mtime == 1
  assert root.is_just('a', b'data')
  assert not root.is_just('a', b'other')
  assert not root.has('c')


def test_a_link_follows_what_replaced_its_file(root, tmp_path):
  root.put_data('a', b'old')
  root.link('b', 'a')
  root.put_data('a', b'new')
  assert (tmp_path / 'root/b').read_bytes() == b'old'
  root.link('b', 'a')
  assert (tmp_path / 'root/b').read_bytes() == b'new'


def test_clear_leaves_what_was_put_or_kept(root, tmp_path):
  folder = tmp_path / 'root'
  for name in ('a/kept', 'a/old', 'b/c/old'):
    webroot.Webroot(folder, tmp_path / 'stage').put_data(name, b'')
  others = {'.slimhub-lock', '.git/HEAD', 'CNAME', 'a/mine'}
  for name in others:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
  root = webroot.Webroot(folder, tmp_path / 'stage')
  root.put_data('new', b'')
  root.keep('a/kept')
  root.clear()
  left = {'a/kept', 'new'} | others
  assert set(file_tree.read(folder)) == left | {ledger.FILE}
  assert not (folder / 'b').exists()
  lines = (folder / ledger.FILE).read_text().splitlines()
  assert [line.split()[1] for line in lines] == ['a/kept', 'new']


def test_what_was_damaged_is_not_whole(root, tmp_path):
  root.put_data('a', b'data')
  assert root.is_whole('a')
  assert webroot.Webroot(tmp_path / 'root', tmp_path / 'stage').is_whole('a')
  (tmp_path / 'root/a').write_bytes(b'damp')
  assert not root.is_whole('a')
  (tmp_path / 'root/a').unlink()
  assert not root.is_whole('a')
  (tmp_path / 'root/b').write_bytes(b'of somebody')
  assert not root.is_whole('b')


def test_a_file_is_on_the_disk_and_noted_before_it_has_its_name(
  root, tmp_path, monkeypatch
):
  target, seen = tmp_path / 'root/a', []
  note = ledger.Ledger.note

  def noted(itself, name, sha256):
    seen.append(('noted', target.exists()))
    note(itself, name, sha256)

  monkeypatch.setattr(
    'exporter.storage.sync', lambda _: seen.append(('synced', target.exists()))
  )
  monkeypatch.setattr(ledger.Ledger, 'note', noted)
  root.put_data('a', b'data')
  assert seen[:2] == [('synced', False), ('noted', False)]
  assert target.read_bytes() == b'data'
