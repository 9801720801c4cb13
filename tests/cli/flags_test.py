"""The command line: what it gives, and what it says when it is wrong."""

import argparse
import pathlib

import pytest

from exporter.cli import entry
from exporter.cli import exits

_EXPORT = ['export', 'a', '--output_dir=out', '--synthetic_weights']


def _parse(*argv: str) -> argparse.Namespace:
  return entry.parse(['slimhub', *argv])


def test_export_has_the_defaults_of_the_manual():
  args = _parse(*_EXPORT)
  assert args.patterns == ['a']
  assert args.output_dir == pathlib.Path('out')
  assert args.checkpoint_dir is None
  assert (args.weights, args.publisher, args.jobs) == ('auto', 'google', None)
  assert (args.all, args.dry_run, args.force) == (False, False, False)
  assert args.progress == 'auto'
  assert (args.formats, args.onnx_layout) == (('tf1', 'tf2'), None)
  assert args.representative_images is None


def test_fetch_has_the_defaults_of_the_manual():
  args = _parse('fetch', 'a')
  assert args.checkpoint_dir is None
  assert args.mirror is None
  assert (args.timeout, args.retries, args.jobs) == (30.0, 5, 4)
  assert (args.all, args.offline, args.register_checksums) == (False,) * 3


def test_patterns_may_stand_anywhere():
  args = _parse('verify', 'exports', 'a', '--formats=onnx', 'b', '--jobs=2')
  assert (args.patterns, args.formats) == (['a', 'b'], ('onnx',))


def test_words_behind_two_dashes_are_no_flags():
  assert _parse('list', '--format=csv', '--', 'a', 'b').patterns == ['a', 'b']


def test_a_tilde_is_the_home_folder():
  home = pathlib.Path.home()
  args = _parse('export', 'a', '--output_dir=~/o', '--checkpoint_dir=~/c')
  assert (args.output_dir, args.checkpoint_dir) == (home / 'o', home / 'c')
  assert _parse('verify', '~/o').dir == home / 'o'


@pytest.mark.parametrize(
  'argv',
  [
    ['list'],
    ['info', 'a'],
    ['fetch', 'a'],
    _EXPORT,
    ['verify', 'out'],
    ['benchmark', '--output_dir=o'],
    ['cards'],
    ['doctor'],
  ],
)
def test_every_command_is_handed_on(argv):
  assert _parse(*argv).run.__module__ == f'exporter.cli.commands.{argv[0]}'


@pytest.mark.parametrize(
  ('argv', 'says'),
  [
    ([], 'expected a command; `slimhub --help` lists them'),
    (['lst'], "unknown word 'lst'; did you mean list?"),
    (['list', '--fromat=csv'], 'unknown flag --fromat; did you mean --format?'),
    (['list', '--format=cvs'], "unknown word 'cvs'; did you mean csv?"),
    (['list', '--qqqq'], 'unknown flag --qqqq\n'),
    (['export', 'a', '--synthetic_weights'], '--output_dir'),
    ([*_EXPORT, '--checkpoint_dir=c'], 'not allowed with'),
    ([*_EXPORT, '--weights=emma'], 'did you mean ema?'),
    ([*_EXPORT, '--jobs=0'], "'0', expected a whole number, 1 to 1000"),
    ([*_EXPORT, '--jobs=two'], "'two', expected a whole number, 1 to 1000"),
    ([*_EXPORT, '--progress=xyz'], 'choose from auto, bar, json, none'),
    ([*_EXPORT, '--formats=tf2,onyx'], "'onyx'; did you mean onnx?"),
    ([*_EXPORT, '--onnx_layout=ncwh'], 'did you mean nchw?'),
    ([*_EXPORT, '--litert_batch=8'], 'choose from 1, dynamic'),
    (['verify', 'o', '--formats=tf3'], "unknown format 'tf3'"),
    (['export', 'a', '--output_dr=o'], 'did you mean --output_dir?'),
    (['verify'], 'are required: DIR\n'),
    (['fetch', 'a', '--mirror=/data'], "'/data', expected http://, https://"),
    (['fetch', 'a', '--timeout=0'], "'0', expected seconds above 0"),
    (
      ['fetch', 'a', '--retries=-1'],
      "'-1', expected a whole number, 0 to 1000",
    ),
    (
      ['fetch', 'a', '--jobs=auto'],
      "'auto', expected a whole number, 1 to 1000",
    ),
    (['fetch', 'a', '--miror=x'], 'did you mean --mirror?'),
    (
      [*_EXPORT, '--publisher=Acme'],
      "--publisher: 'Acme', expected lower-case",
    ),
    ([*_EXPORT, '--publisher='], "--publisher: '', expected lower-case"),
    (['--verbos'], 'unknown flag --verbos'),
  ],
)
def test_a_wrong_line_is_one_sentence_and_exit_2(argv, says, capsys):
  with pytest.raises(SystemExit) as exit_:
    _parse(*argv)
  assert exit_.value.code == exits.USAGE_ERROR
  out, err = capsys.readouterr()
  assert says in err
  assert err.startswith('slimhub')
  assert err.count('\n') == 1
  assert not out
