"""`slimhub list`."""

import argparse

from exporter import flags
from exporter import listing
import model_specs

HELP = 'the published handles'


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Declares what the command takes."""
  flags.add_patterns(parser)
  forms = ('table', 'json', 'csv')
  parser.add_argument('--format', choices=forms, default='table')


def run(args: argparse.Namespace) -> int:
  """Returns the exit code."""
  print(listing.render(model_specs.find(*args.patterns), args.format))
  return flags.OK
