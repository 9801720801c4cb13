"""`slimhub list`."""

import argparse

from exporter.cli import exits
from exporter.cli import flags
from exporter.cli import tables

HELP = 'the published handles, and those of own models'


def add_flags(parser: argparse.ArgumentParser) -> None:
  flags.add_patterns(parser)
  flags.add_spec_files(parser)
  forms = ('table', 'json', 'csv')
  parser.add_argument('--format', choices=forms, default='table')


def run(args: argparse.Namespace) -> int:
  handles = flags.registry(args).find(*args.patterns)
  print(tables.render(handles, args.format))
  return exits.OK
