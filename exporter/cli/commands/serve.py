"""`slimhub serve`."""

import argparse
import contextlib

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress

_TEXT, _JSON = 'text', 'json'
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
  _add_exposure(parser)


def _add_exposure(parser: argparse.ArgumentParser) -> None:
  """Adds the flags of a hub that others reach."""
  parser.add_argument(
    '--token_file',
    metavar='FILE',
    type=flag_values.path,
    help='hashes of tokens, and which paths they open: docs/trust.md',
  )
  parser.add_argument(
    '--tls_certificate',
    metavar='FILE',
    type=flag_values.path,
    help='a PEM file; with --tls_key, to speak HTTPS',
  )
  parser.add_argument(
    '--tls_key',
    metavar='FILE',
    type=flag_values.path,
    help='the key of the certificate, without a password',
  )
  parser.add_argument(
    '--log_format',
    choices=(_TEXT, _JSON),
    default=_TEXT,
    help='of the access log',
  )
  parser.add_argument(
    '--metrics', action='store_true', help='answer Prometheus at /metrics'
  )
  parser.add_argument(
    '--client_connections',
    metavar='N',
    type=flag_values.positive,
    help='how many one address may have at a time, to each of the --workers; '
    'not behind a proxy',
  )
  parser.add_argument(
    '--workers',
    metavar='N',
    type=flag_values.positive,
    default=1,
    help='how many processes answer; the default is 1',
  )
  parser.add_argument(
    '--nginx_dir',
    metavar='DIR',
    type=flag_values.path,
    help='write there what nginx includes, and let it send the files: '
    'docs/own_hub.md',
  )


def _check(args: argparse.Namespace) -> None:
  """Raises an error for flags that do not go together, or lead nowhere."""
  if not args.exports.is_dir():
    raise errors.HubError(
      f'{args.exports} is no folder; name the --output_dir of an export'
    )
  if args.site_dir and not (args.site_dir / 'index.html').is_file():
    raise flags.UsageError(
      f'--site_dir={args.site_dir} holds no index.html; name the folder that '
      'a site was built into'
    )
  if bool(args.tls_certificate) != bool(args.tls_key):
    raise flags.UsageError(
      '--tls_certificate and --tls_key go together: name both files'
    )
  if args.nginx_dir and (args.tls_key or args.client_connections):
    raise flags.UsageError(
      '--nginx_dir goes with neither --tls_key nor --client_connections: '
      'clients connect to nginx, which has ssl_certificate and limit_conn'
    )


def run(args: argparse.Namespace) -> int:
  environment.require('serve')
  # What it imports is installed by the extra `serve`.
  from exporter import hub

  _check(args)
  tls = hub.Tls(args.tls_certificate, args.tls_key) if args.tls_key else None
  access = hub.Access(args.token_file) if args.token_file else None
  stock_dir = args.stock_dir or storage.default_stock_dir(args.exports)
  storage.check_apart(stock_dir, [args.exports])
  ready = hub.Stock(stock_dir)
  served = hub.Hub(args.exports, ready, args.storage_url)
  listed = served.prepare()
  progress.tell_left_out(listed.left_out)
  listener = hub.listen(args.host, args.port)
  count, url = len(listed.manifests), hub.url(listener, tls)
  if args.nginx_dir:
    hub.write_nginx_config(args.nginx_dir, url, stock_dir)
  print(f'{count} artifacts of {args.exports} at {url}', flush=True)
  logs_json = args.log_format == _JSON
  counts_together = args.metrics and args.workers > 1
  with (
    hub.figures_folder() if counts_together else contextlib.nullcontext()
  ) as shared:
    app = hub.exposed(
      hub.application(served, args.site_dir, args.cors, bool(args.nginx_dir)),
      access=access,
      logs_json=logs_json,
      has_metrics=args.metrics,
      shared=shared,
    )
    hub.run_server(
      app,
      listener,
      hub.Options(
        tls=tls,
        has_log=not logs_json,
        client_connections=args.client_connections,
        workers=args.workers,
        renewed=[access.renew] if access else [],
      ),
    )
  return exits.OK
