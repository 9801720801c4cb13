"""What the system refuses is one line that says where, and what to do."""

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
  ('error', 'says'),
  [
    (OSError(28, 'No space left on device'), ['out: ', 'make room']),
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


def test_a_pipe_that_breaks_elsewhere_is_a_failure(tmp_path, capsys):
  flags = ('--synthetic_weights', f'--output_dir={tmp_path}')
  broken = BrokenPipeError(32, 'Broken pipe')
  with mock.patch.object(pipeline, 'run_orders', side_effect=broken):
    assert _main('export', 'mobilenet_v1_025_128', *flags) == 1
  assert 'Broken pipe' in capsys.readouterr().err
