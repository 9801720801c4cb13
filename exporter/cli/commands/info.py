"""`slimhub info`."""

import argparse

from exporter.cli import exits
from exporter.cli import flags
from exporter.cli import tables

HELP = 'all that is known of a handle'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('handle', metavar='HANDLE', help=flags.PATTERN)
  flags.add_spec_files(parser)


def run(args: argparse.Namespace) -> int:
  handles = flags.registry(args).find(args.handle)
  print('\n\n'.join(tables.describe(handle) for handle in handles))
  return exits.OK
