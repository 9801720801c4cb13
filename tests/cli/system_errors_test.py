"""What the system refuses is one line that says where, and what to do."""

import os
import subprocess
import sys
from unittest import mock

import pytest

from exporter import pipeline
from exporter.cli import entry
from tests import some_exports

_MODEL = 'mobilenet_v1_025_128'
_EXPORT = ('--output_dir=out', '--synthetic_weights')


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', *argv]))


@pytest.fixture(name='run')
def _run():
  with mock.patch.object(pipeline, 'run_orders', return_value=[]) as run:
    yield run


@pytest.mark.parametrize(
  ('error', 'says'),
  [
    (OSError(28, 'No space left on device'), ['out: ', 'make room']),
    (MemoryError(), ['MemoryError', 'ran out of memory', '--jobs']),
    (
      ImportError('x.so: failed to map segment from shared object'),
      ['x.so', 'ran out of memory'],
    ),
    (OSError(30, 'Read-only file system', '/x/y'), ["'/x/y'", 'writable']),
  ],
)
def test_an_error_of_the_system_says_where_and_what_to_do(
  run, capsys, error, says
):
  run.side_effect = error
  assert _main('export', _MODEL, *_EXPORT) == 1
  err = capsys.readouterr().err
  assert err.count('\n') == 1
  assert all(words in err for words in says)


@pytest.mark.parametrize(
  'argv',
  [
    ('pack', 'exports', '--output_dir=file'),
    ('export', _MODEL, '--output_dir=staged', '--synthetic_weights'),
    ('serve', 'exports', '--stock_dir=file/below'),
    ('cards', '--output_dir=file'),
  ],
  ids=' '.join,
)
def test_something_else_in_the_place_of_a_folder_is_told_with_what_to_do(
  argv, tmp_path, monkeypatch, capsys
):
  monkeypatch.chdir(tmp_path)
  some_exports.make(tmp_path / 'exports')
  (tmp_path / 'staged').mkdir()
  for name in ('file', 'staged/.slimhub-staging'):
    (tmp_path / name).touch()
  assert _main(*argv) == 1
  (line,) = capsys.readouterr().err.splitlines()
  assert 'a folder is needed where something else lies; move that aw' in line


@pytest.mark.parametrize(
  ('name', 'says'),
  [('nosuch', 'nosuch does not exist'), ('file', 'file is a file')],
)
def test_a_folder_of_exports_that_is_none_is_told(name, says, tmp_path, capsys):
  (tmp_path / 'file').touch()
  assert _main('verify', str(tmp_path / name)) == 1
  (line,) = capsys.readouterr().err.splitlines()
  assert f'{says}; name the --output_dir of an export' in line


def test_a_pipe_that_breaks_elsewhere_is_a_failure(tmp_path, capsys):
  flags = ('--synthetic_weights', f'--output_dir={tmp_path}')
  broken = BrokenPipeError(32, 'Broken pipe')
  with mock.patch.object(pipeline, 'run_orders', side_effect=broken):
    assert _main('export', 'mobilenet_v1_025_128', *flags) == 1
  assert 'Broken pipe' in capsys.readouterr().err


def test_a_date_that_is_none_is_refused_before_numpy_reads_it(
  run, capsys, monkeypatch
):
  monkeypatch.setenv('SOURCE_DATE_EPOCH', 'abc')
  assert _main('export', _MODEL, *_EXPORT) == 1
  (line,) = capsys.readouterr().err.splitlines()
  assert line.startswith("slimhub: SOURCE_DATE_EPOCH is 'abc', expected")
  run.assert_not_called()


def test_an_empty_date_is_none_for_all_that_the_command_starts():
  code = (
    'import os\n'
    'from exporter import __main__\n'
    'try:\n'
    '  __main__.run()\n'
    'finally:\n'
    "  print('SOURCE_DATE_EPOCH' in os.environ)\n"
  )
  for text in ('', '86400'):
    done = subprocess.run(
      [sys.executable, '-c', code, 'list', _MODEL],
      env={**os.environ, 'SOURCE_DATE_EPOCH': text},
      capture_output=True,
      text=True,
      check=True,
    )
    assert done.stdout.splitlines()[-1] == str(bool(text))


def test_what_is_broken_in_the_installation_is_no_lack_of_memory(run):
  run.side_effect = ImportError('no module named x')
  with pytest.raises(ImportError, match='named x'):
    _main('export', _MODEL, *_EXPORT)


@pytest.mark.parametrize(
  'argv',
  [
    ('pack', 's3://bucket/exports', '--output_dir=out'),
    ('seed_cache', 's3://bucket/exports', '--cache_dir=cache'),
    ('serve', 's3://bucket/exports'),
  ],
)
def test_a_url_where_a_folder_of_this_machine_is_needed(argv, capsys):
  with pytest.raises(SystemExit) as ended:
    _main(*argv)
  assert ended.value.code == 2
  assert "'s3://bucket/exports' is a URL, expected" in capsys.readouterr().err
