"""Flags of an export that would have no effect, or a bad one, are refused."""

import os
from unittest import mock

import pytest

from exporter import pipeline
from exporter.cli import entry

_MODEL = 'mobilenet_v1_025_128'
_EXPORT = ('--output_dir=out', '--synthetic_weights')


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', *argv]))


@pytest.fixture(name='run')
def _run():
  with mock.patch.object(pipeline, 'run_orders', return_value=[]) as run:
    yield run


@pytest.mark.parametrize(
  ('flags', 'says'),
  [
    (['--mirror=http://host/a'], '--mirror: for --fetch'),
    (['--retries=2', '--timeout=3'], '--timeout, --retries: for --fetch'),
    (['--require_checksums'], '--require_checksums is of archives'),
    (['--representative_images=p'], 'is for litert.int8'),
    (['--formats=onnx', '--representative_images=p'], 'is for litert.int8'),
    (['--onnx_layout=nchw'], '--onnx_layout is for the word onnx'),
    (['--litert_batch=1'], '--litert_batch is for litert'),
    (['--formats=onnx', '--litert_batch=dynamic'], '--litert_batch is for'),
    (['--formats=litert', '--onnx_layout=nhwc'], '--onnx_layout is for the'),
    (['--formats=onnx.model', '--onnx_layout=nchw'], 'is for the word onnx'),
  ],
)
def test_a_flag_that_nothing_would_come_of_is_refused(run, capsys, flags, says):
  assert _main('export', _MODEL, *_EXPORT, *flags) == 2
  assert says in capsys.readouterr().err
  run.assert_not_called()


def test_checksums_are_required_where_it_is_said(run, tmp_path):
  folder_flag = f'--checkpoint_dir={tmp_path}'
  pattern = f'{_MODEL}/classification/5'
  (tmp_path / 'mobilenet_v1_0.25_128.tgz').touch()
  for flags, expected in (((), False), (('--require_checksums',), True)):
    assert (
      _main('export', pattern, '--output_dir=out', folder_flag, *flags) == 0
    )
    (order,) = run.call_args.args[0]
    assert order.require_checksums is expected


def test_a_file_is_no_folder_of_checkpoints(run, capsys, tmp_path):
  (tmp_path / 'file').touch()
  folder_flag = f'--checkpoint_dir={tmp_path / "file"}'
  assert _main('export', _MODEL, '--output_dir=out', folder_flag) == 2
  assert 'is a file, expected the folder' in capsys.readouterr().err
  run.assert_not_called()


@pytest.mark.parametrize('name', ['a\\b', 'a[b]', 'a*', 'a?b'])
def test_a_folder_that_tensorflow_takes_for_a_pattern_is_refused(
  run, capsys, name
):
  flags = (f'--output_dir={name}', '--synthetic_weights')
  assert _main('export', _MODEL, *flags) == 1
  assert 'TensorFlow takes for a pattern' in capsys.readouterr().err
  run.assert_not_called()


@pytest.mark.parametrize('flag', ['--output_dir', '--checkpoint_dir'])
def test_a_folder_whose_name_is_no_utf_8_is_refused(
  run, capsys, flag, tmp_path
):
  named = {
    '--output_dir': str(tmp_path),
    '--checkpoint_dir': str(tmp_path),
    flag: os.fsdecode(b'bad\xff'),
  }
  flags = [f'{name}={value}' for name, value in named.items()]
  assert _main('export', _MODEL, *flags) == 1
  (line,) = capsys.readouterr().err.splitlines()
  assert line.startswith("slimhub: b'bad\\xff' is no name in UTF-8")
  run.assert_not_called()
