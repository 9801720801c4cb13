"""The command line, declared: commands, flags, what wrong ones say."""

import argparse
from collections.abc import Callable
from collections.abc import Mapping
import difflib
import pathlib
from typing import Any
from typing import NoReturn

from absl.flags import argparse_flags

from exporter import flag_values
from exporter import plan
from exporter import progress
from exporter import weights
from model_specs import formats
from model_specs import spec

USAGE_ERROR = 2
_PATTERN = (
  'NAME, NAME/TASK or NAME/TASK/VERSION, shell globs allowed; '
  'without a version: 3 and 5'
)


def _closest(word: str, known: list[str]) -> str:
  close = difflib.get_close_matches(word, known, n=1)
  return f'; did you mean {close[0]}?' if close else ''


class _Parser(argparse_flags.ArgumentParser):
  """A parser that names the closest word to a wrong one."""

  def error(self, message: str) -> NoReturn:
    """Says what is wrong in one line, and exits."""
    self.exit(USAGE_ERROR, f'{self.prog}: {message}\n')

  def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
    """Refuses unknown flags first: one may be a required flag misspelt."""
    known = [flag for flag in self._option_string_actions if '--' in flag]
    for word in args:
      if self._subparsers and not word.startswith('-'):
        break  # The rest is the command's.
      flag = word.split('=')[0]
      if flag.startswith('--') and flag not in known:
        self.error(f'unknown flag {flag}{_closest(flag, known)}')
    return super().parse_known_args(args, namespace)

  def _check_value(self, action: argparse.Action, value: Any) -> None:
    choices = list(map(str, action.choices or ()))
    if choices and value not in choices:
      hint = _closest(value, choices) or '; choose from ' + ', '.join(choices)
      raise argparse.ArgumentError(action, f'unknown word {value!r}{hint}')


