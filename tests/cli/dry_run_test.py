"""A dry run says what an export would do, to people and to programs."""

import json
from unittest import mock

import pytest

from exporter import pipeline
from exporter.cli import entry
from tests import some_exports
from tests import source_tree

_MODEL = 'mobilenet_v1_025_128'


@pytest.fixture(name='run')
def _run():
  with mock.patch.object(pipeline, 'run_orders', return_value=[]) as run:
    yield run
  run.assert_not_called()


@pytest.fixture(name='exports')
def _exports(tmp_path, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  folder = tmp_path / 'exports'
  some_exports.add(folder, some_exports.TF1)
  return folder


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', 'export', '--dry_run', *argv]))


def test_each_handle_is_a_line_that_says_what(run, exports, capsys):
  flags = (f'--output_dir={exports}', '--synthetic_weights')
  assert _main(_MODEL, *flags, '--force') == 0
  lines = capsys.readouterr().out.splitlines()
  words = ['replaced', 'new', 'new', 'new']
  assert [line.split()[0] for line in lines] == words


def test_what_would_fail_is_a_failure_with_its_reason(run, exports, capsys):
  flags = (f'--output_dir={exports}', '--synthetic_weights')
  assert _main(_MODEL, *flags) == 1
  out, err = capsys.readouterr()
  assert out.splitlines()[0] == f'failed    {some_exports.TF1}'
  assert '--force replaces trained weights by untrained ones' in err


def test_each_handle_is_an_event_for_programs(run, exports, capsys):
  nowhere = exports / 'nowhere'
  flags = (f'--output_dir={exports}', f'--checkpoint_dir={nowhere}')
  assert _main(f'{_MODEL}/*/3', *flags, '--progress=json') == 1
  out, err = capsys.readouterr()
  started, *planned, summary = map(json.loads, out.splitlines())
  assert started == {'event': 'started', 'artifacts': 2}
  assert [each['event'] for each in planned] == ['planned'] * 2
  assert planned[0]['handle'] == some_exports.TF1
  assert planned[0]['status'] == 'failed'
  assert f'checkpoint folder {nowhere} does not exist' in planned[0]['reason']
  assert (summary['event'], summary['failed']) == ('summary', 2)
  assert not err
  guide = (source_tree.ROOT / 'docs' / 'batch.md').read_text()
  (row,) = (r for r in guide.splitlines() if '| `planned` |' in r)
  words = {'status', 'new', 'there', 'replaced', 'refused', 'failed', 'reason'}
  assert words <= {*row.replace('`', ' ').replace(',', ' ').split()}


def test_an_output_that_is_no_folder_is_one_line(run, exports, capsys):
  file = exports / 'file'
  file.touch()
  assert _main(_MODEL, f'--output_dir={file}', '--synthetic_weights') == 1
  says = f'slimhub: cannot write to {file}: it is no folder; name a folder'
  assert capsys.readouterr().err.startswith(says)


def test_flags_that_contradict_each_other_are_refused_all_the_same(
  run, exports, capsys
):
  flags = (f'--output_dir={exports}', '--synthetic_weights')
  assert _main(_MODEL, *flags, '--ray_address=host:1') == 2
  assert '--ray_address needs --engine=ray' in capsys.readouterr().err
