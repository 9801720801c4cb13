"""Runs the command that a command line names; errors become exit codes."""

import argparse
from collections.abc import Sequence
import select
import sys
from types import ModuleType

import exporter
from exporter import errors
from exporter import faults
from exporter.cli import completion
from exporter.cli import exits
from exporter.cli import flags
from exporter.cli import progress
from exporter.cli import terminal
from exporter.cli.commands import benchmark
from exporter.cli.commands import cards
from exporter.cli.commands import doctor
from exporter.cli.commands import evaluate
from exporter.cli.commands import export
from exporter.cli.commands import fetch
from exporter.cli.commands import info
from exporter.cli.commands import inspect
from exporter.cli.commands import list as list_
from exporter.cli.commands import new
from exporter.cli.commands import pack
from exporter.cli.commands import publish
from exporter.cli.commands import seed_cache
from exporter.cli.commands import serve
from exporter.cli.commands import site
from exporter.cli.commands import verify
import model_specs

_COMMANDS: dict[str, ModuleType] = {
  'list': list_,
  'info': info,
  'new': new,
  'fetch': fetch,
  'inspect': inspect,
  'export': export,
  'verify': verify,
  'evaluate': evaluate,
  'benchmark': benchmark,
  'cards': cards,
  'serve': serve,
  'pack': pack,
  'publish': publish,
  'seed_cache': seed_cache,
  'doctor': doctor,
  'site': site,
}


# The folders that commands write to, as the command line calls them.
_FOLDERS = (
  'output_dir',
  'cache_dir',
  'kagglehub_cache',
  'stock_dir',
  'checkpoint_dir',
)


def _parser() -> argparse.ArgumentParser:
  """The parser of all commands; it puts the chosen one's function in `run`."""
  parser = flags.Parser(
    prog='slimhub',
    description='TF-Slim checkpoints -> proven TF1 modules and SavedModels.',
    allow_abbrev=False,
  )
  parser.add_argument(
    '--version', action='version', version=f'slimhub {exporter.__version__}'
  )
  commands = parser.add_subparsers(required=True, metavar='COMMAND')
  for name, command in _COMMANDS.items():
    command_parser = commands.add_parser(
      name, help=command.HELP, allow_abbrev=False, inherited_absl_flags=None
    )
    command_parser.set_defaults(run=command.run)
    command.add_flags(command_parser)
  return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
  """Parses a command line, which begins with the name of the program."""
  parser = _parser()
  completion.answer(parser)
  return parser.parse_args(argv[1:])


def _nobody_reads() -> bool:
  """Whether standard output leads to a pipe that nobody reads any more."""
  standard_output = select.poll()
  standard_output.register(1, 0)
  return any(event & select.POLLERR for _, event in standard_output.poll(0))


def _reason(error: OSError, args: argparse.Namespace) -> str:
  """What the system says, where it happened, and what to do.

  The system names no file where a write fails; then it is the command's folder.
  """
  told = str(error)
  if error.filename is None:
    named = (getattr(args, name, None) for name in _FOLDERS)
    folder = next((folder for folder in named if folder), None)
    told = f'{folder}: {told}' if folder else told
  advice = faults.of_machine(error)
  return f'{told}; {advice}' if advice else told


def main(args: argparse.Namespace) -> int:
  """Runs one command; returns its exit code, and prints errors in one line."""
  with terminal.shown():
    code = _run(args)
  if code == exits.INTERRUPTED:
    # Python remembers a KeyboardInterrupt that left a text which it ran, as the
    # classes of dataclasses are, even one that was caught, and ends by the
    # signal instead of with this code. To run another text makes it forget.
    exec('')
  return code


def _run(args: argparse.Namespace) -> int:
  try:
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
  except (errors.SlimhubError, model_specs.SpecError) as error:
    code, reason = exits.FAILED, str(error)
  sys.stderr.write(f'slimhub: {reason}\n')
  return code
