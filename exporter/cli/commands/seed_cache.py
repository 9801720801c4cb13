"""`slimhub seed_cache`."""

import argparse

from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import work
from exporter.hub import tfhub_cache as seed
from exporter.storage import bundle
from exporter.storage import folder as shelf

HELP = "lay exports into tensorflow_hub's cache, for code that names URLs"


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Declares what the command takes."""
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
  """Returns the exit code."""
  whole = shelf.items(args.exports)
  count = sum(bundle.is_possible(item.manifest) for item in whole)
  results = seed.run(whole, args.cache_dir, args.handle_prefix, args.force)
  return work.show(results, count, args)
