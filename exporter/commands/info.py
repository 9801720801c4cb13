"""`slimhub info`."""

import argparse

from exporter import flags
from exporter import listing
import model_specs

HELP = 'all that is known of a handle'


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Declares what the command takes."""
  parser.add_argument('handle', metavar='HANDLE', help=flags.PATTERN)


def run(args: argparse.Namespace) -> int:
  """Returns the exit code."""
  handles = model_specs.find(args.handle)
  print('\n\n'.join(listing.describe(handle) for handle in handles))
  return flags.OK
