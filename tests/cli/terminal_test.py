"""A terminal obeys nothing that is printed, and every line gets printed."""

import io
import os
import subprocess
import sys

import pytest
import tqdm

from exporter import errors
from exporter import results
from exporter.cli import entry
from exporter.cli import progress
from exporter.cli import terminal
from tests import source_tree

_CLEAR = '\x1b[2J'


def test_what_a_terminal_obeys_is_spelled(capsys):
  with terminal.shown():
    print(f'a{_CLEAR}\u202eb')  # noqa: T201
    print(f'c{_CLEAR}\td', file=sys.stderr)  # noqa: T201
  out, err = capsys.readouterr()
  assert out == 'a\\x1b[2J\\u202eb\n'
  assert err == 'c\\x1b[2J\td\n'


def test_the_streams_come_back_unless_they_were_replaced():
  output, error = sys.stdout, sys.stderr
  with terminal.shown():
    assert terminal.raw_error() is error
  assert (sys.stdout, sys.stderr) == (output, error)
  with terminal.shown():
    progress.give_up_stdout()
    replaced = sys.stdout
  assert sys.stdout is replaced
  sys.stdout = output


def test_a_bar_is_cleared_before_a_line():
  """Tqdm asks whether the bar is where the line is printed."""
  stream = io.StringIO()
  shown = terminal.Shown(stream)
  bar = tqdm.tqdm(total=2, file=stream)
  assert bar.fp == shown
  bar.close()


def test_a_name_in_a_result_is_spelled(capsys):
  with terminal.shown():
    display = progress.Progress(progress.NONE, 1)
    display.add(results.Result(f'm{_CLEAR}', results.FAILED, f'r{_CLEAR}'))
    display.finish()
  out, err = capsys.readouterr()
  assert _CLEAR not in out + err
  assert r'm\x1b[2J' in out
  assert r'r\x1b[2J' in err


@pytest.mark.parametrize('argv', [['list', f'a{_CLEAR}'], [f'a{_CLEAR}']])
def test_a_word_of_the_command_line_is_spelled(argv, capsys):
  try:
    code = entry.main(entry.parse(['slimhub', *argv]))
  except SystemExit as raised:
    code = int(str(raised.code))
  assert code == 2
  assert _CLEAR not in capsys.readouterr().err


def test_an_error_is_spelled(capsys, monkeypatch):
  args = entry.parse(['slimhub', 'list'])

  def fail(_) -> int:
    raise errors.HubError(f'bad{_CLEAR}')

  monkeypatch.setattr(args, 'run', fail)
  assert entry.main(args) == 1
  assert capsys.readouterr().err == 'slimhub: bad\\x1b[2J\n'


def test_letters_that_an_encoding_lacks_are_spelled():
  code = (
    'from exporter.cli import terminal\n'
    'with terminal.shown():\n'
    "  print('gr\\u00fcn')\n"
  )
  done = subprocess.run(
    [sys.executable, '-c', code],
    capture_output=True,
    text=True,
    check=False,
    cwd=source_tree.ROOT,
    env={**os.environ, 'PYTHONIOENCODING': 'ascii:strict'},
  )
  assert done.stdout == 'gr\\xfcn\n', done.stderr


def _shell(line: str) -> subprocess.CompletedProcess:
  return subprocess.run(
    ['bash', '-c', f'{sys.executable} -m exporter {line}'],
    capture_output=True,
    text=True,
    check=False,
    cwd=source_tree.ROOT,
  )


def test_closed_streams_are_no_failure(tmp_path):
  out = tmp_path / 'out'
  flags = f'--output_dir={out} --synthetic_weights --jobs=1'
  handle = 'mobilenet_v1_025_128/feature_vector/5'
  done = _shell(f'export {handle} {flags} >&- 2>&-')
  assert done.returncode == 0
  assert list(out.glob('*/*/*/*/5.json'))
