"""Runs the command that a command line names; errors become exit codes."""

import argparse
from collections.abc import Sequence
import os
import select
import sys

import exporter
from exporter import environment
from exporter import errors
from exporter import faults
from exporter.cli import commands
from exporter.cli import exits
from exporter.cli import flags
from exporter.cli import progress
from exporter.cli import terminal
import model_specs

_COMMANDS = (
  'list',
  'info',
  'new',
  'fetch',
  'inspect',
  'audit',
  'export',
  'verify',
  'sign',
  'evaluate',
  'benchmark',
  'cards',
  'serve',
  'pack',
  'publish',
  'seed_cache',
  'doctor',
  'site',
)
_ASKED = '_ARGCOMPLETE'  # A shell sets this variable to ask for completions.
# The folders that commands write to, as the command line calls them.
_FOLDERS = (
  'output_dir',
  'cache_dir',
  'kagglehub_cache',
  'stock_dir',
  'checkpoint_dir',
)


def _parser(names: Sequence[str] = _COMMANDS) -> argparse.ArgumentParser:
  """The parser of commands; it puts the chosen one's function in `run`.

  Each command's module is imported, and what that imports.
  """
  parser = flags.Parser(
    prog='slimhub',
    description='TF-Slim checkpoints -> proven TF1 modules and SavedModels.',
    allow_abbrev=False,
  )
  parser.add_argument(
    '--version', action='version', version=f'slimhub {exporter.__version__}'
  )
  chosen = parser.add_subparsers(required=True, metavar='COMMAND')
  for name in names:
    command = getattr(commands, name)
    command_parser = chosen.add_parser(
      name, help=command.HELP, allow_abbrev=False, inherited_absl_flags=None
    )
    command_parser.set_defaults(run=command.run)
    command.add_flags(command_parser)
  return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
  """Parses a command line, which begins with the name of the program."""
  if _ASKED in os.environ:
    from exporter.cli import completion  # Other commands do not need it.

    completion.answer(_parser())
  # Only the command that is named is imported. If the first word is no command,
  # all are, as the error names them.
  named = tuple(name for name in _COMMANDS if name in argv[1:2])
  parser = _parser(named or _COMMANDS)
  if not argv[1:]:
    parser.error('expected a command; `slimhub --help` lists them')
  return parser.parse_args(argv[1:])


def _nobody_reads() -> bool:
  """Whether standard output leads to a pipe that nobody reads any more."""
  standard_output = select.poll()
  standard_output.register(1, 0)
  return any(event & select.POLLERR for _, event in standard_output.poll(0))


def _reason(error: OSError, args: argparse.Namespace) -> str:
  """What the system says, where it happened, and what to do.

  Where a write fails, the system names no file; the command's folder is named.
  """
  text = str(error)
  if error.filename is None:
    named = (getattr(args, name, None) for name in _FOLDERS)
    folder = next((folder for folder in named if folder), None)
    text = f'{folder}: {text}' if folder else text
  advice = faults.advice(error)
  return f'{text}; {advice}' if advice else text


def _short_of_memory(error: ImportError | MemoryError) -> str:
  """What to say where a library does not fit into memory.

  Raises:
    ImportError: It is missing or broken, which is a fault of the installation.
  """
  advice = faults.of_machine(error)
  if not advice:
    raise error
  return f'{type(error).__name__}: {error}; {advice}'


def main(args: argparse.Namespace) -> int:
  """Runs one command; returns its exit code, and prints errors in one line."""
  with terminal.shown():
    code = _run(args)
  if code == exits.INTERRUPTED:
    # Python remembers that a KeyboardInterrupt ended code which was run from a
    # text, as dataclasses make their methods, even if it was caught. Then it
    # exits by the signal, without this code. Running another text resets that.
    exec('')
  return code


def _run(args: argparse.Namespace) -> int:
  try:
    # NumPy reads it, too, once something imports that with TensorFlow, and
    # fails with a traceback.
    environment.source_date()
    code = args.run(args)
    sys.stdout.flush()  # A failure at exit would give the code 120.
    return code
  except KeyboardInterrupt:
    return exits.INTERRUPTED
  except BrokenPipeError as error:
    if _nobody_reads():  # As after `| head`.
      progress.give_up_stdout()
      return exits.OK
    code, reason = exits.FAILED, str(error)
  except (flags.UsageError, model_specs.UnknownNameError) as error:
    code, reason = exits.USAGE_ERROR, str(error)
  except OSError as error:
    code, reason = exits.FAILED, _reason(error, args)
  except (ImportError, MemoryError) as error:
    code, reason = exits.FAILED, _short_of_memory(error)
  except (errors.SlimhubError, model_specs.SpecError) as error:
    code, reason = exits.FAILED, str(error)
  sys.stderr.write(f'slimhub: {reason}\n')
  return code
