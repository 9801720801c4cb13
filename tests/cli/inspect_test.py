"""`slimhub inspect` prints what is known and ends as it found the file."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from exporter.checkpoints import checkpoint
from exporter.cli import entry
from tests import checkpoints_made as checkpoints
from tests import source_tree
from tests.checkpoints import specimens_made
from tests.checkpoints import tables_made


@pytest.fixture(scope='module', name='prefix')
def _prefix(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('training')
  return checkpoints.write(folder / 'model.ckpt-1', specimens_made.training())


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', 'inspect', *argv]))


def test_a_person_reads_lines_and_no_logs(prefix):
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', 'inspect', str(prefix.parent)],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert (done.returncode, done.stderr) == (0, '')
  lines = dict(
    line.split(': ', 1) for line in done.stdout.splitlines() if ': ' in line
  )
  assert 'mobilenet_v1' in lines['network']
  assert lines['multiplier'].strip() == '0.2'
  assert lines['classes'].strip() == '5'


def test_a_program_reads_json(prefix, capsys):
  assert _main(str(prefix), '--format=json') == 0
  (facts,) = json.loads(capsys.readouterr().out)
  assert facts['network']['multipliers'] == [0.2]
  assert facts['slots'].keys() == {'RMSProp', 'RMSProp_1'}
  assert facts['problems'] == []


def test_the_spec_alone_can_be_exported(prefix, tmp_path, capsys):
  assert _main(str(prefix), '--format=spec') == 0
  spec = tmp_path / 'my.toml'
  spec.write_text(capsys.readouterr().out)
  flags = [f'--spec_file={spec}', f'--output_dir={tmp_path}/exports']
  argv = ['slimhub', 'export', 'my_mobilenet_v1', *flags]
  assert entry.main(entry.parse(argv)) == 0
  out = capsys.readouterr().out
  assert 'exported  me/my_pictures/my_mobilenet_v1/classification/1' in out


def test_the_spec_of_a_network_below_a_scope_can_be_exported(tmp_path, capsys):
  prefix = checkpoints.write(
    tmp_path / 'train' / 'old.ckpt',
    {f'my/{name}': t for name, t in specimens_made.training().items()},
    old_format=True,
  )
  assert _main(str(prefix)) == 0
  assert 'my/ is around the network' in capsys.readouterr().out
  assert _main(str(prefix), '--format=spec') == 0
  spec = tmp_path / 'my.toml'
  spec.write_text(capsys.readouterr().out)
  flags = [f'--spec_file={spec}', f'--output_dir={tmp_path}/exports']
  argv = ['slimhub', 'export', 'my_mobilenet_v1/classification', *flags]
  assert entry.main(entry.parse(argv)) == 0
  handle = 'me/my_pictures/my_mobilenet_v1/classification/1'
  assert f'exported  {handle}' in capsys.readouterr().out
  manifest = json.loads((tmp_path / f'exports/{handle}.json').read_text())
  averages = {
    name: specimens_made.training()[f'{name}/{checkpoints.SHADOW}']
    if name in specimens_made.built().trainable
    else tensor
    for name, tensor in specimens_made.tensors().items()
  }
  expected = checkpoint.Checkpoint('', 'ema', averages).sha256
  assert manifest['weights']['sha256'] == expected


def test_what_cannot_be_exported_is_described_and_exits_1(tmp_path, capsys):
  path = checkpoints.write(
    tmp_path / 'a.ckpt', {'bert/pooler': np.zeros([3], np.float32)}
  )
  assert _main(str(path)) == 1
  assert 'its scopes are bert/ (1)' in capsys.readouterr().out


def test_a_wrong_path_is_an_error_of_one_line(tmp_path, capsys):
  assert _main(str(tmp_path / 'none')) == 1
  out, err = capsys.readouterr()
  assert not out
  assert err.startswith('slimhub: ')
  assert 'does not exist' in err


@pytest.mark.parametrize('format_', ['text', 'json', 'spec'])
def test_names_of_variables_do_not_reach_the_terminal(
  tmp_path, capsys, format_
):
  evil = '\x1b[2J\x1b]0;title\x07/weights'
  path = checkpoints.write(
    tmp_path / 'a.ckpt', {evil: np.full([3], np.nan, np.float32)}
  )
  assert _main(str(path), f'--format={format_}') == 1
  out, err = capsys.readouterr()
  assert '\x1b' not in out + err
  assert '\x07' not in out + err


def test_an_index_that_ends_tensorflow_is_an_error_of_one_line(tmp_path):
  entries = {'a': tables_made.entry([-1])}
  path = tables_made.write_index(tmp_path / 'x', entries)
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', 'inspect', str(path)],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert (done.returncode, done.stdout) == (1, '')
  assert done.stderr.startswith(f'slimhub: checkpoint {path} cannot be read: ')
  assert done.stderr.count('\n') == 1
