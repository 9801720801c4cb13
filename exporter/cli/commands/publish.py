"""`slimhub publish`."""

import argparse
from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses

from exporter import errors
from exporter import publishing
from exporter import results
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress

HELP = 'write exports as uploads to Hugging Face, Kaggle and others'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('exports', metavar='EXPORTS', type=flag_values.path)
  parser.add_argument(
    'patterns',
    nargs='*',
    default=[],
    metavar='PATTERN',
    help='as for export; without a version: the newest that are there',
  )
  parser.add_argument(
    '--to',
    dest='output_dir',
    metavar='DIR',
    type=flag_values.path,
    required=True,
    help='where the uploads go; a second run keeps what is unchanged',
  )
  parser.add_argument(
    '--layout',
    choices=publishing.LAYOUTS,
    required=True,
    help='who takes them: Hugging Face, Kaggle, registries of OCI images, or '
    'whoever takes the form of the ONNX Model Zoo',
  )
  parser.add_argument(
    '--account',
    metavar='NAME',
    default='',
    help='who uploads them there; for oci, a registry such as ghcr.io/NAME. '
    'The default is the publisher of each export',
  )
  flags.add_formats(parser)
  flags.add_spec_files(parser)
  flags.add_progress(parser)


def _told(
  done: Iterable[publishing.Published], commands: list[str], to_programs: bool
) -> Iterator[results.Result]:
  """Passes results on, and collects the commands that upload what was written.

  For programs, the events of the results name the commands, too.
  """
  for each in done:
    commands += each.commands
    result = each.result
    if to_programs and each.commands:
      result = dataclasses.replace(result, reason='\n'.join(each.commands))
    yield result


def run(args: argparse.Namespace) -> int:
  chosen = publishing.choose(
    args.exports, args.patterns, args.formats, flags.registry(args)
  )
  try:
    uploads = publishing.uploads(chosen.usable, args.layout, args.account)
  except errors.PublishError as error:
    raise flags.UsageError(str(error)) from error
  commands: list[str] = []
  to_programs = args.progress == progress.JSON
  done = publishing.publish_uploads(
    uploads, chosen.left_out, args.output_dir, args.layout
  )
  code = progress.show(
    _told(done, commands, to_programs),
    len(uploads) + len(chosen.left_out),
    args,
  )
  if commands and not to_programs:
    print('\nTo upload:\n')
    print('\n'.join(commands))
  return code
