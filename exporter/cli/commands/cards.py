"""`slimhub cards`."""

import argparse
import pathlib

from exporter import cards
from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import flags

HELP = 'write the documentation cards'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    '--output_dir',
    type=flag_values.path,
    default=pathlib.Path('docs/model_cards'),
    help='where cards go; the catalogue goes to the folder `catalogue` beside',
  )
  flags.add_spec_files(parser)


def run(args: argparse.Namespace) -> int:
  written = cards.write_tree(args.output_dir, registry=flags.registry(args))
  catalogue = args.output_dir.parent / 'catalogue'
  written += cards.write_catalogues(catalogue, args.output_dir)
  print(f'{len(written)} pages changed in {args.output_dir} and {catalogue}')
  return exits.OK
