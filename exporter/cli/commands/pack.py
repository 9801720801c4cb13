"""`slimhub pack`."""

import argparse

from exporter import environment
from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress

HELP = 'write exports as the plain files that a static host serves as a hub'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('exports', metavar='EXPORTS', type=flag_values.path)
  parser.add_argument(
    '--output_dir',
    type=flag_values.path,
    required=True,
    help='where the files go; a second run keeps what is unchanged',
  )
  flags.add_progress(parser)


def run(args: argparse.Namespace) -> int:
  environment.require('serve')
  from exporter import hub

  exports = storage.items(args.exports)
  count = len(exports.usable) + len(exports.left_out)
  return progress.show(hub.pack_exports(exports, args.output_dir), count, args)
