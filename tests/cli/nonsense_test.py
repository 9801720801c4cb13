"""Every flag of every command refuses what is no value of it, by its name."""

import argparse
from collections.abc import Iterator

import pytest

from exporter.cli import entry
from exporter.cli import exits
from exporter.cli import flag_values
from tests import each

_NUMBERS = (
  flag_values.count,
  flag_values.gigabytes,
  flag_values.jobs,
  flag_values.port,
  flag_values.positive,
  flag_values.seconds,
)
_PATHS = (flag_values.path, flag_values.folder, flag_values.program)
_NO_NUMBERS = (
  *('', ' ', '-1', '+1', '1_000', '0x10', '1e3', '1e400', 'nan', 'inf', 'one'),
  *(
    '\u0663',
    '\uff11',
    '\u00b2',
    '1 ',
    '1' * 31,
    '1' * 5000,
    '1.',
    '.5',
    '1,5',
    '\n1',
  ),
)
_NO_PATHS = ('', 'a\0b', '~no-such-user/x')


def _commands() -> dict[str, argparse.ArgumentParser]:
  (commands,) = (
    action
    for action in entry._parser()._actions
    if isinstance(action, argparse._SubParsersAction)
  )
  return dict(commands.choices)


def _flags(*types: object) -> Iterator[tuple[str, str]]:
  """A command line up to its value, for each flag and word of these types."""
  for command, parser in _commands().items():
    for action in parser._actions:
      if action.type in types and action.option_strings:
        yield command, f'{action.option_strings[0]}='
      elif action.type in types:
        yield command, ''


def _refused(command: str, flag: str, text: str, capsys) -> str:
  with pytest.raises(SystemExit) as raised:
    entry.parse(['slimhub', command, f'{flag}{text}'])
  assert raised.value.code == exits.USAGE_ERROR
  out, err = capsys.readouterr()
  assert not out
  return err


def test_no_number_is_read_in_another_way():
  types = {
    action.type
    for parser in _commands().values()
    for action in parser._actions
    if action.type is not None
  }
  assert types & {*_NUMBERS} == {*_NUMBERS}
  assert not types & {int, float, complex, str}


@each.over(
  'case', [(*f, text) for f in _flags(*_NUMBERS) for text in _NO_NUMBERS], repr
)
def test_a_number_is_a_number(case, capsys):
  command, flag, text = case
  err = _refused(command, flag, text, capsys)
  assert f'argument {flag[:-1]}: ' in err
  assert 'expected' in err


@each.over('text', ['0', '0.0', '-0', '0' * 40])
def test_nothing_is_not_a_number_of_workers(text, capsys):
  assert '--jobs' in _refused('export', '--jobs=', text, capsys)


@each.over(
  'case', [(*f, text) for f in _flags(*_PATHS) for text in _NO_PATHS], repr
)
def test_a_path_is_a_path(case, capsys):
  command, flag, text = case
  err = _refused(command, flag, text, capsys)
  assert f'argument {flag[:-1]}' in err
  assert 'Traceback' not in err


@each.over('url', ['s3://', 's3:///', 's3:/b/x', 'gs:/b'])
def test_half_a_url_is_neither_a_bucket_nor_a_folder(url, capsys):
  err = _refused('export', '--output_dir=', url, capsys)
  assert 's3://BUCKET/PATH' in err
