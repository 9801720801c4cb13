"""`slimhub verify`."""

import argparse

from exporter import pipeline
from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import work

HELP = 'prove exports again, from their files alone'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('dir', metavar='DIR', type=flag_values.folder)
  flags.add_formats(parser)
  flags.add_spec_files(parser)
  parser.add_argument(
    'patterns',
    nargs='*',
    default=[],
    metavar='PATTERN',
    help='as for export; without a version: all that are there',
  )
  parser.add_argument(
    '--client',
    metavar='PYTHON',
    type=flag_values.program,
    help='an interpreter whose TensorFlow must agree, too: 1.15 or newer',
  )
  signer = parser.add_mutually_exclusive_group()
  signer.add_argument(
    '--public_key',
    metavar='FILE',
    type=flag_values.path,
    help='take only what was signed with the other half of this key',
  )
  signer.add_argument(
    '--root_certificates',
    metavar='FILE',
    type=flag_values.path,
    help='take only what was signed by somebody for whom these vouch',
  )
  work.add_flags(parser)


def run(args: argparse.Namespace) -> int:
  exports = storage.find_artifacts(
    args.dir, args.patterns, args.formats, flags.registry(args)
  )
  template = pipeline.Order(
    pipeline.VERIFY,
    (),
    args.dir,
    client=args.client,
    prove=args.prove,
    public_key=args.public_key,
    root_certificates=args.root_certificates,
  )
  return work.carry_out(
    pipeline.make_orders(exports.usable, template),
    work.engine(args),
    args,
    exports.left_out,
  )
