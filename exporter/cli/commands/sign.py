"""`slimhub sign`."""

import argparse
from collections.abc import Iterator
import functools
import os
import pathlib

from exporter import environment
from exporter import errors
from exporter import provenance
from exporter import results
from exporter import signing
from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress
from model_specs import kinds

HELP = 'sign exports, so that others can tell who made them'
_PASSWORD = 'SLIMHUB_KEY_PASSWORD'  # The environment variable that holds it.


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('exports', metavar='EXPORTS', type=flag_values.folder)
  parser.add_argument(
    'patterns',
    nargs='*',
    default=[],
    metavar='PATTERN',
    help='as for verify; all by default',
  )
  parser.add_argument(
    '--private_key',
    metavar='FILE',
    type=flag_values.path,
    required=True,
    help='an elliptic-curve key as PEM; the variable '
    f'{_PASSWORD} holds its password, if it has one',
  )
  parser.add_argument(
    '--certificate',
    metavar='FILE',
    type=flag_values.path,
    help='the certificate of the key as PEM, for `verify --root_certificates`',
  )
  parser.add_argument(
    '--certificate_chain',
    metavar='FILE',
    type=flag_values.path,
    help='the certificates between it and the root, as PEM',
  )
  flags.add_formats(parser)
  flags.add_spec_files(parser)
  flags.add_progress(parser)


def _statement(item: storage.Item) -> bytes:
  """The provenance of an export that has all that is signed as one.

  Raises:
    ManifestError: It lacks a file.
  """
  statement = item.read_beside(kinds.PROVENANCE)
  if (missing := provenance.missing(item)) or statement is None:
    raise errors.ManifestError(
      f'{item.handle} is not signed: beside it, {", ".join(missing)} is '
      'missing, and an export is signed as a whole; export it again'
    )
  return statement


def _sign(item: storage.Item, args: argparse.Namespace) -> results.Result:
  """Signs an export that is what its manifest and its provenance say.

  The signature of the files comes last: without it nothing is signed.
  """
  key = args.private_key, os.environ.get(_PASSWORD)
  with storage.open_artifact(item.root, item.handle) as (artifact, manifest):
    signature = signing.sign(artifact, *key, _certificates(args))
  if false := provenance.false_claims(item):
    raise errors.ManifestError(
      f'{item.handle} is not signed: beside it, {", ".join(false)} is of '
      'something else; export it again with --force'
    )
  signed = signing.sign_statement(_statement(item), *key)
  storage.write_text(item.place.provenance, signed.decode())
  storage.write_text(item.place.signature, signature.decode())
  return results.Result(str(item.handle), results.SIGNED, bytes=manifest.bytes)


def _certificates(args: argparse.Namespace) -> list[pathlib.Path]:
  return [each for each in (args.certificate, args.certificate_chain) if each]


def _results(
  exports: storage.Found[storage.Item], args: argparse.Namespace
) -> Iterator[results.Result]:
  yield from exports.left_out
  for item in exports.usable:
    work = functools.partial(_sign, item, args)
    yield results.attempt(str(item.handle), work)


def run(args: argparse.Namespace) -> int:
  environment.require('sign')
  if args.certificate_chain and not args.certificate:
    raise flags.UsageError(
      '--certificate_chain leads from a certificate to its root: name that '
      'certificate with --certificate'
    )
  exports = storage.items(
    args.exports, args.patterns, args.formats, flags.registry(args)
  )
  total = len(exports.usable) + len(exports.left_out)
  # No export is replaced between the check of it and its signature.
  with storage.hold(args.exports):
    return progress.show(_results(exports, args), total, args)
