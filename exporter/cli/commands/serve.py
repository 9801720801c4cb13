"""`slimhub serve`."""

import argparse

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress

HELP = 'serve exports over HTTP, as tensorflow_hub and kagglehub ask for them'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('exports', metavar='EXPORTS', type=flag_values.path)
  parser.add_argument(
    '--host',
    default='127.0.0.1',
    help='address to listen at; the default is this machine alone',
  )
  parser.add_argument(
    '--port',
    type=flag_values.port,
    default=8000,
    help='the default is 8000; kagglehub asks 7777 if '
    'KAGGLE_API_ENVIRONMENT is TEST; 0 is any that is free',
  )
  parser.add_argument(
    '--stock_dir',
    metavar='DIR',
    type=flag_values.path,
    help='where bundles are kept once they are made; the default is below '
    'SLIMHUB_HOME, or ~/.cache',
  )
  parser.add_argument(
    '--site_dir',
    metavar='DIR',
    type=flag_values.path,
    help='a built site, whose pages browsers get',
  )
  parser.add_argument(
    '--storage_url',
    metavar='URL',
    default='',
    help='gs://BUCKET/PATH of the same EXPORTS, for clients that read there',
  )
  parser.add_argument(
    '--no_cors',
    dest='cors',
    action='store_false',
    help='do not let pages of other sites read what is served',
  )


def run(args: argparse.Namespace) -> int:
  environment.require('serve')
  # What it imports is installed by the extra `serve`.
  from exporter import hub

  if not args.exports.is_dir():
    raise errors.HubError(
      f'{args.exports} is no folder; name the --output_dir of an export'
    )
  if args.site_dir and not (args.site_dir / 'index.html').is_file():
    raise flags.UsageError(
      f'--site_dir={args.site_dir} holds no index.html; name the folder that '
      'a site was built into'
    )
  ready = hub.Stock(args.stock_dir or storage.default_stock_dir(args.exports))
  served = hub.Hub(args.exports, ready, args.storage_url)
  listed = served.prepare()
  progress.tell_left_out(listed.left_out)
  listener = hub.listen(args.host, args.port)
  count, url = len(listed.manifests), hub.url(listener)
  print(f'{count} artifacts of {args.exports} at {url}', flush=True)
  hub.run_server(hub.application(served, args.site_dir, args.cors), listener)
  return exits.OK
