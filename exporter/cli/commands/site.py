"""`slimhub site`."""

import argparse

from exporter.cli import flag_values
from exporter.cli import progress

HELP = 'write the documentation site, to be read without a network'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    '--output_dir',
    type=flag_values.path,
    required=True,
    help='where the site goes; one that is there is replaced',
  )
  parser.add_argument(
    '--hub_dir',
    type=flag_values.folder,
    help='an export folder: its files, proofs and speeds join the site',
  )


def run(args: argparse.Namespace) -> int:
  from exporter import site

  made = site.write_site(args.output_dir, args.hub_dir)
  print(f'{made.pages} pages in {args.output_dir}; open index.html there')
  return progress.tell_left_out(made.left_out)
