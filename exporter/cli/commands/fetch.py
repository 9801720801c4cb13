"""`slimhub fetch`."""

import argparse

from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import transfer
import model_specs

HELP = 'download published checkpoints'


def add_flags(parser: argparse.ArgumentParser) -> None:
  flags.add_patterns(parser)
  parser.add_argument('--all', action='store_true', help='every model')
  parser.add_argument(
    '--checkpoint_dir',
    type=flag_values.path,
    help='where archives go; the default is below SLIMHUB_HOME, or ~/.cache',
  )
  transfer.add_flags(parser)
  transfer.add_trust(parser)
  parser.add_argument(
    '--offline',
    action='store_true',
    help='verify what is there, download nothing',
  )
  parser.add_argument(
    '--register_checksums',
    action='store_true',
    help='for maintainers: new checksums go into model_specs/ of this clone',
  )
  parser.add_argument(
    '--jobs',
    type=flag_values.positive,
    default=4,
    metavar='N',
    help='downloads at once; the default is 4',
  )
  flags.add_progress(parser)


def run(args: argparse.Namespace) -> int:
  if bool(args.patterns) == args.all:
    raise flags.UsageError('say what to fetch: either PATTERN... or --all')
  models = transfer.models_of(model_specs.find(*args.patterns))
  folder = args.checkpoint_dir or storage.default_checkpoint_dir()
  code, _ = transfer.fetch_all(
    models,
    folder,
    args,
    args.jobs,
    offline=args.offline,
    register=args.register_checksums,
    require=args.require_checksums,
  )
  return code
