"""What is shown while a batch runs."""

import argparse
from collections.abc import Iterator
import errno
import io
import itertools
import json
import os
import re
import sys

import pytest

from exporter import errors
from exporter import results
from exporter.cli import exits
from exporter.cli import progress
from tests import source_tree

_RESULTS = (
  results.Result('a/1', results.EXPORTED, bytes=2_000_000, seconds=1.5),
  results.Result('b/1', results.KEPT, 'unchanged'),
  results.Result('c/1', results.FAILED, 'checkpoint x is torn'),
  results.Result('d/1', results.FAILED, 'checkpoint x is torn'),
  results.Result('e/1', results.REFUSED, 'it needs pictures'),
)


def _show(form: str) -> None:
  display = progress.Progress(form, len(_RESULTS))
  display.start()
  for result in _RESULTS:
    display.add(result)
  display.finish()


def test_results_go_to_stdout_and_reasons_to_stderr(capsys):
  _show('none')
  out, err = capsys.readouterr()
  assert out.splitlines()[:3] == [
    'exported  a/1  2.0 MB  1.5 s',
    'kept      b/1  unchanged',
    'failed    c/1',
  ]
  assert 'refused   e/1  it needs pictures' in out
  assert err.count('checkpoint x is torn') == 1
  assert err.count('failed: ') == 2


def test_the_summary_counts_each_status(capsys):
  _show('none')
  summary = capsys.readouterr().out.split('\n\n')[1].splitlines()
  counts = {line.split()[0]: line.split()[1] for line in summary[1:]}
  assert counts == {
    'exported': '1',
    'failed': '2',
    'kept': '1',
    'refused': '1',
    'all': '5',
  }


def test_a_transfer_counts_bytes(capsys):
  display = progress.Transfer('json', 1)
  display.start()
  display.move(0, 3_000_000)
  display.move(3_000_000, 0)
  display.add(results.Result('m', results.FETCHED, 'note', 3_000_000, 1.5))
  display.finish()
  out, _ = capsys.readouterr()
  events = [json.loads(line) for line in out.splitlines()]
  assert events[-1].pop('seconds') >= 0
  assert events == [
    {'event': 'started', 'archives': 1},
    {
      'event': 'fetched',
      'model': 'm',
      'status': 'fetched',
      'reason': 'note',
      'bytes': 3_000_000,
      'seconds': 1.5,
    },
    {'event': 'summary', 'fetched': 1},
  ]


def test_a_program_is_told_the_end_of_a_transfer_that_an_error_ends(capsys):
  def outcomes():
    yield results.Result('m', results.FETCHED, 'note', 3_000_000, 1.5)
    raise OSError('no space')

  with pytest.raises(OSError, match='no space'):
    progress.follow(progress.Transfer('json', 2), outcomes())
  events = map(json.loads, capsys.readouterr().out.splitlines())
  assert [e['event'] for e in events] == ['started', 'fetched', 'summary']


def test_the_bar_of_a_transfer_is_in_bytes(capsys):
  display = progress.Transfer('bar', 1)
  display.start()
  display.move(1_500_000, 3_000_000)
  display.add(results.Result('m', results.FETCHED, '', 3_000_000, 1.5))
  display.finish()
  out, err = capsys.readouterr()
  assert out.startswith('fetched   m  3.0 MB  1.5 s\n')
  assert '1.50M/3.00M' in err


def test_json_is_one_event_a_line_and_nothing_else(capsys):
  _show('json')
  out, err = capsys.readouterr()
  events = [json.loads(line) for line in out.splitlines()]
  assert [event['event'] for event in events] == [
    'started',
    'proven',
    'kept',
    *['failed'] * 2,
    'refused',
    'summary',
  ]
  assert events[0]['artifacts'] == 5
  assert events[3]['reason'] == 'checkpoint x is torn'
  assert events[-1]['failed'] == 2
  assert not err


