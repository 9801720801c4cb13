"""`slimhub benchmark`."""

import argparse

from exporter import flag_values
from exporter import flags
from exporter import listing
from exporter import plan
from exporter import speed
from exporter.commands import hush

HELP = 'time exports on this machine, beside Keras'


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Declares what the command takes."""
  flags.add_patterns(parser)
  parser.add_argument(
    '--output_dir',
    type=flag_values.folder,
    required=True,
    help='where exports are',
  )
  flags.add_formats(parser)
  flags.add_spec_files(parser)


def run(args: argparse.Namespace) -> int:
  """Returns the exit code."""
  handles = plan.find_artifacts(
    args.output_dir, args.patterns, args.formats, flags.registry(args)
  )
  with hush.hushed():
    from exporter import benchmark  # Imports TensorFlow.

    for found in benchmark.run(handles, args.output_dir):
      print(listing.table(speed.COLUMNS, speed.rows(found)), end='\n\n')
  return flags.OK
