"""`slimhub inspect`."""

import argparse
import dataclasses
import json

from exporter import flag_values
from exporter import flags
from exporter.commands import hush

HELP = 'say what a checkpoint is of, and which spec it needs'


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Declares what the command takes."""
  parser.add_argument(
    'checkpoint',
    metavar='CHECKPOINT',
    type=flag_values.path,
    help='a prefix, V2 or V1, any of its files, a folder, an archive, or a '
    'frozen graph',
  )
  parser.add_argument('--format', choices=('text', 'json'), default='text')


def run(args: argparse.Namespace) -> int:
  """Returns the exit code."""
  with hush.hushed():
    from exporter import inspection  # Imports TensorFlow.
    from exporter import inspection_text
    from exporter import specimens

    with specimens.find(args.checkpoint) as found:
      inspected = [inspection.inspect(each) for each in found]
  if args.format == 'json':
    facts = [dataclasses.asdict(each) for each in inspected]
    print(json.dumps(facts, indent=2))
  else:
    print('\n\n'.join(map(inspection_text.render, inspected)))
  failed = any(each.problems for each in inspected)
  return flags.FAILED if failed else flags.OK
