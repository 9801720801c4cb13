"""What is in the stock is whole, made once, and never changes."""

import pathlib
import signal
import subprocess
import sys

import pytest

from exporter import errors
from exporter import storage
from exporter.hub import stock
from tests import some_exports
from tests import source_tree

_NAME = 'saved_model.pb'


@pytest.fixture(name='made')
def _made(tmp_path):
  return some_exports.add(tmp_path, some_exports.TF2, 'text')


@pytest.fixture(name='export')
def _export(tmp_path, made):
  return storage.Export(tmp_path, made)


@pytest.fixture(name='ready')
def _ready(tmp_path):
  return stock.Stock(tmp_path / 'stock')


def _names(tmp_path: pathlib.Path) -> set[str]:
  return {path.name for path in (tmp_path / 'stock').iterdir()}


def test_what_is_there_is_not_made_again(tmp_path, export, ready):
  made = export.manifest
  paths = (
    ready.make_bundle(export),
    ready.make_file(export, _NAME),
  )
  assert paths == (ready.bundle(made), ready.file(made, _NAME))
  before = [path.stat() for path in paths]
  ready.make_bundle(export)
  ready.make_file(export, _NAME)
  assert [path.stat() for path in paths] == before
  assert _names(tmp_path) == {path.name for path in paths}


def test_nothing_stays_of_what_is_not_whole(tmp_path, export, ready):
  artifact = tmp_path / some_exports.TF2
  (artifact / _NAME).write_text('other')
  with pytest.raises(errors.ManifestError):
    ready.make_bundle(export)
  with pytest.raises(errors.ManifestError):
    ready.make_file(export, _NAME)
  assert not _names(tmp_path)


def test_what_a_killed_process_left_is_not_taken(tmp_path, export, ready):
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
  done = subprocess.run(
    [
      sys.executable,
      '-c',
      code,
      tmp_path,
      tmp_path / 'stock',
      some_exports.TF2,
    ],
    cwd=source_tree.ROOT,
    check=False,
  )
  assert done.returncode == -signal.SIGKILL
  assert _names(tmp_path)
  path = ready.make_bundle(export)
  assert path.read_bytes()[:2] == b'\x1f\x8b'
  assert _names(tmp_path) == {path.name}


def test_clear_keeps_what_the_exports_need(tmp_path, export, ready):
  bundle = ready.make_bundle(export)
  file = ready.make_file(export, _NAME)
  new = some_exports.add(tmp_path, some_exports.TF2, 'new')
  ready.make_bundle(storage.Export(tmp_path, new))
  (tmp_path / 'stock' / 'left.part').touch()
  ready.clear([export.manifest])
  assert _names(tmp_path) == {bundle.name, file.name}
