"""`slimhub seed_cache`."""

import argparse
import dataclasses
import itertools

from exporter import errors
from exporter import hub
from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress

HELP = 'lay exports into the caches of clients, for code that names URLs'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('exports', metavar='EXPORTS', type=flag_values.path)
  parser.add_argument(
    '--cache_dir',
    metavar='DIR',
    type=flag_values.path,
    help="tensorflow_hub's cache: what TFHUB_CACHE_DIR names where the code "
    'runs',
  )
  parser.add_argument(
    '--kagglehub_cache',
    metavar='DIR',
    type=flag_values.path,
    help="kagglehub's cache: what KAGGLEHUB_CACHE names where the code runs",
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
    '--copy',
    action='store_true',
    help='copy an artifact for each of its names, where links cannot be',
  )
  parser.add_argument(
    '--force',
    action='store_true',
    help='replace what was not seeded by slimhub',
  )
  flags.add_progress(parser)


def run(args: argparse.Namespace) -> int:
  if not args.cache_dir and not args.kagglehub_cache:
    raise flags.UsageError(
      'seed_cache lays exports into caches: --cache_dir=DIR names that of '
      'tensorflow_hub, --kagglehub_cache=DIR that of kagglehub'
    )
  exports = storage.items(args.exports)
  count = len(exports.left_out)
  seeded = []
  models = sum(not item.handle.kind.is_converted for item in exports.usable)
  if not models and not exports.left_out and not args.kagglehub_cache:
    raise errors.ManifestError(
      f'{args.exports} holds converted files alone, for which the cache of '
      'tensorflow_hub has no place; export tf1 or tf2, too, or name '
      '--kagglehub_cache=DIR'
    )
  if args.cache_dir:
    count += models
    seeded.append(
      hub.seed_tfhub(
        exports, args.cache_dir, args.handle_prefix, args.force, args.copy
      )
    )
    # The second cache need not report what cannot be used once more.
    exports = dataclasses.replace(exports, left_out=())
  if args.kagglehub_cache:
    count += len(exports.usable)
    seeded.append(
      hub.seed_kagglehub(exports, args.kagglehub_cache, args.force, args.copy)
    )
  return progress.show(itertools.chain(*seeded), count, args)
