"""`slimhub audit` says what a model can do; its exit code is 1 if too much."""

import json
import subprocess
import sys

import pytest
import tensorflow as tf

from exporter.cli import entry
from tests import artifacts_made as artifacts
from tests import source_tree

_CLOSED = artifacts.folder(f'{artifacts.TINY}/classification/5')


@pytest.fixture(scope='module', name='harmful')
def _harmful(tmp_path_factory):
  folder = tmp_path_factory.mktemp('models') / 'harmful'
  module = tf.Module()

  @tf.function(input_signature=[tf.TensorSpec([1], tf.float32)])
  def call(x):
    tf.io.write_file('harm', 'x')
    return x

  module.f = call
  tf.saved_model.save(module, str(folder))
  return folder


def _main(*argv):
  return entry.main(entry.parse(['slimhub', 'audit', *map(str, argv)]))


def test_a_person_reads_lines_and_no_logs():
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', 'audit', str(_CLOSED)],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert (done.returncode, done.stderr) == (0, '')
  first, *_, last = done.stdout.splitlines()
  assert first.startswith(f'{_CLOSED}: a SavedModel with ')
  assert last == (
    '  It can do nothing else: no file, no connection, no other program.'
  )


def test_what_writes_files_is_named_with_its_place(harmful, capsys):
  assert _main(_CLOSED, harmful) == 1
  out = capsys.readouterr().out
  assert '  WRITES FILES: WriteFile, ' in out
  assert 'first in function ' in out
  assert 'Ask who made it before you load it.' in out


def test_programs_read_json(harmful, capsys):
  assert _main(harmful, '--format=json') == 1
  (report,) = json.loads(capsys.readouterr().out)
  assert not report['closed']
  (use,) = [u for u in report['uses'] if u['ability'] == 'writes files']
  assert use['operation'] == 'WriteFile'


def test_what_can_be_read_is_told_beside_what_cannot(tmp_path, capsys):
  assert _main(_CLOSED, tmp_path / 'gone', tmp_path / 'lost') == 1
  done = capsys.readouterr()
  assert done.out.startswith(f'{_CLOSED}: a SavedModel with ')
  for name in ('gone', 'lost'):
    assert f'{name} cannot be audited' in done.err


@pytest.mark.parametrize(
  ('name', 'says'),
  [
    ('model.txt', 'model.txt cannot be audited: expected the folder of a Sav'),
    ('saved_model.pb', 'saved_model.pb, of 0 bytes, has no nodes'),
    ('nothing', 'nothing cannot be audited: there is no such file or folder'),
  ],
)
def test_what_is_no_model_is_an_error(tmp_path, capsys, name, says):
  for empty in ('model.txt', 'saved_model.pb'):
    (tmp_path / empty).touch()
  assert _main(tmp_path / name) == 1
  done = capsys.readouterr()
  assert says in done.err
  assert not done.out
