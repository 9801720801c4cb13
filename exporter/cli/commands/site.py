"""`slimhub site`."""

import argparse

from exporter.cli import flag_values
from exporter.cli import flags
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
  parser.add_argument(
    '--without_downloads',
    action='store_true',
    help='tell of the exports in --hub_dir, and copy none of their files',
  )
  parser.add_argument(
    '--site_url',
    type=flag_values.hub,
    metavar='URL',
    help='where the site will be: sitemap.xml for search engines joins it',
  )


def run(args: argparse.Namespace) -> int:
  from exporter import site

  if args.without_downloads and args.hub_dir is None:
    raise flags.UsageError('--without_downloads is for --hub_dir')
  written = site.write_site(
    args.output_dir,
    args.hub_dir,
    has_downloads=not args.without_downloads,
    url=args.site_url or '',
  )
  print(f'{written.pages} pages in {args.output_dir}; open index.html there')
  return progress.tell_left_out(written.left_out)
