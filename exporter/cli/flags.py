"""The parser of command lines, and the flags that several commands share."""

import argparse
import difflib
import sys
from typing import Any
from typing import NoReturn

from absl.flags import argparse_flags

from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import progress
import model_specs
from model_specs import outside
from model_specs import spec_files

PATTERN = (
  'NAME, NAME/TASK or NAME/TASK/VERSION, shell globs allowed, after '
  'PUBLISHER/DATASET/ if need be; without a version: 3 and 5, or those of an '
  'own model. Or another name of it: that of Kaggle or Hugging Face, a URL'
)


class UsageError(Exception):
  """A mistake in a command line that its parser cannot find itself."""


def _closest(word: str, candidates: list[str]) -> str:
  close = difflib.get_close_matches(word, candidates, n=1)
  return f'; did you mean {close[0]}?' if close else ''


class Parser(argparse_flags.ArgumentParser):
  """A parser whose errors are one line and name the closest known word."""

  def error(self, message: str) -> NoReturn:
    """Says what is wrong, without the usage, and exits."""
    text = outside.shown(f'{self.prog}: {message}')
    self.exit(exits.USAGE_ERROR, f'{text}\n')

  def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
    """Refuses unknown flags before it parses; takes patterns behind flags, too.

    An unknown flag may be a required one that is misspelt. Its name helps more
    than the message that the required flag is missing.
    """
    known_flags = [flag for flag in self._option_string_actions if '--' in flag]
    for word in args:
      if self._subparsers and not word.startswith('-'):
        break  # The command's own parser checks the rest.
      if word == '--':
        break  # All words behind it are patterns or paths.
      flag = word.split('=')[0]
      if flag.startswith('--') and flag not in known_flags:
        self.error(f'unknown flag {flag}{_closest(flag, known_flags)}')
    parsed, left = super().parse_known_args(args, namespace)
    # Python's own parser takes positional words in one place only. Patterns
    # behind a flag are left over, and are added here.
    if hasattr(parsed, 'patterns') and not any(w.startswith('-') for w in left):
      parsed.patterns, left = [*parsed.patterns, *left], []
    return parsed, left

  def _check_value(self, action: argparse.Action, value: Any) -> None:
    choices = list(map(str, action.choices or ()))
    if choices and value not in choices:
      hint = _closest(value, choices) or '; choose from ' + ', '.join(choices)
      raise argparse.ArgumentError(action, f'unknown word {value!r}{hint}')


def add_patterns(parser: argparse.ArgumentParser) -> None:
  """Adds the patterns that choose handles."""
  parser.add_argument(
    'patterns', nargs='*', default=[], metavar='PATTERN', help=PATTERN
  )


def add_spec_files(parser: argparse.ArgumentParser) -> None:
  """Adds --spec_file, for models that are not published ones."""
  parser.add_argument(
    '--spec_file',
    action='append',
    default=[],
    type=flag_values.path,
    metavar='FILE',
    help='own models, in TOML as `slimhub new` writes it; may be repeated',
  )


def registry(args: argparse.Namespace) -> model_specs.Registry:
  """The published models, those of packages and those of given spec files.

  A package that cannot be used is named on stderr, and its models are unknown.
  """
  models = spec_files.load_registry(*args.spec_file)
  for problem in models.broken:
    sys.stderr.write(f'slimhub: warning: {problem}\n')
  return models


def add_formats(parser: argparse.ArgumentParser) -> None:
  """Adds --formats, for commands that work on existing exports."""
  parser.add_argument(
    '--formats',
    type=flag_values.format_words,
    metavar='FORMAT,...',
    help='of tf1, tf2, litert, onnx, tfjs; without it: all that are there',
  )


def add_progress(parser: argparse.ArgumentParser) -> None:
  """Adds --progress, which chooses how a batch is shown."""
  parser.add_argument(
    '--progress',
    choices=progress.FORMS,
    default=progress.AUTO,
    help='bar on stderr, JSON lines on stdout, or none',
  )
