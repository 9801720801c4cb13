"""--formats: what it chooses, and what is said where that is impossible."""

from importlib import util
import pathlib
from unittest import mock

import pytest

from exporter import pipeline
from exporter import results
from exporter.cli import entry
from exporter.measure import photographs
from exporter.pipeline import orders
from exporter.pipeline import processes
import model_specs
from model_specs import formats

_MODEL = 'mobilenet_v1_025_128'
_EXPORT = ('--output_dir=out', '--synthetic_weights')


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', 'export', *argv, *_EXPORT]))


@pytest.fixture(name='run')
def _run():
  with mock.patch.object(pipeline, 'run_orders', return_value=[]) as run:
    yield run


def test_one_order_holds_handles_and_conversions(run, tmp_path):
  flags = ['--formats=tf2,litert,onnx', f'--representative_images={tmp_path}']
  assert (
    _main(_MODEL, *flags, '--onnx_layout=nchw', '--litert_batch=dynamic') == 0
  )
  words = ['tf2', 'litert', 'onnx']
  order = orders.Order(
    orders.EXPORT,
    tuple(formats.select(model_specs.find(_MODEL), words, 'nchw')),
    pathlib.Path('out'),
    pictures_dir=tmp_path,
    weights='synthetic',
    litert_batch='dynamic',
  )
  assert len(order.handles) == 12
  run.assert_called_once_with((order,), processes.Processes(None))


@pytest.mark.parametrize(
  ('name', 'state'), [('typo', 'does not exist'), ('file', 'is no folder')]
)
def test_pictures_are_looked_for_before_anything_is_made(
  run, tmp_path, capsys, name, state
):
  (tmp_path / 'file').touch()
  flags = ['--formats=tf2,litert', f'--representative_images={tmp_path / name}']
  assert _main(_MODEL, *flags) == 1
  assert f'{tmp_path / name} {state}, expected' in capsys.readouterr().err
  run.assert_not_called()


def test_photographs_may_be_those_of_a_package(run, tmp_path, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path))
  monkeypatch.setattr(photographs, '_SQUARES', 12)
  flags = ['--formats=litert.int8', '--representative_images=photographs']
  assert _main(_MODEL, *flags) == 0
  ((order,), _), _ = run.call_args
  assert order.pictures_dir == tmp_path / 'photographs'
  assert len(list(order.pictures_dir.iterdir())) == 12


@pytest.mark.parametrize(
  ('argv', 'says'),
  [
    ([_MODEL, '--formats=litert.int8'], '--representative_images=DIR'),
    (
      [f'{_MODEL}/*/3', '--formats=tf2,onnx'],
      'has --formats=tf2,onnx: versions 1 to 3 are tf1',
    ),
  ],
)
def test_what_cannot_be_is_one_line_and_exit_2(run, argv, says, capsys):
  assert _main(*argv) == 2
  assert says in capsys.readouterr().err
  run.assert_not_called()


def test_a_missing_extra_is_one_line_before_anything_runs(
  run, capsys, monkeypatch
):
  monkeypatch.setattr(util, 'find_spec', lambda _: None)
  assert _main(_MODEL, '--formats=onnx') == 1
  assert "pip install 'slimhub[onnx]'" in capsys.readouterr().err
  run.assert_not_called()


def test_what_is_refused_is_no_failure(run, capsys):
  run.return_value = [results.Result('a', results.REFUSED, 'needs pictures')]
  assert _main(_MODEL) == 0
  assert 'refused   a  needs pictures' in capsys.readouterr().out


def test_a_dry_run_names_each_file(run, capsys):
  assert _main(f'{_MODEL}/*/5', '--formats=onnx', '--dry_run') == 0
  lines = capsys.readouterr().out.splitlines()
  assert [line.rpartition('/')[2] for line in lines] == ['model.onnx'] * 2
  run.assert_not_called()
