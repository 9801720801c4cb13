"""What is in the stock is whole, made once, and never changes."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys

import pytest

from exporter import errors
from exporter import storage
from exporter.hub import stock
from exporter.storage import manifest
from tests import some_exports
from tests import some_manifest
from tests import source_tree

_NAME = 'saved_model.pb'


@pytest.fixture(name='export_manifest')
def _export_manifest(tmp_path):
  return some_exports.add(tmp_path, some_exports.TF2, 'text')


@pytest.fixture(name='ready')
def _ready(tmp_path):
  return stock.Stock(tmp_path / 'stock')


def _names(tmp_path: pathlib.Path) -> set[str]:
  """All in the stock but its mark."""
  names = {path.name for path in (tmp_path / 'stock').iterdir()}
  return names - {'.slimhub-stock'}


def _make(
  tmp_path: pathlib.Path, export_manifest: manifest.Manifest, ready: stock.Stock
) -> list[os.stat_result]:
  """Makes one of each."""
  export = storage.Export(tmp_path, export_manifest)
  return [ready.make_bundle(export), ready.make_file(export, _NAME)]


def test_what_is_there_is_not_made_again(tmp_path, export_manifest, ready):
  paths = (ready.bundle(export_manifest), ready.file(export_manifest, _NAME))
  assert [ready.ready(path) for path in paths] == [None, None]
  before = _make(tmp_path, export_manifest, ready)
  assert [path.stat() for path in paths] == before
  assert [ready.ready(path) for path in paths] == before
  again = stock.Stock(tmp_path / 'stock')
  assert [again.ready(path) for path in paths] == [None, None]
  assert _make(tmp_path, export_manifest, again) == before
  assert _names(tmp_path) >= {path.name for path in paths}
  assert not [name for name in _names(tmp_path) if 'part' in name]


@pytest.mark.parametrize('is_new_run', [False, True])
def test_what_was_changed_is_made_again(
  tmp_path, export_manifest, ready, is_new_run
):
  _make(tmp_path, export_manifest, ready)
  paths = (ready.bundle(export_manifest), ready.file(export_manifest, _NAME))
  whole = [path.read_bytes() for path in paths]
  for path in paths:
    facts = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
  if is_new_run:
    ready = stock.Stock(tmp_path / 'stock')
  assert [ready.ready(path) for path in paths] == [None, None]
  facts = _make(tmp_path, export_manifest, ready)
  assert [path.read_bytes() for path in paths] == whole
  assert [ready.ready(path) for path in paths] == facts


def test_a_bundle_without_its_hash_is_made_again(
  tmp_path, export_manifest, ready
):
  before, _ = _make(tmp_path, export_manifest, ready)
  for path in (tmp_path / 'stock').glob('*.sha256'):
    path.write_bytes(b'\xff')
  after, _ = _make(tmp_path, export_manifest, stock.Stock(tmp_path / 'stock'))
  assert after.st_ino != before.st_ino


def test_a_folder_that_was_removed_is_made_again(
  tmp_path, export_manifest, ready
):
  _make(tmp_path, export_manifest, ready)
  shutil.rmtree(tmp_path / 'stock')
  assert ready.ready(ready.bundle(export_manifest)) is None
  _make(tmp_path, export_manifest, ready)
  (tmp_path / 'stock/.slimhub-stock').unlink()  # As cleaners of old files do.
  ready.check()
  stock.Stock(tmp_path / 'stock')


def test_nothing_is_taken_for_a_stock_that_is_another_s(
  tmp_path, export_manifest
):
  foreign = tmp_path / 'other'
  foreign.mkdir()
  for name in ('thesis.tex', 'ab' * 32):  # The second is as a stock has them.
    (foreign / name).touch()
    with pytest.raises(errors.HubError, match=f'{foreign} holds .*{name}'):
      stock.Stock(foreign)
    assert [path.name for path in foreign.iterdir()] == [name]
    (foreign / name).unlink()


def test_a_hash_that_is_a_path_leads_nowhere(tmp_path, ready):
  target = tmp_path / 'x'
  for path in (target, tmp_path / 'x.part'):
    path.write_text('of somebody')
  export_manifest = some_manifest.make(
    some_exports.handle(some_exports.TF2),
    files={_NAME: manifest.File(1, str(target))},
  )
  with pytest.raises(errors.ManifestError, match='is no sha256'):
    ready.make_file(storage.Export(tmp_path, export_manifest), _NAME)
  ready.clear([export_manifest])
  assert {path.name for path in tmp_path.iterdir()} == {'x', 'x.part', 'stock'}


def test_clear_removes_what_a_stock_made_and_nothing_else(
  tmp_path, export_manifest, ready
):
  (tmp_path / 'stock' / 'folder').mkdir()
  (tmp_path / 'stock' / ('ab' * 32 + '.part')).touch()
  for name in ('thesis.tex', 'left.part'):
    (tmp_path / 'stock' / name).touch()
  _make(tmp_path, export_manifest, ready)
  ready.clear([])
  assert _names(tmp_path) == {'folder', 'thesis.tex', 'left.part'}


def test_nothing_stays_of_what_is_not_whole(tmp_path, export_manifest, ready):
  export = storage.Export(tmp_path, export_manifest)
  (tmp_path / some_exports.TF2 / _NAME).write_text('other')
  with pytest.raises(errors.ManifestError):
    ready.make_bundle(export)
  with pytest.raises(errors.ManifestError):
    ready.make_file(export, _NAME)
  assert not _names(tmp_path)


def test_what_a_killed_process_left_is_not_taken(
  tmp_path, export_manifest, ready
):
  code = (
    'import os, pathlib, signal, sys\n'
    'from exporter.hub import stock\n'
    'from exporter import storage\n'
    'def write(root, made, target):\n'
    '  target.write_text("half")\n'
    '  os.kill(os.getpid(), signal.SIGKILL)\n'
    'storage.write_bundle = write\n'
    'export = storage.find_export(pathlib.Path(sys.argv[1]), sys.argv[3])\n'
    'stock.Stock(pathlib.Path(sys.argv[2])).make_bundle(export)\n'
  )
  stocked = tmp_path / 'stock'
  done = subprocess.run(
    [sys.executable, '-c', code, tmp_path, stocked, some_exports.TF2],
    cwd=source_tree.ROOT,
    check=False,
  )
  assert done.returncode == -signal.SIGKILL
  assert _names(tmp_path)
  ready.make_bundle(storage.Export(tmp_path, export_manifest))
  path = ready.bundle(export_manifest)
  assert path.read_bytes()[:2] == b'\x1f\x8b'
  assert _names(tmp_path) == {path.name, f'{path.name}.sha256'}


def test_clear_keeps_what_the_exports_need(tmp_path, export_manifest, ready):
  _make(tmp_path, export_manifest, ready)
  needed = _names(tmp_path)
  new = some_exports.add(tmp_path, some_exports.TF2, 'new')
  _make(tmp_path, new, ready)
  ready.clear([export_manifest])
  assert _names(tmp_path) == needed
