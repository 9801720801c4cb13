"""Argument list -> library call -> exit code and output."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from unittest import mock

import pytest

import exporter
from exporter import errors
from exporter import pipeline
from exporter import results
from exporter.cli import entry
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import processes
from exporter.storage import delivery
from exporter.storage import folder as folder_lib
from exporter.storage import places
import model_specs
from tests import lenets
from tests import source_tree
from tests import workers

_OUT = pathlib.Path('out')
_EXPORT = ['--output_dir=out', '--synthetic_weights']


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', *argv]))


@pytest.fixture(name='run')
def _run():
  with mock.patch.object(pipeline, 'run_orders', return_value=[]) as run:
    yield run


def _order(pattern: str, **changes) -> orders_lib.Order:
  handles = model_specs.find(pattern)
  return orders_lib.Order(
    **{
      'action': orders_lib.EXPORT,
      'handles': handles,
      'output_dir': _OUT,
      'weights': 'synthetic',
      **changes,
    }
  )


_MODEL = 'mobilenet_v1_025_128'


@pytest.mark.parametrize(
  ('argv', 'order', 'jobs'),
  [
    ([_MODEL, *_EXPORT], _order(_MODEL), None),
    ([f'{_MODEL}/*/1', *_EXPORT], _order(f'{_MODEL}/*/1'), None),
    ([_MODEL, *_EXPORT, '--jobs=3'], _order(_MODEL), 3),
    ([_MODEL, *_EXPORT, '--jobs=auto'], _order(_MODEL), None),
    ([_MODEL, *_EXPORT, '--force'], _order(_MODEL, force=True), None),
    (
      [_MODEL, *_EXPORT, '--publisher=acme'],
      _order(_MODEL, handles=model_specs.find(_MODEL, publisher='acme')),
      None,
    ),
  ],
)
def test_export_gives_one_order_a_model(run, argv, order, jobs):
  assert _main('export', *argv) == 0
  run.assert_called_once_with((order,), processes.Processes(jobs))


def test_all_is_every_handle_at_the_current_versions(run):
  assert _main('export', '--all', *_EXPORT) == 0
  ((orders, _), _) = run.call_args
  assert [order.model for order in orders] == list(model_specs.MODELS)
  handles = tuple(handle for order in orders for handle in order.handles)
  assert handles == model_specs.find()


@pytest.mark.parametrize(
  ('argv', 'says'),
  [
    (['export', *_EXPORT], 'either PATTERN... or --all'),
    (['export', 'a', '--all', *_EXPORT], 'either PATTERN... or --all'),
    (['export', 'mobilnet_v1_025_128', *_EXPORT], 'mobilenet_v1_025_128'),
    (['export', f'{_MODEL}/clasification', *_EXPORT], 'mean classification?'),
    (['export', f'{_MODEL}/*/2', *_EXPORT], 'the versions are 1, 3, 4'),
    (['export', 'a', *_EXPORT, '--weights=ema'], '--checkpoint_dir'),
    (['export', 'a', *_EXPORT, '--fetch'], 'not with --synthetic_weights'),
    (['fetch'], 'either PATTERN... or --all'),
    (['fetch', 'a', '--all'], 'either PATTERN... or --all'),
    (['fetch', 'mobilnet_v1_025_128'], 'mobilenet_v1_025_128'),
    (['list', 'nothing'], 'slimhub list'),
    (['info', 'mobilenet_v3'], 'no model matches'),
  ],
)
def test_a_wrong_word_names_the_closest_and_exits_2(run, argv, says, capsys):
  assert _main(*argv) == 2
  out, err = capsys.readouterr()
  assert says in err
  assert not out
  run.assert_not_called()


def test_a_failure_exits_1_after_all_results(run, capsys):
  run.return_value = [
    results.Result('a', results.FAILED, 'torn'),
    results.Result('b', results.EXPORTED),
  ]
  assert _main('export', _MODEL, *_EXPORT) == 1
  out, err = capsys.readouterr()
  assert 'exported  b' in out
  assert 'torn' in err


def test_an_error_of_the_whole_run_is_one_line(run, capsys):
  run.side_effect = errors.ExportError('another slimhub works here')
  assert _main('export', _MODEL, *_EXPORT) == 1
  assert capsys.readouterr().err == 'slimhub: another slimhub works here\n'


def test_an_interrupted_run_exits_130_with_its_summary(run, capsys):
  def interrupted():
    yield results.Result('a', results.EXPORTED)
    raise KeyboardInterrupt

  run.return_value = interrupted()
  assert _main('export', _MODEL, *_EXPORT) == 130
  assert 'all' in capsys.readouterr().out


def test_verify_gives_orders_for_what_is_there(run, tmp_path):
  handle = model_specs.find(_MODEL)[0]
  place = places.place(tmp_path, handle)
  place.manifest.parent.mkdir(parents=True)
  place.manifest.touch()
  assert _main('verify', str(tmp_path)) == 0
  order = orders_lib.Order(orders_lib.VERIFY, (handle,), tmp_path)
  run.assert_called_once_with((order,), processes.Processes())


def test_cards_writes_the_committed_tree(tmp_path, capsys):
  assert _main('cards', f'--output_dir={tmp_path / "model_cards"}') == 0
  assert (tmp_path / 'model_cards/google/google.md').exists()
  assert 'pages changed' in capsys.readouterr().out


def test_info_describes_each_version(capsys):
  assert _main('info', f'{_MODEL}/classification') == 0
  assert capsys.readouterr().out.count('handle:') == 2


def test_list_prints_json(capsys):
  assert _main('list', '--format=json', 'mobilenet_v2_*') == 0
  assert len(json.loads(capsys.readouterr().out)) == 44


def _command(*argv: str) -> subprocess.CompletedProcess:
  return subprocess.run(
    [sys.executable, '-m', 'exporter', *argv],
    capture_output=True,
    text=True,
    check=False,
  )


@pytest.mark.parametrize(
  ('argv', 'code'), [(['list', _MODEL], 0), (['list', 'x'], 2), (['x'], 2)]
)
def test_the_real_command_has_these_exit_codes(argv, code):
  done = _command(*argv)
  assert done.returncode == code
  assert 'Traceback' not in done.stderr


def _wait_for_workers(process: subprocess.Popen, folder: pathlib.Path) -> None:
  """Returns as soon as a run is at work."""
  while not workers.are_at_work(folder):
    assert process.poll() is None
    time.sleep(0.01)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGHUP])
def test_a_terminal_ends_a_real_export_cleanly(tmp_path, number):
  process = subprocess.Popen(
    [
      *[sys.executable, '-m', 'exporter', 'export', 'mobilenet_v1_*'],
      *[f'--output_dir={tmp_path}', '--synthetic_weights', '--jobs=1'],
      '--progress=json',
    ],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
    env={**os.environ, 'PYTHONUNBUFFERED': '1'},
    start_new_session=True,
  )
  _wait_for_workers(process, tmp_path)
  os.killpg(process.pid, number)  # As a terminal does.
  out, err = process.communicate()
  assert process.returncode == 130
  assert json.loads(out.splitlines()[-1])['event'] == 'summary'
  assert 'Traceback' not in err
  assert not (tmp_path / delivery.STAGING).exists()


def test_an_interrupt_amid_an_import_ends_with_the_code_of_one(tmp_path):
  (tmp_path / 'interrupted.py').write_text(
    'import sys\n'
    'from exporter.cli import entry\n'
    'args = entry.parse(["slimhub", "list"])\n'
    'args.run = lambda _: exec("raise KeyboardInterrupt")\n'
    'sys.exit(entry.main(args))\n'
  )
  done = subprocess.run(
    [sys.executable, '-m', 'interrupted'],
    cwd=tmp_path,
    env={**os.environ, 'PYTHONPATH': str(source_tree.ROOT)},
    check=False,
  )
  assert done.returncode == 130


def test_a_terminated_export_ends_as_an_interrupted_one(tmp_path):
  process = subprocess.Popen(
    [
      *[sys.executable, '-m', 'exporter', 'export', 'mobilenet_v1_*'],
      *[f'--output_dir={tmp_path / "out"}', '--synthetic_weights', '--jobs=1'],
      '--progress=json',
    ],
    stdout=subprocess.PIPE,
    text=True,
  )
  _wait_for_workers(process, tmp_path / 'out')
  process.terminate()
  process.communicate()
  assert process.returncode == 130
  assert not (tmp_path / 'out').exists()


def _shell(line: str) -> subprocess.CompletedProcess:
  slimhub = f'{sys.executable} -m exporter'
  return subprocess.run(
    ['bash', '-c', f'set -o pipefail; slimhub() {{ {slimhub} "$@"; }}; {line}'],
    capture_output=True,
    text=True,
    check=False,
  )


def test_a_reader_that_stops_is_no_failure():
  done = _shell('slimhub list "*/*/*" | head -1')
  assert done.returncode == 0
  assert not done.stderr


def test_a_full_standard_output_is_one_line():
  done = _shell('slimhub list > /dev/full')
  assert done.returncode == 1
  assert 'Traceback' not in done.stderr
  assert 'No space left' in done.stderr


@pytest.mark.parametrize(
  ('output', 'code'), [('| head -1', 0), ('> /dev/full', 1), ('>&-', 0)]
)
def test_an_export_goes_on_whoever_listens(output, code, tmp_path):
  spec = lenets.write(tmp_path, 'lenet')
  exports = tmp_path / 'exports'
  flags = f'--spec_file={spec} --output_dir={exports} --synthetic_weights'
  pattern = 'lenet/feature_vector'
  done = _shell(f'slimhub export {pattern} {flags} --jobs=1 {output}')
  assert done.returncode == code
  assert 'Traceback' not in done.stderr
  assert len(folder_lib.find_artifacts(exports).usable) == 2


def test_cards_into_a_file_are_one_line(tmp_path, capsys):
  (tmp_path / 'file').touch()
  assert _main('cards', f'--output_dir={tmp_path / "file"}') == 1
  assert str(tmp_path / 'file') in capsys.readouterr().err


def test_the_version_is_printed(capsys):
  with pytest.raises(SystemExit) as raised:
    entry.parse(['slimhub', '--version'])
  assert raised.value.code == 0
  assert capsys.readouterr().out == f'slimhub {exporter.__version__}\n'
