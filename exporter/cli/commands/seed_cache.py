"""`slimhub seed_cache`."""

import argparse

from exporter import hub
from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress

HELP = "lay exports into tensorflow_hub's cache, for code that names URLs"


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('exports', metavar='EXPORTS', type=flag_values.path)
  parser.add_argument(
    '--cache_dir',
    type=flag_values.path,
    required=True,
    help='what TFHUB_CACHE_DIR names where the code runs',
  )
  parser.add_argument(
    '--handle_prefix',
    metavar='URL',
    type=flag_values.hub,
    default='https://tfhub.dev',
    help='what stands before the handles in the code; the default is '
    'https://tfhub.dev',
  )
  parser.add_argument(
    '--force',
    action='store_true',
    help='replace what was not seeded by slimhub',
  )
  flags.add_progress(parser)


def run(args: argparse.Namespace) -> int:
  found = storage.items(args.exports)
  count = sum(not item.handle.kind.is_converted for item in found.usable)
  count += len(found.left_out)
  results = hub.seed_tfhub(
    found, args.cache_dir, args.handle_prefix, args.force
  )
  return progress.show(results, count, args)
