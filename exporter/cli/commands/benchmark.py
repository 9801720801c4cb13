"""`slimhub benchmark`."""

import argparse

from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import hush
from exporter.cli import tables as listing
from exporter.measure import speed
from exporter.pipeline import orders as plan

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
    from exporter.measure import benchmark  # Imports TensorFlow.

    for found in benchmark.run(handles, args.output_dir):
      print(listing.table(speed.COLUMNS, speed.rows(found)), end='\n\n')
  return flags.OK
