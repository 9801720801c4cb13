"""Where an export takes its checkpoints from, and what a fetch is asked for."""

import pathlib
from unittest import mock

import pytest

from exporter import pipeline
from exporter import results
from exporter.checkpoints import fetch as fetch_face
from exporter.checkpoints.fetch import download
from exporter.checkpoints.fetch import fetcher
from exporter.cli import entry
from exporter.cli import work
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import processes
from exporter.storage import home as home_lib
import model_specs
from model_specs import checksums

_MODEL = 'mobilenet_v1_025_128'


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', *argv]))


@pytest.fixture(name='run')
def _run():
  with mock.patch.object(pipeline, 'run_orders', return_value=[]) as run:
    yield run


@pytest.fixture(name='home')
def _home(tmp_path, monkeypatch):
  """The default folder of checkpoints, empty."""
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path))
  folder = home_lib.default_checkpoint_dir()
  folder.mkdir()
  return folder


@pytest.fixture(name='fetch')
def _fetch():
  with mock.patch.object(fetch_face, 'fetch_all', return_value=[]) as fetch:
    yield fetch


def _order(**changes) -> orders_lib.Order:
  return orders_lib.Order(
    orders_lib.EXPORT, model_specs.find(_MODEL), pathlib.Path('out'), **changes
  )


@pytest.mark.parametrize('flags', [['--weights=raw'], []])
def test_a_checkpoint_is_taken_from_the_folder_that_is_named(
  run, tmp_path, flags
):
  (tmp_path / 'mobilenet_v1_0.25_128.tgz').touch()
  folder = f'--checkpoint_dir={tmp_path}'
  assert _main('export', _MODEL, '--output_dir=out', folder, *flags) == 0
  weights = 'raw' if flags else 'auto'
  order = _order(checkpoint_dir=tmp_path, weights=weights)
  run.assert_called_once_with((order,), processes.Processes(None))


def test_without_a_folder_it_is_the_default_one(run, home):
  (home / 'mobilenet_v1_0.25_128.tgz').touch()
  assert _main('export', _MODEL, '--output_dir=out') == 0
  order = _order(checkpoint_dir=home)
  run.assert_called_once_with((order,), processes.Processes(None))


def test_where_nothing_is_there_the_fetch_is_offered(run, home, capsys):
  assert _main('export', 'mobilenet_v1_025_1?8', '--output_dir=out') == 1
  assert capsys.readouterr().err == (
    f'slimhub: {home} holds no checkpoint of 1 of 1 models; `slimhub fetch '
    f'{_MODEL}` downloads them, and --fetch does it before an export\n'
  )
  run.assert_not_called()


def test_where_some_are_missing_the_others_are_exported(run, home, capsys):
  (home / 'mobilenet_v1_0.25_128.tgz').touch()
  assert _main('export', 'mobilenet_v1_025_1*', '--output_dir=out') == 0
  err = capsys.readouterr().err
  assert 'no checkpoint of 2 of 3 models; `slimhub fetch' in err
  assert 'mobilenet_v1_025_160 mobilenet_v1_025_192`' in err
  ((orders, _), _) = run.call_args
  assert len(orders) == 3  # Each failure stands in the summary.


def test_fetch_gives_one_request(fetch, home):
  flags = ['--mirror=http://m/', '--timeout=2', '--retries=1', '--jobs=7']
  patterns = ['mobilenet_v1_025_1[26]*/*/1', _MODEL]
  assert _main('fetch', *patterns, *flags, '--offline') == 0
  models = tuple(map(model_specs.get_model, [_MODEL, 'mobilenet_v1_025_160']))
  policy = download.Policy(2.0, 1)
  request = fetcher.Request(models, home, 'http://m', True, policy=policy)
  fetch.assert_called_once_with(request, 7)


def test_fetch_all_is_every_model_into_the_folder_that_is_named(fetch):
  argv = ['--all', '--checkpoint_dir=c', '--register_checksums']
  assert _main('fetch', *argv) == 0
  request = fetcher.Request(
    model_specs.MODELS, pathlib.Path('c'), register=True
  )
  fetch.assert_called_once_with(request, 4)


def test_a_failed_fetch_exits_1(fetch, capsys):
  fetch.return_value = [
    fetcher.Moved(1, 2),
    results.Result(_MODEL, results.FAILED, 'nobody there'),
  ]
  assert _main('fetch', _MODEL, '--checkpoint_dir=c') == 1
  assert 'nobody there' in capsys.readouterr().err


def test_export_fetches_what_is_missing_and_leaves_out_what_failed(
  run, fetch, home
):
  (home / 'mobilenet_v1_0.25_128.tgz').touch()
  names = ['mobilenet_v1_025_160', 'mobilenet_v1_025_192']
  fetch.return_value = [
    results.Result(names[0], results.FETCHED),
    results.Result(names[1], results.FAILED, 'nobody there'),
  ]
  argv = ['mobilenet_v1_025_1*', '--output_dir=out', '--fetch']
  assert _main('export', *argv) == 1
  models = tuple(map(model_specs.get_model, names))
  fetch.assert_called_once_with(fetcher.Request(models, home), 4)
  ((orders, _), _) = run.call_args
  assert [order.model.name for order in orders] == [_MODEL, names[0]]


@pytest.mark.parametrize('flags', [[], ['--fetch', '--mirror=file:///nowhere']])
def test_an_export_compares_an_archive_as_a_fetch_does(
  home, tmp_path, capsys, monkeypatch, flags
):
  """The archive in place is another than the one that was recorded."""
  monkeypatch.setattr(work, 'engine', lambda _: pipeline.InProcess())
  model = model_specs.get_model(_MODEL)
  (home / model.archive_name).write_bytes(b'another')
  recorded = checksums.Checksum(model.archive_url, 7, 'sha256', '12' * 32)
  (home / checksums.FILE).write_text(checksums.render([recorded]))
  argv = ['export', f'{_MODEL}/*/5', f'--output_dir={tmp_path}/out', *flags]
  assert _main(*argv) == 1
  assert f'expected {recorded}, as in {home}' in capsys.readouterr().err
  assert _main('fetch', _MODEL) == 1
  assert f'expected {recorded}, as in {home}' in capsys.readouterr().err
  assert not (tmp_path / 'out/google').exists()