def test_the_guide_names_every_event_and_its_keys(capsys):
  _show('json')
  guide = (source_tree.ROOT / 'docs' / 'batch.md').read_text()
  rows = {
    name: row
    for row in guide.splitlines()
    for name in re.findall(r'^\| `(\w+)` \|', row)
  }
  for name in {'started', 'planned', 'summary', *progress._EVENTS.values()}:
    assert name in rows or f'`{name}` stands for' in guide
  for line in capsys.readouterr().out.splitlines():
    event = json.loads(line)
    if event['event'] == 'proven':
      keys = event.keys() - {'event'}
      assert all(f'`{key}`' in rows['proven'] for key in keys)


@pytest.mark.parametrize('form', ['bar', 'auto'])
def test_a_bar_goes_to_stderr_where_somebody_sees_it(form, capsys):
  _show(form)
  out, err = capsys.readouterr()
  assert 'a/1' in out
  assert ('artifact/s' in err) == (form == 'bar')  # No terminal here.


def test_steps_are_a_bar_on_a_terminal_alone():
  class Terminal(io.StringIO):
    def isatty(self) -> bool:
      return True

  is_drawn = {}
  for form in ('auto', 'bar', 'none'):
    for stream in (io.StringIO(), Terminal()):
      steps = progress.Steps(form, 3, 'picture', stream)
      steps.move(3)
      steps.finish()
      is_terminal = isinstance(stream, Terminal)
      is_drawn[form, is_terminal] = '3/3' in stream.getvalue()
  assert is_drawn == {
    ('auto', False): False,
    ('auto', True): True,
    ('bar', False): True,
    ('bar', True): True,
    ('none', False): False,
    ('none', True): False,
  }


class _Refusing(io.StringIO):
  """A standard output that takes nothing."""

  def __init__(self, number: int):
    super().__init__()
    self._number = number

  def write(self, text: str) -> int:
    raise OSError(self._number, os.strerror(self._number))


def _show_in_vain(number: int, monkeypatch: pytest.MonkeyPatch) -> int:
  monkeypatch.setattr(sys, 'stdout', _Refusing(number))
  done = [results.Result(name, results.KEPT) for name in 'ab']
  return progress.show(done, len(done), argparse.Namespace(progress='json'))


@pytest.mark.parametrize('number', [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_events_that_a_file_does_not_take_are_a_failure(
  number, monkeypatch, capsys
):
  assert _show_in_vain(number, monkeypatch) == exits.FAILED
  (line,) = capsys.readouterr().err.splitlines()
  assert f'on standard output: [Errno {number}] {os.strerror(number)}' in line
  assert 'the work itself went on' in line


@pytest.mark.parametrize('number', [errno.EPIPE, errno.EBADF, errno.ECONNRESET])
def test_events_that_nobody_waits_for_are_no_failure(
  number, monkeypatch, capsys
):
  assert _show_in_vain(number, monkeypatch) == exits.OK
  assert not capsys.readouterr().err


def _broken() -> Iterator[results.Result]:
  yield from _RESULTS
  raise errors.ExportError('the disk is gone')


def test_an_error_that_ends_a_run_hides_no_reason_and_no_summary(capsys):
  arguments = argparse.Namespace(progress='json')
  with pytest.raises(errors.ExportError, match='the disk is gone'):
    progress.show(_broken(), 9, arguments)
  last = json.loads(capsys.readouterr().out.splitlines()[-1])
  assert (last['event'], last['failed']) == ('summary', 2)
  arguments.progress = 'none'
  with pytest.raises(errors.ExportError, match='the disk is gone'):
    progress.show(_broken(), 9, arguments)
  assert 'checkpoint x is torn' in capsys.readouterr().err


def test_a_run_that_cannot_begin_ends_for_programs_alone(capsys):
  arguments = argparse.Namespace(progress='none')
  nothing = itertools.islice(_broken(), 5, None)
  with pytest.raises(errors.ExportError):
    progress.show(nothing, 9, arguments)
  assert capsys.readouterr() == ('', '')
