"""`slimhub benchmark`."""

import argparse

from exporter import cards
from exporter import errors
from exporter import formats
from exporter import lean
from exporter import measure
from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import hush
from exporter.cli import progress
from exporter.cli import tables

HELP = 'time exports on this machine, beside Keras'


def add_flags(parser: argparse.ArgumentParser) -> None:
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
  exports = storage.find_artifacts(
    args.output_dir, args.patterns, args.formats, flags.registry(args)
  )
  handles = exports.usable
  measured: list[measure.Speed] = []
  failure: errors.ProofError | None = None
  with hush.hushed():
    lean.import_tensorflow()
    try:
      for speeds in measure.benchmark(
        handles, args.output_dir, formats.load, formats.alone
      ):
        print(
          tables.table(measure.SPEED_COLUMNS, measure.speed_rows(speeds)),
          end='\n\n',
        )
        measured += speeds
    # Some exports failed; the figures of all others are there.
    except errors.ProofError as error:
      failure = error
    machine = measure.this_machine()
  code = progress.tell_left_out(exports.left_out)
  names = {speed.name for speed in measured}
  with storage.hold(args.output_dir):  # No export is replaced meanwhile.
    cards.write_each(
      (handle for handle in handles if str(handle) in names),
      lambda handle: cards.write_speed(
        handle, args.output_dir, machine, measured, formats.describe
      ),
    )
  if failure:
    raise failure
  return code