def _add_patterns(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('patterns', nargs='*', metavar='PATTERN', help=_PATTERN)


def _add_work(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    '--jobs',
    type=flag_values.jobs,
    metavar='N',
    help='workers, each on one core; auto, the default: as many as cores',
  )
  parser.add_argument(
    '--engine',
    choices=plan.ENGINES,
    default=plan.LOCAL,
    help='what works: processes of this machine, or a Ray cluster',
  )
  parser.add_argument(
    '--ray_address',
    metavar='HOST:PORT',
    help='head of the cluster; without it, the one Ray finds or starts',
  )
  _add_progress(parser)


def _add_progress(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    '--progress',
    choices=progress.FORMS,
    default=progress.AUTO,
    help='bar on stderr, JSON lines on stdout, or none',
  )


def _add_list(parser: argparse.ArgumentParser) -> None:
  _add_patterns(parser)
  forms = ('table', 'json', 'csv')
  parser.add_argument('--format', choices=forms, default='table')


def _add_info(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('handle', metavar='HANDLE', help=_PATTERN)


def _add_transfer(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    '--mirror',
    type=flag_values.mirror,
    metavar='URL',
    help='a folder that holds the archives: http://, https:// or file:///',
  )
  parser.add_argument(
    '--timeout',
    type=flag_values.seconds,
    default=30.0,
    metavar='SECONDS',
    help='how long a server may say nothing; the default is 30',
  )
  parser.add_argument(
    '--retries',
    type=flag_values.count,
    default=5,
    metavar='N',
    help='how often to try again, waiting longer each time; the default is 5',
  )


def _add_fetch(parser: argparse.ArgumentParser) -> None:
  _add_patterns(parser)
  parser.add_argument('--all', action='store_true', help='every model')
  parser.add_argument(
    '--checkpoint_dir',
    type=flag_values.path,
    help='where archives go; the default is below SLIMHUB_HOME, or ~/.cache',
  )
  _add_transfer(parser)
  parser.add_argument(
    '--offline',
    action='store_true',
    help='verify what is there, download nothing',
  )
  parser.add_argument(
    '--register_checksums',
    action='store_true',
    help='for maintainers: new checksums go into model_specs/ of this clone',
  )
  parser.add_argument(
    '--jobs',
    type=flag_values.positive,
    default=4,
    metavar='N',
    help='downloads at once; the default is 4',
  )
  _add_progress(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
  _add_patterns(parser)
  parser.add_argument('--all', action='store_true', help='every handle')
  parser.add_argument(
    '--output_dir',
    type=flag_values.folder,
    required=True,
    help='where exports go: a folder or a URL, such as s3://BUCKET/PATH',
  )
  source = parser.add_mutually_exclusive_group()
  source.add_argument(
    '--checkpoint_dir',
    type=flag_values.path,
    help='holds the published archives, or checkpoints as they unpack; '
    'the default is where `slimhub fetch` puts them',
  )
  source.add_argument(
    '--synthetic_weights',
    action='store_true',
    help='seeded, untrained weights, to try things out',
  )
  parser.add_argument(
    '--fetch', action='store_true', help='download missing archives before'
  )
  _add_transfer(parser)
  parser.add_argument(
    '--weights',
    choices=weights.CHOICES,
    default=weights.AUTO,
    help='moving averages (ema) or raw weights; auto: ema where there are',
  )
  parser.add_argument(
    '--publisher',
    type=flag_values.publisher,
    default=spec.PUBLISHER,
    help='first part of the handles',
  )
  parser.add_argument(
    '--formats',
    type=flag_values.format_words,
    default=formats.DEFAULT,
    metavar='FORMAT,...',
    help='of tf1, tf2, litert, onnx; the last two convert each TF2 handle',
  )
  parser.add_argument(
    '--representative_images',
    type=flag_values.path,
    metavar='DIR',
    help='pictures that the ranges of litert.int8 are measured on',
  )
  parser.add_argument(
    '--onnx_layout',
    choices=formats.LAYOUTS,
    default=formats.NHWC,
    help="the input's axes in ONNX: channels last (nhwc) or first (nchw)",
  )
  parser.add_argument('--dry_run', action='store_true', help='only say what')
  parser.add_argument('--force', action='store_true', help='replace exports')
  _add_work(parser)


def _add_verify(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('dir', metavar='DIR', type=flag_values.folder)
  parser.add_argument(
    '--formats',
    type=flag_values.format_words,
    metavar='FORMAT,...',
    help='of tf1, tf2, litert, onnx; without it: all that are there',
  )
  parser.add_argument(
    'patterns',
    nargs='*',
    metavar='PATTERN',
    help='as for export; without a version: all that are there',
  )
  parser.add_argument(
    '--client',
    metavar='PYTHON',
    type=flag_values.program,
    help='an interpreter whose TensorFlow must agree, too: 1.15 or newer',
  )
  _add_work(parser)


def _add_benchmark(parser: argparse.ArgumentParser) -> None:
  _add_patterns(parser)
  parser.add_argument(
    '--output_dir',
    type=flag_values.folder,
    required=True,
    help='where exports are',
  )
  parser.add_argument(
    '--formats',
    type=flag_values.format_words,
    metavar='FORMAT,...',
    help='of tf1, tf2, litert, onnx; without it: all that are there',
  )


def _add_cards(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    '--output_dir',
    type=flag_values.path,
    default=pathlib.Path('docs/model_cards'),
    help='where cards go; the catalogue goes to the folder `catalogue` beside',
  )


def _add_nothing(parser: argparse.ArgumentParser) -> None:
  del parser


_COMMANDS = {
  'list': ('the published handles', _add_list),
  'info': ('all that is known of a handle', _add_info),
  'fetch': ('download published checkpoints', _add_fetch),
  'export': ('export handles, prove and describe them', _add_export),
  'verify': ('prove exports again, from their files alone', _add_verify),
  'benchmark': ('time exports on this machine, beside Keras', _add_benchmark),
  'cards': ('write the documentation cards', _add_cards),
  'doctor': ('find packages that cannot work together', _add_nothing),
}


def parser(
  commands: Mapping[str, Callable[[argparse.Namespace], int]],
) -> argparse.ArgumentParser:
  """The parser; it leaves the chosen command in `run`."""
  whole = _Parser(
    prog='slimhub',
    description='TF-Slim checkpoints -> proven TF1 modules and SavedModels.',
    allow_abbrev=False,
  )
  chosen = whole.add_subparsers(required=True, metavar='COMMAND')
  for name, (help_, add) in _COMMANDS.items():
    command = chosen.add_parser(
      name, help=help_, allow_abbrev=False, inherited_absl_flags=None
    )
    command.set_defaults(run=commands[name])
    add(command)
  return whole
